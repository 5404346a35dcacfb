"""A meeting of the committee: planned, who is called and who came, what it decided; a restricted one for those who attend."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fraud.codaf.access import meetings_of, seat_of, secretary_of
from fraud.codaf.meeting import Planned, call_members, hold_meeting, may_attend, plan_meeting
from fraud.codaf.naming import CodafRefused
from fraud.guarding import link_of, refuse_linked
from fraud.models import (
    CodafCase,
    CodafFormation,
    CodafMeeting,
    MeetingState,
    ObtainedInformation,
    ObtainedVia,
)
from fraud.rules import codaf as rules
from fraud.views.case_common import closed_to_linked
from fraud.views.codaf import HOLD, departement_of
from fraud.views.codaf_acts import offered
from fraud.views.third_common import names_in, papers_of, show_evidence
from portal.accounts.permissions import for_roles, moment_on, today
from portal.audit.operations import journal
from portal.frame.errors import Conflict
from portal.frame.forms import day_typed, form_key, get_one, key_of, listed, question
from portal.frame.questions import typed_text
from portal.letters.models import LetterJob
from portal.organisations.directory import departements

LABELS = {
    "formation": "Formation", "dated": "Jour", "place": "Lieu", "agenda": "Ordre du jour", "prosecutor": "Parquet",
    "prefect": "Préfecture", "members": "Personnes appelées", "came": "Présences",
}  # fmt: skip


@dataclass(frozen=True)
class CaseShown:
    """A case of a restricted formation; `closed` to who declared a link with the family."""

    one: CodafCase
    closed: bool
    learnt: list[ObtainedInformation]


def found_meeting(request: HttpRequest, pk: int) -> CodafMeeting:
    """The meeting, when its reader may see it; another's restricted formation is never there."""
    return get_one(meetings_of(request.user, today()).select_related("planned_by"), pk)  # type: ignore[arg-type]


@require_GET
@for_roles(HOLD)
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of a meeting; opening a restricted one is journaled."""
    found, day = found_meeting(request, pk), today()
    restricted = found.formation == CodafFormation.RESTRICTED
    if restricted:
        journal(
            actor=request.user.get_username(),
            action="control.codaf.read",
            subject=f"codaf:{found.pk}",
            detail={"meeting": found.number},
        )
    moves = list(found.moves.filter(operation=None).order_by("pk")[:20])
    seat = seat_of(request.user, found.departement, day)  # type: ignore[arg-type]
    cases = _cases(request, found) if restricted else []
    # A link closes every paper of the meeting (`paper`): their names are closed too.
    open_papers = restricted and not any(one.closed for one in cases)
    context = {
        "one": found, "on": day, "where": departements()[found.departement], "restricted": restricted,
        "attendance": [(row, rules.category_on(row.member.category, found.dated)) for row in _attendance(found)],
        "guests": found.guests.order_by("pk")[:50], "decisions": found.decisions.select_related("sent_by").order_by("pk")[:100],
        "operations": found.operations.select_related("lead").order_by("planned_on", "pk")[:100],
        "moves": moves,
        "names": names_in(moves), "cases": cases, "papers": papers_of(found.number) if open_papers else [],
        "papers_closed": restricted and not open_papers, "text": rules.text_on(found.dated),
        "acts": offered(found, seat, secretary_of(request.user, found.departement, day)),  # type: ignore[arg-type]
        "may_attendance": seat is not None and found.state == MeetingState.PLANNED,
        "letters": LetterJob.objects.filter(key__startswith=f"{found.number}:").order_by("pk")[:20],
    }  # fmt: skip
    return render(request, "fraud/codaf_meeting.html", context)


def _attendance(found: CodafMeeting) -> Any:
    return found.attendance.select_related("member").order_by("member__category", "member__last_name", "pk")[:200]


def _cases(request: HttpRequest, found: CodafMeeting) -> list[CaseShown]:
    """The cases, with what was learnt of each here; one with a declared link says so and shows nothing."""
    rows = list(found.cases.select_related("case", "put_by").order_by("pk")[:50])
    learnt = ObtainedInformation.objects.filter(
        via=ObtainedVia.CODAF, case__in=[row.case_id for row in rows], reference__startswith=f"{found.number}/"
    ).order_by("pk")
    shown = []
    for row in rows:
        closed = link_of(user=request.user, day=today(), subject=row.case.subject) is not None  # type: ignore[arg-type]
        shown.append(CaseShown(row, closed, [] if closed else [one for one in learnt if one.case_id == row.case_id]))
    return shown


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(HOLD)
def new(request: HttpRequest) -> HttpResponse:
    """Plan a meeting: a plenary with its two chairs, or a restricted formation that the prosecutor calls."""
    where, errors = departement_of(request), {}
    if request.method == "POST":
        try:
            made, again = plan_meeting(
                departement=where, planned=_planned(request), key=form_key(request), by_pk=request.user.pk, on=today(),  # type: ignore[arg-type]
                at=moment_on(today()),
            )  # fmt: skip
        except CodafRefused as refused:
            errors = refused.errors
        else:
            messages.success(
                request, "C’est déjà reçu." if again else "La réunion est prévue. Appelez maintenant ses membres."
            )
            return redirect("fraud:codaf_attendance", pk=made.pk)
    formations = (("", "à choisir"), *CodafFormation.choices)
    fields = [
        question(request, "formation", LABELS["formation"], errors, choices=formations),
        question(request, "dated", LABELS["dated"], errors, unit="jour/mois/année"), question(request, "place", LABELS["place"], errors),
        question(request, "prosecutor", "Pour le parquet", errors, unit="qui préside, et convoque seul la formation restreinte"),
        question(request, "prefect", "Pour la préfecture", errors, unit="qui préside aussi la plénière"),
    ]  # fmt: skip
    context = {
        "questions": fields, "errors": listed(errors, LABELS), "problem": errors.get("agenda", ""),
        "agenda": request.POST.get("agenda", ""),
        "key": key_of(request), "where": departements()[where],
    }  # fmt: skip
    return render(request, "fraud/codaf_new.html", context, status=422 if errors else 200)


def _planned(request: HttpRequest) -> Planned:
    texts = {
        name: typed_text(request.POST.get(name, ""))[:120] for name in ("formation", "place", "prosecutor", "prefect")
    }
    agenda = request.POST.get("agenda", "").strip()[:2000]
    return Planned(**texts, agenda=agenda, dated=day_typed(request, "dated"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(HOLD)
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is called; on the day and after, who came. Only those who may sit that day are offered."""
    found, errors = found_meeting(request, pk), {}
    if seat_of(request.user, found.departement, today()) is None:  # type: ignore[arg-type]
        raise Http404
    if found.state != MeetingState.PLANNED:
        raise Conflict(
            f"Cette réunion est « {found.get_state_display().lower()} » : ses présences ne changent plus.",
            link=reverse("fraud:codaf_meeting", args=[found.pk]), action="Voir la réunion",
        )  # fmt: skip
    if request.method == "POST":
        form_key(request)
        try:
            held = _attend(request, found)
        except CodafRefused as refused:
            errors = refused.errors
        else:
            messages.success(request, "La réunion est tenue." if held else "Les personnes appelées sont enregistrées.")
            return redirect("fraud:codaf_meeting", pk=found.pk)
    context = {
        "one": found, "on": today(), "errors": listed(errors, LABELS), "key": key_of(request),
        "where": departements()[found.departement],
        "called": _attendance(found), "calling": set(found.attendance.values_list("member_id", flat=True)),
        "members": [(one, rules.category_on(one.category, found.dated)) for one in may_attend(found)],
        "may_hold": found.dated <= today(), "said": request.POST,
    }  # fmt: skip
    return render(request, "fraud/codaf_attendance.html", context, status=422 if errors else 200)


def _attend(request: HttpRequest, found: CodafMeeting) -> bool:
    """Call the members ticked, or hold the meeting with who came; whether it was held. Raises CodafRefused."""
    who: dict[str, Any] = {"meeting_pk": found.pk, "by_pk": request.user.pk, "at": moment_on(today())}
    if request.POST.get("what") != "hold":
        pks = [int(one) for one in request.POST.getlist("members") if one.isdecimal() and len(one) < 10]
        call_members(**who, member_pks=pks)
        return False
    rows = found.attendance.values_list("pk", flat=True)
    came = {pk: request.POST[f"came-{pk}"] == "1" for pk in rows if request.POST.get(f"came-{pk}") in ("0", "1")}
    hold_meeting(**who, came=came, on=today())
    return True


@require_GET
@for_roles(HOLD)
@closed_to_linked
def paper(request: HttpRequest, pk: int, paper: int) -> HttpResponse:
    """A restricted paper with its reader's mark, for those who attend; opening it is journaled. A link declared with a family of
    the meeting closes all its papers: which of them speak of it, nobody but a reader could say."""
    found = found_meeting(request, pk)
    one = next((kept for kept in papers_of(found.number) if kept.pk == paper), None)
    if one is None or found.formation != CodafFormation.RESTRICTED:
        raise Http404
    for put in found.cases.select_related("case"):
        refuse_linked(user=request.user, day=today(), action="control.codaf.paper", subject=put.case.subject)  # type: ignore[arg-type]
    return show_evidence(request, one, back=reverse("fraud:codaf_meeting", args=[found.pk]))
