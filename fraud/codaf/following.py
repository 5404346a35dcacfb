"""What follows a meeting: joint operations and what they gave; decisions sent to the national mission by the secretariat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from fraud.codaf.access import secretary_of
from fraud.codaf.letters import ask_decisions_letter
from fraud.codaf.naming import CodafRefused
from fraud.models import (
    CodafDecision,
    CodafMeeting,
    CodafMember,
    CodafMove,
    JointOperation,
    MeetingState,
    OperationState,
)
from fraud.rules import codaf as rules
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.casework.moves import move

TEXT_LEAST, COUNT_MOST = 10, 100_000


@dataclass(frozen=True)
class Joint:
    """What is typed of a joint operation."""

    title: str
    planned_on: date | None
    categories: Sequence[str]
    lead_pk: int | None


def decide_operation(
    *, meeting_pk: int, joint: Joint, key: UUID, by_pk: int, on: date, at: datetime
) -> tuple[JointOperation, bool]:
    """Note an operation that a meeting decided: with two categories at least. With whether the same form had noted it.

    Raises CodafRefused.
    """
    meeting, username = CodafMeeting.objects.get(pk=meeting_pk), User.objects.get(pk=by_pk).get_username()
    earlier = JointOperation.objects.filter(form_key=key, meeting=meeting).first()
    if earlier is not None:
        return earlier, True
    lead = CodafMember.objects.filter(
        pk=joint.lead_pk or 0, attendance__meeting=meeting, attendance__attended=True
    ).first()
    errors = _operation_errors(meeting, joint)
    if lead is None:
        errors["lead"] = "Choisissez qui la mène, parmi les présents."
    if errors or lead is None or joint.planned_on is None:
        raise CodafRefused(errors)
    try:
        with transaction.atomic():
            made = JointOperation.objects.create(
                meeting=meeting, title=joint.title, planned_on=joint.planned_on, categories=sorted(set(joint.categories)),
                lead=lead, form_key=key,
            )  # fmt: skip
            CodafMove.objects.create(
                meeting=meeting, operation=made, to_state=OperationState.DECIDED, at=at, dated=on, by=username
            )
            journal(
                actor=username, action="control.codaf.operation", subject=f"codaf:{meeting.pk}",
                detail={"meeting": meeting.number, "operation": made.pk}, at=at,
            )  # fmt: skip
    except IntegrityError:
        return JointOperation.objects.get(form_key=key, meeting=meeting), True
    return made, False


def _operation_errors(meeting: CodafMeeting, joint: Joint) -> dict[str, str]:
    errors = {}
    if meeting.state != MeetingState.HELD:
        errors["title"] = "Cette réunion n’est pas tenue : elle n’a encore rien décidé."
    elif not TEXT_LEAST <= len(joint.title) <= 200:
        errors["title"] = f"Dites ce qui est contrôlé et où, en {TEXT_LEAST} à 200 signes, sans nom de personne."
    if joint.planned_on is None or joint.planned_on < meeting.dated:
        errors["planned_on"] = "Écrivez le jour prévu, celui de la réunion au plus tôt."
    sits = {one.code for one in rules.categories_on(meeting.dated, meeting.departement)}
    if len(set(joint.categories)) < 2 or not set(joint.categories) <= sits:
        errors["categories"] = "Une opération conjointe réunit au moins deux services du comité."
    return errors


def end_operation(
    *, operation_pk: int, done: bool, done_on: date | None, checks: int | None, sanctions: int | None, result: str, by_pk: int,
    on: date, at: datetime,
) -> JointOperation:  # fmt: skip
    """The operation was carried out, with its figures, or given up, with its reason. Raises CodafRefused, MoveNotAllowed."""
    username = User.objects.get(pk=by_pk).get_username()
    with transaction.atomic():
        found = JointOperation.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=operation_pk)
        if errors := _result_errors(found, done, done_on, checks, sanctions, result, on):
            raise CodafRefused(errors)
        former, to = found.state, OperationState.DONE if done else OperationState.ABANDONED
        figures = {"done_on": done_on, "checks": checks, "sanctions": sanctions} if done else {}
        # Words stay in the operation and its move: the journal is no second store of them.
        move(found, to, by=username, reason="", at=at, result=result.strip(), **figures)
        CodafMove.objects.create(
            meeting=found.meeting, operation=found, from_state=former, to_state=to, at=at, dated=on, by=username,
            reason=result.strip()[:500],
        )  # fmt: skip
    return found


def _result_errors(
    found: JointOperation, done: bool, done_on: date | None, checks: int | None, sanctions: int | None, result: str, on: date
) -> dict[str, str]:  # fmt: skip
    errors = {}
    if not TEXT_LEAST <= len(result.strip()) <= 1000:
        errors["result"] = (
            f"Écrivez ce que l’opération a donné, ou pourquoi elle n’a pas eu lieu, en {TEXT_LEAST} à 1000 signes."
        )
    if not done:
        return errors
    if done_on is None or not found.meeting.dated <= done_on <= on:
        errors["done_on"] = "Écrivez le jour de l’opération : de la réunion à aujourd’hui."
    if checks is None or not 0 <= checks <= COUNT_MOST:
        errors["checks"] = "Écrivez le nombre de contrôles, zéro s’il n’y en a pas eu."
    if sanctions is None or not 0 <= sanctions <= COUNT_MOST:
        errors["sanctions"] = "Écrivez le nombre de sanctions, zéro s’il n’y en a pas eu."
    return errors


def send_decisions(*, meeting_pk: int, by_pk: int, on: date, at: datetime) -> int:
    """Send what is not sent yet to the national mission; how many decisions. Raises CodafRefused for anybody but the
    permanent secretariat."""
    user, meeting = User.objects.get(pk=by_pk), CodafMeeting.objects.get(pk=meeting_pk)
    secretary = secretary_of(user, meeting.departement, on)
    if secretary is None:
        raise CodafRefused({"send": "Seul le secrétariat permanent écrit à la mission nationale."})
    with transaction.atomic():
        waiting = list(
            CodafDecision.objects.select_for_update(of=("self",)).filter(meeting=meeting, sent_on=None).order_by("pk")
        )
        if not waiting:
            return 0
        CodafDecision.objects.filter(pk__in=[one.pk for one in waiting]).update(sent_on=on, sent_by=secretary)
        ask_decisions_letter(meeting, waiting, on=on, by=user.get_username())
        journal(
            actor=user.get_username(), action="control.codaf.sent", subject=f"codaf:{meeting.pk}",
            detail={"meeting": meeting.number, "decisions": [one.pk for one in waiting]}, at=at,
        )  # fmt: skip
    return len(waiting)
