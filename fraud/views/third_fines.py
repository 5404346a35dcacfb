"""Fines to decide, by delegation of the direction: never by who proposed them, never before the third party's time is over."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fraud.guarding import refuse_linked
from fraud.models import FineState
from fraud.rules import third_party as rules
from fraud.signals.people import linked_subjects
from fraud.thirdparties.access import fines_of
from fraud.thirdparties.answering import words_of
from fraud.thirdparties.fining import decide_fine
from fraud.thirdparties.moving import RequestRefused
from fraud.views.case_common import closed_to_linked
from fraud.views.third_common import papers_of
from fraud.views.third_parties import DIRECT
from portal.accounts.permissions import for_roles, moment_on, today
from portal.casework.moves import MoveNotAllowed
from portal.frame.errors import Conflict
from portal.frame.filters import Field, filter_bar
from portal.frame.forms import form_key, get_one, key_of, listed
from portal.frame.paging import count_up_to, page_of

LABELS = {"decision": "Motif de la décision", "choice": "Votre décision"}


@require_GET
@for_roles(DIRECT)
def fines(request: HttpRequest) -> HttpResponse:
    """The fines, those whose delay ends first at the top."""
    bar = filter_bar("fraud:third_fines", request.user, request.GET, [Field("state", "État", FineState.choices)])  # type: ignore[arg-type]
    found = fines_of(request.user, today())  # type: ignore[arg-type]
    found = found.exclude(request__case__subject__in=linked_subjects(request.user, today()))  # type: ignore[arg-type]
    found = found.filter(state=bar.values["state"]) if bar.values["state"] else found
    page = page_of(found, request.GET.dict(), order=("reply_until", "pk"))
    return render(
        request, "fraud/third_fines.html", {"page": page, "bar": bar, "total": count_up_to(found), "on": today()}
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(DIRECT)
@closed_to_linked
def fine(request: HttpRequest, pk: int) -> HttpResponse:
    """One fine: how it comes about, what the third party said since, and the decision."""
    found, errors = get_one(fines_of(request.user, today()), pk), {}  # type: ignore[arg-type]
    one = found.request
    refuse_linked(user=request.user, day=today(), action="control.third_party.read", subject=one.case.subject)  # type: ignore[arg-type]
    if request.method == "POST":
        errors = _decide(request, pk)
        if not errors:
            return redirect("fraud:third_fine", pk=pk)
    context = {
        "fine": found, "one": one, "on": today(), "errors": errors, "listed": listed(errors, LABELS), "key": key_of(request),
        "answers": [(said, words_of(said)) for said in one.answers.order_by("pk")[:50]], "papers": papers_of(one.number),
        "is_own": found.proposed_by_id == request.user.pk, "may_decide": rules.may_fine(found.reply_until, today()),
        "uncapped": found.persons * found.per_person_cents, "typed": request.POST,
    }  # fmt: skip
    return render(request, "fraud/third_fine.html", context, status=422 if errors else 200)


def _decide(request: HttpRequest, pk: int) -> dict[str, str]:
    form_key(request)
    choice, decision = request.POST.get("choice", ""), request.POST.get("decision", "")
    if choice not in (FineState.DECIDED, FineState.DROPPED):
        return {"choice": "Choisissez : prononcer l’amende, ou l’abandonner."}
    try:
        made = decide_fine(
                fine_pk=pk,
                accepted=choice == FineState.DECIDED,
                decision=decision,
                by_pk=request.user.pk,
                on=today(),  # type: ignore[arg-type]
                at=moment_on(today()),
            )  # fmt: skip
    except RequestRefused as refused:
        return refused.errors
    except MoveNotAllowed as moved:
        raise Conflict(
            "Cette amende est déjà décidée. Rien n’a changé.", link=reverse("fraud:third_fine", args=[pk]), action="Voir l’amende"
        ) from moved  # fmt: skip
    messages.success(
        request, f"L’amende est {made.get_state_display().lower()}. Le tiers reçoit la décision par courrier."
    )
    return {}
