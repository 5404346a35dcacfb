"""A parent's letters, receipts and acts."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from aripa.models import ParentAct
from aripa.own.papers import SEEN, letters_of
from aripa.own.told import told
from aripa.views.own import PARENTS, own_parent, page
from portal.accounts.permissions import for_roles, moment_on, today
from portal.letters.blocks import paragraphs_of
from portal.letters.models import Letter
from portal.letters.operations import read_pdf
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
    answer = HttpResponse(read_pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="courrier-{found.number}.pdf"'
    return answer


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
@require_GET
@for_roles(PARENTS)
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """What was done, and what happens next."""
    act = ParentAct.objects.filter(key=key, user=request.user).first()
    if act is None:
        raise Http404
    found = told(act)
    steps = [{"text": one, "done": False} for one in found.steps]
    return page(
        request,
        "aripa/own/receipt.html",
        {"act": act, "done": found.done, "steps": steps, "again": "deja" in request.GET},
    )
