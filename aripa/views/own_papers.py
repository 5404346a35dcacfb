"""A parent's letters, receipts and acts."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aripa.models import ParentAct
from aripa.own.answering import papers_of
from aripa.own.papers import SEEN, letters_of, subject_of
from aripa.own.told import told
from aripa.views.own import METHODS, PARENTS, own_parent, page
from portal.accounts.permissions import for_roles, moment_on, today
from portal.casework.papers import PaperRefused, check_paper, keep_attachment
from portal.letters.answers import as_pdf
from portal.letters.blocks import paragraphs_of
from portal.letters.models import Letter
from portal.notices.models import Seen
from portal.notices.operations import note_seen


@require_GET
@own_parent
def letter_list(request: HttpRequest, parent_no: str) -> HttpResponse:
    """The letters, the last first; what was never opened says so."""
    seen = set(Seen.objects.filter(user=request.user, kind=SEEN).values_list("ref", flat=True))  # type: ignore[misc]
    return page(
        request, "aripa/own/letters.html", {"letters": [(one, one.pk in seen) for one in letters_of(parent_no)[:100]]}
    )


@require_GET
@own_parent
def letter(request: HttpRequest, parent_no: str, letter: int) -> HttpResponse:
    """One letter as text; opening it is reading it."""
    found = _letter(request, parent_no, letter)
    return page(request, "aripa/own/letter.html", {"letter": found, "blocks": paragraphs_of(found)})


@require_GET
@own_parent
def letter_pdf(request: HttpRequest, parent_no: str, letter: int) -> HttpResponse:
    """The letter as it left."""
    found = _letter(request, parent_no, letter)
    return as_pdf(found)


def _letter(request: HttpRequest, parent_no: str, pk: int) -> Letter:
    found = letters_of(parent_no).filter(pk=pk).first()
    if found is None:
        raise Http404
    note_seen(user_pk=request.user.pk, kind=SEEN, ref=found.pk, at=moment_on(today()))  # type: ignore[arg-type]
    return found


@never_cache
@require_GET
@for_roles(PARENTS)
def acts(request: HttpRequest) -> HttpResponse:
    """Everything the parent asked or said, the last first; a request may come before any number."""
    found = ParentAct.objects.filter(user=request.user).order_by("-pk")[:100]
    return page(request, "aripa/own/acts.html", {"acts": [(one, told(one)) for one in found]})


@never_cache
@require_http_methods(METHODS)
@for_roles(PARENTS)
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """What was done, what happens next, the answer; while it waits, a paper may be added."""
    act = ParentAct.objects.filter(key=key, user=request.user).first()
    if act is None:
        raise Http404
    problem = _add(request, act) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        messages.success(request, "Votre pièce est ajoutée.")
        return redirect("aripa:own_receipt", key=key)
    found = told(act)
    steps = [{"text": one, "done": False} for one in found.steps]
    return page(
        request,
        "aripa/own/receipt.html",
        {"act": act, "done": found.done, "steps": steps, "again": "deja" in request.GET, "problem": problem,
         "added": papers_of(act)},
        status=422 if problem else 200,
    )  # fmt: skip


def _add(request: HttpRequest, act: ParentAct) -> str:
    """Keep the paper sent with a waiting act; the same content is kept once. The sentence of what is wrong, or nothing."""
    sent = request.FILES.get("paper")
    if act.answer_by is None or act.answered_on:
        return "Cette demande a déjà sa réponse. Faites-en une autre pour donner une pièce."
    if sent is None or sent.name is None or sent.size is None:
        return "Choisissez une photo ou un PDF."
    try:
        check_paper(sent.size, sent.read(16))
        sent.seek(0)
        keep_attachment(
            subject=subject_of(act.case_no, act.party), about=f"aripa.act:{act.pk}", name=sent.name,
            content=sent.read(), given_by=request.user.get_username(), at=moment_on(today()),
        )  # fmt: skip
    except PaperRefused as refused:
        return str(refused)
    return ""
