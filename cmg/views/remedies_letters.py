"""Letters: batches with their progress and failures by cause, the archive of a family, a letter's PDF."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from cmg.selectors import SUBJECT
from cmg.views.access import AGENTS, HEALERS, for_roles
from cmg.views.remedies import account_or_404, may_heal
from portal.audit.operations import journal
from portal.frame.paging import page_of
from portal.letters import operations, selectors, tasks
from portal.letters.answers import as_pdf
from portal.letters.kinds import all_kinds
from portal.letters.models import Letter, LetterBatch
from portal.letters.preview import body_of
from portal.people.vault import decrypt


@require_GET
@for_roles(AGENTS)
def letter_batches(request: HttpRequest) -> HttpResponse:
    """Batches, the last first, and the letters asked for one by one."""
    page = page_of(LetterBatch.objects.all(), request.GET.dict(), order=("-pk",))
    context = {
        "page": page, "progress": selectors.progress_of_batches([batch.pk for batch in page.rows]),
        "alone": selectors.progress_of_singles(), "titles": {kind.code: kind.title for kind in all_kinds()},
        "failures": selectors.failures_of(None), "may_heal": may_heal(request),
    }  # fmt: skip
    return render(request, "cmg/remedies/letter_batches.html", context)


@require_GET
@for_roles(AGENTS)
def letter_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: how many are written, what failed and why."""
    batch = get_object_or_404(LetterBatch, pk=pk)
    context = {
        "batch": batch, "progress": selectors.progress_of(batch), "failures": selectors.failures_of(batch),
        "titles": {kind.code: kind.title for kind in all_kinds()}, "may_heal": may_heal(request),
    }  # fmt: skip
    return render(request, "cmg/remedies/letter_batch.html", context)


@require_POST
@for_roles(HEALERS)
def retry_letters(request: HttpRequest, pk: int) -> HttpResponse:
    """Try again only what failed: of one batch, or (0) of the letters asked for one by one."""
    if pk:
        get_object_or_404(LetterBatch, pk=pk)
    count = operations.retry_failed(batch_pk=pk or None, by=request.user.get_username())
    transaction.on_commit(tasks.write_waiting.delay)
    messages.success(
        request, f"{count} courrier(s) remis à écrire." if count else "Rien n’est en échec : rien n’a été relancé."
    )
    return redirect("cmg:letter_batch", pk=pk) if pk else redirect("cmg:letters")


@require_GET
@for_roles(AGENTS)
def family_letters(request: HttpRequest, employer_no: str) -> HttpResponse:
    """The archive of one family."""
    account = account_or_404(request, employer_no)
    page = page_of(selectors.letters_of(SUBJECT + employer_no), request.GET.dict(), order=("-pk",))
    return render(request, "cmg/remedies/family_letters.html", {"account": account, "page": page})


@require_GET
@for_roles(AGENTS)
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter's content as text, as it left."""
    found, account = _letter_or_404(request, pk)
    body = body_of(decrypt(found.text).decode())
    return render(request, "cmg/remedies/letter.html", {"letter": found, "account": account, "body": body})


@require_GET
@for_roles(AGENTS)
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter's PDF, as it left; opening it is journaled."""
    found, _account = _letter_or_404(request, pk)
    journal(
        actor=request.user.get_username(), action="letter.read", subject=found.subject, detail={"number": found.number}
    )
    return as_pdf(found, shown=True)


def _letter_or_404(request: HttpRequest, pk: int) -> tuple:
    found = get_object_or_404(Letter, pk=pk)
    if not found.subject.startswith(SUBJECT):
        raise Http404
    return found, account_or_404(request, found.subject.removeprefix(SUBJECT))
