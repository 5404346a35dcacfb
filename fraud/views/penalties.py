"""Penalties and suspensions that wait for the director, and the opinions that the board's commission is asked for."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fraud.cases import selectors
from fraud.cases.acting import Act, ActRefused, AlreadyDone
from fraud.cases.appeals import ask_more, give_opinion
from fraud.guarding import refuse_linked
from fraud.models import OpinionSense, Penalty, PenaltyState
from fraud.views.case_common import Field, closed_to_linked, listed, read_fields
from fraud.views.panel import text_of
from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right, holders
from portal.audit.operations import journal
from portal.frame.forms import form_key, key_of
from portal.frame.paging import count_up_to, page_of

MANY = 100
WAITS = {
    PenaltyState.PROPOSED: ("La notification est à signer", "signer"),
    PenaltyState.NOTIFIED: ("La personne a eu son mois : à décider", "prononcer"),
    PenaltyState.OPINION_GIVEN: ("L’avis est rendu : répondre au recours", "repondre-recours"),
}


@dataclass(frozen=True)
class Line:
    """A penalty in the director's list: what it waits for, and the act that answers."""

    one: Penalty
    words: str
    act: str


@require_GET
@for_roles(holders(Right.DIRECT_CONTROL))
def penalties_to_sign(request: HttpRequest) -> HttpResponse:
    """What waits for the director; what one proposed oneself is not there."""
    found = selectors.to_sign(request.user, today())  # type: ignore[arg-type]
    page = page_of(found, request.GET.dict())
    lines = [Line(one, *WAITS[PenaltyState(one.state)]) for one in page.rows]
    suspensions = selectors.suspensions_to_decide(request.user, today())[:MANY]  # type: ignore[arg-type]
    context = {"page": page, "lines": lines, "total": count_up_to(found), "suspensions": suspensions, "today": today()}
    return render(request, "fraud/penalties_to_sign.html", context)


@require_GET
@for_roles(holders(Right.GIVE_OPINION))
def opinions(request: HttpRequest) -> HttpResponse:
    """What the commission is asked."""
    found = selectors.opinions_awaited(request.user, today())  # type: ignore[arg-type]
    page = page_of(found, request.GET.dict())
    given = selectors.asked_opinions(request.user, today()).filter(opinion_on__isnull=False)  # type: ignore[arg-type]
    context = {
        "page": page,
        "total": count_up_to(found),
        "given": given.order_by("-opinion_on", "-pk")[:10],
        "today": today(),
    }
    return render(request, "fraud/opinions.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(holders(Right.GIVE_OPINION))
@closed_to_linked
def opinion(request: HttpRequest, penalty: int) -> HttpResponse:
    """One penalty that was appealed: the facts, the amounts, what the person said; the opinion, or one month more."""
    mine = selectors.penalties_in(request.user, today(), Right.GIVE_OPINION)  # type: ignore[arg-type]
    found = mine.filter(pk=penalty, appealed_on__isnull=False).first()
    if found is None:
        raise Http404
    refuse_linked(user=request.user, day=today(), action="control.opinion_read", subject=found.case.subject)  # type: ignore[arg-type]
    fields, refused = _fields(), ""
    if request.method == "POST":
        fields, refused, done = _act(request, found, fields)
        if done:
            messages.success(request, done)
            return redirect("fraud:opinion", penalty=found.pk)
    else:
        detail = {"case": found.case.number}
        journal(
            actor=request.user.get_username(), action="control.opinion_read", subject=found.case.subject, detail=detail
        )
    errors = listed(fields)
    context = {
        "penalty": found, "one": found.case, "fields": fields, "errors": errors, "refused": refused, "key": key_of(request),
        "today": today(), "is_awaited": found.state == PenaltyState.APPEALED,
        "findings": found.case.findings.order_by("since", "pk"),
        "replies": [(reply, text_of(reply)) for reply in found.case.replies.order_by("pk")],
    }  # fmt: skip
    return render(request, "fraud/opinion.html", context, status=422 if errors or refused else 200)


def _fields() -> list[Field]:
    return [
        Field("sense", "L’avis", "choice", choices=tuple(OpinionSense.choices)),
        Field("text", "Pourquoi", "long", "La personne lira ces raisons."),
    ]


def _act(request: HttpRequest, found: Penalty, fields: list[Field]) -> tuple[list[Field], str, str]:
    """The fields as typed, what refuses, what was done."""
    act = Act(request.user.pk, today(), moment_on(today()), form_key(request))
    try:
        if request.POST.get("step") == "more":
            ask_more(penalty_pk=found.pk, act=act)
            return fields, "", "La commission a un mois de plus."
        fields, values = read_fields(request, fields)
        if listed(fields):
            return fields, "", ""
        give_opinion(penalty_pk=found.pk, sense=values["sense"], text=values["text"], act=act)
    except AlreadyDone as done:
        return fields, "", str(done)
    except ActRefused as refused:
        return fields, str(refused), ""
    return fields, "", "L’avis est enregistré. La direction a un mois pour répondre."
