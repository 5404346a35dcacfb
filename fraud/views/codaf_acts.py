"""What is done at a meeting and after: somebody heard, a case put, what is learnt, a paper, a decision, an operation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fraud.access import cases_of, open_cases_of
from fraud.codaf import cases, following, meeting
from fraud.codaf.access import meetings_of, seat_of, secretary_of
from fraud.codaf.following import Joint
from fraud.codaf.naming import CodafRefused
from fraud.models import CodafFormation, CodafMeeting, CodafMember, MeetingState
from fraud.rules import codaf as rules
from fraud.signals.people import linked_subjects
from fraud.views.case_common import closed_to_linked
from fraud.views.codaf import HOLD
from fraud.views.third_common import papers_given
from portal.accounts.permissions import for_roles, moment_on, today
from portal.casework.moves import MoveNotAllowed
from portal.frame.errors import Conflict
from portal.frame.forms import day_typed, form_key, get_one, key_of, listed
from portal.frame.templatetags.portal import plural

F, S = CodafFormation, MeetingState
BOTH, ALIVE = (F.PLENARY.value, F.RESTRICTED.value), (S.PLANNED.value, S.HELD.value)
LABELS = {
    "full_name": "Personne entendue", "quality": "À quel titre", "case": "Dossier", "member": "Qui",
    "content": "Ce qui a été appris",
    "papers": "Pièce", "text": "Décision", "title": "Opération", "planned_on": "Jour prévu", "categories": "Services",
    "lead": "Qui la mène",
    "codaf_case": "Dossier", "reason": "Pourquoi", "send": "Envoi", "members": "Réunion",
}  # fmt: skip


@dataclass(frozen=True)
class CodafAct:
    """One act: from which formations and states; `fields` are those of its form."""

    code: str
    label: str
    effect: str
    formations: tuple[str, ...]
    states: tuple[str, ...]
    fields: tuple[str, ...] = ()


ACTS = {
    one.code: one
    for one in (
        CodafAct("entendre", "Noter une personne entendue", "Une personne extérieure au comité, en plénière seulement.",
                 (F.PLENARY.value,), ALIVE, ("full_name", "quality")),
        CodafAct("dossier", "Ajouter un dossier", "Il n’est vu que des personnes de cette réunion.",
                 (F.RESTRICTED.value,), ALIVE, ("case",)),
        CodafAct("piece", "Ajouter une pièce", "Gardée comme preuve, ouverte aux seules personnes de cette réunion.",
                 (F.RESTRICTED.value,), ALIVE, ("member", "papers")),
        CodafAct("apprendre", "Noter une information apprise",
                 "Avant toute décision, la personne en lira le contenu et l’origine (L. 114-21).",
                 (F.RESTRICTED.value,), (S.HELD.value,), ("codaf_case", "member", "content")),
        CodafAct("parquet", "Noter un dossier transmis au parquet", "Compté dans le compte rendu de l’année.",
                 (F.RESTRICTED.value,), (S.HELD.value,), ("codaf_case",)),
        CodafAct("decision", "Noter une décision", "Sans nom de personne : le secrétariat l’envoie à la mission nationale.",
                 BOTH, (S.HELD.value,), ("text",)),
        CodafAct("operation", "Noter une opération conjointe", "Décidée par cette réunion, suivie jusqu’à son résultat.",
                 BOTH, (S.HELD.value,), ("title", "planned_on", "categories", "lead")),
        CodafAct("envoyer", "Envoyer les décisions à la mission nationale", "Celles qui ne sont pas encore parties, en un courrier.",
                 BOTH, (S.HELD.value,)),
        CodafAct("annuler", "Annuler la réunion", "Une réunion reportée est annulée, une autre est prévue.",
                 BOTH, (S.PLANNED.value,), ("reason",)),
    )
}  # fmt: skip


def offered(found: CodafMeeting, seat: CodafMember | None, secretary: CodafMember | None) -> list[CodafAct]:
    """What a member may do now; writing to the national mission is the secretariat's."""
    if seat is None:
        return []
    able = [one for one in ACTS.values() if found.formation in one.formations and found.state in one.states]
    return [
        one
        for one in able
        if one.code != "envoyer" or (secretary is not None and found.decisions.filter(sent_on=None).exists())
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(HOLD)
@closed_to_linked
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One act: what it does, its fields, then what was done."""
    found, done = get_one(meetings_of(request.user, today()), pk), ACTS.get(code)  # type: ignore[arg-type]
    if (
        done is None
        or found.formation not in done.formations
        or seat_of(request.user, found.departement, today()) is None
    ):  # type: ignore[arg-type]
        raise Http404
    errors: dict[str, str] = {}
    if request.method == "POST":
        key = form_key(request)
        try:
            messages.success(request, DO[done.code](request, found, key))
        except CodafRefused as refused:
            errors = refused.errors
        except MoveNotAllowed as moved:
            raise _already(found) from moved
        else:
            return redirect("fraud:codaf_meeting", pk=found.pk)
    elif found.state not in done.states:
        raise _already(found)
    context = _choices(request, found) | {
        "one": found, "act": done, "typed": request.POST, "errors": errors, "listed": listed(errors, LABELS),
        "key": key_of(request),
        "chosen": request.POST.getlist("categories"),
        "secretary": secretary_of(request.user, found.departement, today()),  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, "fraud/codaf_act.html", context, status=422 if errors else 200)


def _choices(request: HttpRequest, found: CodafMeeting) -> dict[str, Any]:
    """What the forms offer: who was there, one's open cases, those of this meeting, the services of the committee."""
    present = found.attendance.exclude(attended=False).select_related("member").order_by("member__body", "pk")[:200]
    closed = linked_subjects(request.user, today())  # type: ignore[arg-type]
    own = open_cases_of(request.user, today()).exclude(state="CLOSED").exclude(codaf__meeting=found)  # type: ignore[arg-type]
    return {
        "members": [row.member for row in present], "open_cases": own.order_by("-pk")[:100],
        "codaf_cases": found.cases.exclude(case__subject__in=closed).select_related("case").order_by("pk")[:50],
        "categories": rules.categories_on(found.dated, found.departement),
    }  # fmt: skip


def _already(found: CodafMeeting) -> Conflict:
    return Conflict(
        f"Cette réunion est « {found.get_state_display().lower()} » : cet acte n’est pas possible. Rien n’a été fait.",
        link=reverse("fraud:codaf_meeting", args=[found.pk]), action="Voir la réunion",
    )  # fmt: skip


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[:5000]


def _number(request: HttpRequest, name: str) -> int:
    """A key chosen in a list; zero, that no row has, for anything else."""
    typed = request.POST.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by_pk": request.user.pk, "at": moment_on(today())}


def _codaf_case(request: HttpRequest, found: CodafMeeting) -> int:
    """The case chosen, of this meeting. Raises CodafRefused."""
    row = found.cases.filter(pk=_number(request, "codaf_case")).first()
    if row is None:
        raise CodafRefused({"codaf_case": "Choisissez le dossier, parmi ceux de cette réunion."})
    return row.pk


def _hear(request: HttpRequest, found: CodafMeeting, key: UUID) -> str:
    meeting.hear_guest(
        meeting_pk=found.pk, full_name=_text(request, "full_name"), quality=_text(request, "quality"), **_who(request)
    )
    return "La personne entendue est notée."


def _put(request: HttpRequest, found: CodafMeeting, key: UUID) -> str:
    case = cases_of(request.user, today()).filter(pk=_number(request, "case")).first()  # type: ignore[arg-type]
    if case is None:
        raise CodafRefused({"case": "Choisissez un de vos dossiers."})
    cases.put_case(meeting_pk=found.pk, case_pk=case.pk, on=today(), **_who(request))
    return f"Le dossier {case.number} est ajouté."


def _keep(request: HttpRequest, found: CodafMeeting, key: UUID) -> str:
    papers, errors = papers_given(request)
    if errors or len(papers) != 1:
        raise CodafRefused(errors or {"papers": "Choisissez une photo ou un PDF, un seul."})
    cases.keep_restricted_paper(
        meeting_pk=found.pk, member_pk=_number(request, "member"), paper=papers[0], **_who(request)
    )
    return "La pièce est gardée."


def _learn(request: HttpRequest, found: CodafMeeting, key: UUID) -> str:
    cases.note_learnt(
        codaf_case_pk=_codaf_case(request, found), member_pk=_number(request, "member"), content=_text(request, "content"), key=key,
        on=today(), **_who(request),
    )  # fmt: skip
    return "L’information est au dossier, avec son origine."


def _pass(request: HttpRequest, found: CodafMeeting, key: UUID) -> str:
    cases.pass_to_prosecutor(codaf_case_pk=_codaf_case(request, found), on=today(), **_who(request))
    return "Le dossier est noté transmis au parquet."


def _decide(request: HttpRequest, found: CodafMeeting, key: UUID) -> str:
    _made, again = meeting.note_decision(meeting_pk=found.pk, text=_text(request, "text"), key=key, **_who(request))
    return "C’est déjà reçu : rien n’a été noté deux fois." if again else "La décision est notée."


def _operate(request: HttpRequest, found: CodafMeeting, key: UUID) -> str:
    joint = Joint(
        _text(request, "title"),
        day_typed(request, "planned_on"),
        request.POST.getlist("categories")[:30],
        _number(request, "lead"),
    )
    _made, again = following.decide_operation(meeting_pk=found.pk, joint=joint, key=key, on=today(), **_who(request))
    return "C’est déjà reçu : rien n’a été noté deux fois." if again else "L’opération est notée : elle est à suivre."


def _send(request: HttpRequest, found: CodafMeeting, key: UUID) -> str:
    count = following.send_decisions(meeting_pk=found.pk, on=today(), **_who(request))
    if not count:
        return "Toutes les décisions étaient déjà parties."
    return f"{count} {plural('décision part,décisions partent', count)} à la mission nationale."


def _cancel(request: HttpRequest, found: CodafMeeting, key: UUID) -> str:
    meeting.cancel_meeting(meeting_pk=found.pk, reason=_text(request, "reason")[:500], on=today(), **_who(request))
    return "La réunion est annulée."


DO: dict[str, Callable[[HttpRequest, CodafMeeting, UUID], str]] = {
    "entendre": _hear, "dossier": _put, "piece": _keep, "apprendre": _learn, "parquet": _pass, "decision": _decide,
    "operation": _operate, "envoyer": _send, "annuler": _cancel,
}  # fmt: skip
