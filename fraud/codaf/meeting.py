"""A meeting: planned, its members called, who came, held or cancelled; who is heard; what it decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from fraud.codaf.access import members_on, seat_of
from fraud.codaf.naming import CodafRefused
from fraud.models import (
    CodafAttendance,
    CodafDecision,
    CodafFormation,
    CodafGuest,
    CodafMeeting,
    CodafMove,
    MeetingState,
)
from fraud.rules import codaf as rules
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.casework.moves import move

TEXT_LEAST = 10


@dataclass(frozen=True)
class Planned:
    """What is typed of a meeting to come."""

    formation: str
    dated: date | None
    place: str
    agenda: str
    prosecutor: str
    prefect: str = ""


def plan_meeting(
    *, departement: str, planned: Planned, key: UUID, by_pk: int, on: date, at: datetime
) -> tuple[CodafMeeting, bool]:
    """Plan a meeting; the person who plans it is called to it. With whether the same form had planned it.

    Raises CodafRefused: a restricted formation is called by the prosecutor alone, a plenary has its two chairs.
    """
    earlier = CodafMeeting.objects.filter(form_key=key, departement=departement).first()
    if earlier is not None:
        return earlier, True
    user = User.objects.get(pk=by_pk)
    seat = seat_of(user, departement, planned.dated) if planned.dated else None
    errors = _plan_errors(planned, on)
    if planned.dated and seat is None:
        errors["dated"] = "Vous n’êtes pas membre du comité ce jour-là : vous ne pouvez pas préparer cette réunion."
    if errors or planned.dated is None or seat is None:
        raise CodafRefused(errors)
    convener = rules.Convener.PROSECUTOR if planned.formation == CodafFormation.RESTRICTED else rules.Convener.CHAIRS
    with transaction.atomic():
        made = CodafMeeting.objects.create(
            number=_number(departement, planned.dated), departement=departement, formation=planned.formation, dated=planned.dated,
            place=planned.place, convener=convener.value, agenda=planned.agenda, prosecutor=planned.prosecutor,
            prefect=planned.prefect if planned.formation == CodafFormation.PLENARY else "", planned_by=user, form_key=key,
        )  # fmt: skip
        CodafAttendance.objects.create(meeting=made, member=seat)
        username = user.get_username()
        CodafMove.objects.create(meeting=made, to_state=MeetingState.PLANNED, at=at, dated=on, by=username)
        journal(
            actor=username,
            action="control.codaf.planned",
            subject=f"codaf:{made.pk}",
            detail={"meeting": made.number},
            at=at,
        )
    return made, False


def _plan_errors(planned: Planned, on: date) -> dict[str, str]:
    errors = {}
    if planned.formation not in CodafFormation.values:
        errors["formation"] = "Choisissez la formation."
    if planned.dated is None or planned.dated < on:
        errors["dated"] = "Écrivez le jour de la réunion, aujourd’hui au plus tôt."
    if len(planned.place) < 2:
        errors["place"] = "Écrivez le lieu."
    if len(planned.agenda) < TEXT_LEAST:
        errors["agenda"] = "Écrivez l’ordre du jour."
    if len(planned.prosecutor) < 2:
        errors["prosecutor"] = (
            "Écrivez qui représente le parquet : il préside, et convoque seul la formation restreinte."
        )
    if planned.formation == CodafFormation.PLENARY and len(planned.prefect) < 2:
        errors["prefect"] = "Écrivez qui représente la préfecture : la plénière a deux présidences."
    return errors


def _number(departement: str, dated: date) -> str:
    """``CODAF-63-2026-4``: the next of the year, one at a time."""
    start = f"CODAF-{departement}-{dated.year}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fraud_codafmeeting_number'))")
        cursor.execute(
            "SELECT coalesce(max(split_part(number, '-', 4)::int), 0) + 1 FROM fraud_codafmeeting WHERE number LIKE %s",
            (f"{start}%",),
        )
        return f"{start}{cursor.fetchone()[0]}"


def _locked(meeting_pk: int) -> CodafMeeting:
    return CodafMeeting.objects.select_for_update(of=("self",)).get(pk=meeting_pk)


def _planned(meeting_pk: int) -> CodafMeeting:
    found = _locked(meeting_pk)
    if found.state != MeetingState.PLANNED:
        raise CodafRefused({"members": "Cette réunion n’est plus prévue : rien n’y change."})
    return found


def call_members(*, meeting_pk: int, member_pks: Sequence[int], by_pk: int, at: datetime) -> int:
    """Call exactly these members, all in force that day in a category that sits; how many. Who plans it stays called.

    Raises CodafRefused.
    """
    user, wanted = User.objects.get(pk=by_pk), set(member_pks)
    with transaction.atomic():
        meeting = _planned(meeting_pk)
        allowed = {one.pk for one in may_attend(meeting)}
        if not wanted <= allowed:
            raise CodafRefused({"members": "Une de ces personnes ne peut pas siéger ce jour-là. Rien n’a été changé."})
        own = seat_of(meeting.planned_by, meeting.departement, meeting.dated)
        wanted |= {own.pk} if own else set()
        CodafAttendance.objects.filter(meeting=meeting).exclude(member__in=wanted).delete()
        CodafAttendance.objects.bulk_create(
            (CodafAttendance(meeting=meeting, member_id=pk) for pk in sorted(wanted)), ignore_conflicts=True
        )
        journal(
            actor=user.get_username(), action="control.codaf.called", subject=f"codaf:{meeting.pk}",
            detail={"meeting": meeting.number, "members": sorted(wanted)}, at=at,
        )  # fmt: skip
    return len(wanted)


def may_attend(meeting: CodafMeeting) -> list:
    """The members who may be called: in force that day, in a category that sits that day in that département."""
    found = members_on(meeting.departement, meeting.dated)
    return [one for one in found if rules.may_sit(one.category, meeting.dated, meeting.departement)]


def hold_meeting(*, meeting_pk: int, came: Mapping[int, bool], by_pk: int, on: date, at: datetime) -> CodafMeeting:
    """The meeting was held: of each person called, whether they came. A second call changes nothing.

    Raises CodafRefused: before its day, with somebody left unsaid, or a restricted formation without the prefect's
    representative.
    """
    user = User.objects.get(pk=by_pk)
    with transaction.atomic():
        meeting = _locked(meeting_pk)
        if meeting.state == MeetingState.HELD:
            return meeting
        rows = list(meeting.attendance.select_for_update(of=("self",)).select_related("member").order_by("pk"))
        if errors := _hold_errors(meeting, rows, came, on):
            raise CodafRefused(errors)
        for row in rows:
            row.attended = came[row.pk]
            row.save(update_fields=["attended"])
        _bring(meeting, MeetingState.HELD, user.get_username(), on, at, f"{sum(came.values())} présents")
    return meeting


def _hold_errors(
    meeting: CodafMeeting, rows: Sequence[CodafAttendance], came: Mapping[int, bool], on: date
) -> dict[str, str]:
    if meeting.dated > on:
        return {"came": "Cette réunion n’a pas encore eu lieu."}
    if {row.pk for row in rows} != set(came):
        return {"came": "Dites de chaque personne appelée si elle est venue."}
    present = frozenset(row.member.category for row in rows if came[row.pk])
    if not present:
        return {"came": "Personne n’est venu : la réunion est à annuler."}
    if not rules.is_quorate(meeting.formation, present):
        return {"came": "Une formation restreinte ne se tient pas sans un représentant de la préfecture."}
    return {}


def cancel_meeting(*, meeting_pk: int, reason: str, by_pk: int, on: date, at: datetime) -> CodafMeeting:
    """A meeting that is put off is cancelled, and another planned. A second call changes nothing. Raises CodafRefused."""
    if len(reason.strip()) < TEXT_LEAST:
        raise CodafRefused({"reason": f"Dites pourquoi, en {TEXT_LEAST} signes au moins."})
    username = User.objects.get(pk=by_pk).get_username()
    with transaction.atomic():
        meeting = _locked(meeting_pk)
        if meeting.state != MeetingState.CANCELLED:
            _bring(meeting, MeetingState.CANCELLED, username, on, at, reason.strip())
    return meeting


def _bring(meeting: CodafMeeting, to: str, by: str, on: date, at: datetime, reason: str) -> None:
    former = meeting.state
    # Words stay in the row of the move: the journal is no second store of them.
    move(meeting, to, by=by, reason="", at=at)
    CodafMove.objects.create(
        meeting=meeting, from_state=former, to_state=to, at=at, dated=on, by=by, reason=reason[:500]
    )


def hear_guest(*, meeting_pk: int, full_name: str, quality: str, by_pk: int, at: datetime) -> CodafGuest:
    """Somebody from outside is heard, in plenary only; the same again gives the first row. Raises CodafRefused."""
    meeting = CodafMeeting.objects.get(pk=meeting_pk)
    if not rules.may_hear_outsiders(meeting.formation):
        raise CodafRefused({"full_name": "Une personne extérieure n’est entendue qu’en plénière."})
    if len(full_name) < 2 or len(quality) < 2:
        raise CodafRefused({"full_name": "Écrivez le nom de la personne, et à quel titre elle est entendue."})
    with transaction.atomic():
        made, _new = CodafGuest.objects.get_or_create(
            meeting=meeting, full_name=full_name[:160], defaults={"quality": quality[:200]}
        )
        journal(
            actor=User.objects.get(pk=by_pk).get_username(), action="control.codaf.heard", subject=f"codaf:{meeting.pk}",
            detail={"meeting": meeting.number, "guest": made.pk}, at=at,
        )  # fmt: skip
    return made


def note_decision(*, meeting_pk: int, text: str, key: UUID, by_pk: int, at: datetime) -> tuple[CodafDecision, bool]:
    """What a meeting that was held decided; with whether the same form had noted it. Raises CodafRefused."""
    meeting = CodafMeeting.objects.get(pk=meeting_pk)
    if meeting.state != MeetingState.HELD:
        raise CodafRefused({"text": "Cette réunion n’est pas tenue : elle n’a encore rien décidé."})
    if not TEXT_LEAST <= len(text.strip()) <= 1000:
        raise CodafRefused({"text": f"Écrivez la décision, en {TEXT_LEAST} à 1000 signes, sans nom de personne."})
    try:
        with transaction.atomic():
            made = CodafDecision.objects.create(meeting=meeting, text=text.strip(), form_key=key)
            journal(
                actor=User.objects.get(pk=by_pk).get_username(), action="control.codaf.decided", subject=f"codaf:{meeting.pk}",
                detail={"meeting": meeting.number, "decision": made.pk}, at=at,
            )  # fmt: skip
    except IntegrityError:
        return CodafDecision.objects.get(form_key=key, meeting=meeting), True
    return made, False
