"""The day on which missions of a joint fund end: the bodies whose place it had taken answer again, files and rights go back.

By an order, or with an experiment that nothing made permanent: the same act, which reads the missions and their last day.
"""

from datetime import date, datetime

from django.db import transaction

from portal.accounts.following import follow_return, journal_followed, lock_postings
from portal.accounts.models import User
from portal.accounts.rights import Right
from portal.audit.operations import journal
from portal.casework.moves import move
from portal.organisations.joint.acting import JointRefused, Who, conducts_fund
from portal.organisations.joint.living import call_workers
from portal.organisations.joint.moving import note_files
from portal.organisations.joint.running import start_moving
from portal.organisations.models import BodyMission, CreationFile, CreationState, FundOrder, FundReturn
from portal.organisations.operations import write_returns
from portal.turns import one_at_a_time

BY_EXPERIMENT = "Son expérience a fini sans arrêté qui la rende permanente."
NOT_THEIRS = "La direction de cette caisse commune, ou la nationale, rend ses dossiers."


def returns_due(on: date) -> list[tuple[str, date]]:
    """The funds, each with a day that has come, whose files have not gone back yet."""
    due = BodyMission.objects.filter(ends_on__lte=on, returned=None).order_by("ends_on", "body")
    return [(body, day) for body, day in due.values_list("body", "ends_on").distinct() if day is not None]


def give_back(*, body: str, who: Who) -> None:
    """What the task does on the day, asked by somebody who conducts the fund: all that is due, once.

    Raises JointRefused for anybody else.
    """
    if not conducts_fund(User.objects.get(pk=who.user_pk), body, who.on, Right.FILE_JOINT_FUNDS):
        raise JointRefused({"body": NOT_THEIRS})
    for one, ends_on in returns_due(who.on):
        if one == body:
            go_back(body=one, ends_on=ends_on, by=who.username, on=who.on, at=who.at)


def go_back(*, body: str, ends_on: date, by: str, on: date, at: datetime) -> FundReturn:
    """Give back the missions that ended that day: whoever asks later gets what was done first.

    One transaction: who works there goes back, every open file is noted as it stands, the former bodies live again. Postings are
    held first and the journal is written last: signing in waits for it, and the ledger takes its time. The run that finds the
    files is done afterwards. Raises ValueError before the day, BodyMission.DoesNotExist when none ends then.
    """
    if ends_on > on:
        raise ValueError(f"the missions of {body} end on {ends_on}, not before")
    with transaction.atomic():
        one_at_a_time(f"joint:{body}")
        earlier = FundReturn.objects.filter(body=body, ends_on=ends_on).first()
        return earlier or _return(_ended(body, ends_on), by, on, at)


def _ended(body: str, ends_on: date) -> list[BodyMission]:
    found = BodyMission.objects.select_for_update(of=("self",)).filter(body=body, ends_on=ends_on, returned=None)
    missions = list(found.order_by("branch"))
    if not missions:
        raise BodyMission.DoesNotExist(f"no mission of {body} ends on {ends_on}")
    return missions


def _return(missions: list[BodyMission], by: str, on: date, at: datetime) -> FundReturn:
    first = missions[0]
    assert first.ends_on is not None, "they were asked for by their last day"
    lock_postings([first.body_id, *(one.former_id for one in missions)])
    made = FundReturn.objects.create(body_id=first.body_id, ends_on=first.ends_on, done_at=at)
    BodyMission.objects.filter(pk__in=[one.pk for one in missions]).update(returned=made)
    followed = [each for one in missions for each in follow_return(mission=one)]
    for mission in missions:
        note_files(made, mission)
    write_returns()
    call_workers(start_moving(made, on))
    journal_followed(followed, by=by, at=at)
    journal(
        actor=by, action="joint.returned", subject=f"{made.SUBJECT}:{made.pk}", at=at,
        detail={"body": made.body_id, "on": str(made.ends_on), "branches": [one.branch for one in missions]},
    )  # fmt: skip
    _withdraw_files(made, by, at)
    return made


def _withdraw_files(made: FundReturn, by: str, at: datetime) -> None:
    """The creation files of which every mission has ended: withdrawn after they worked."""
    because = _because(made)
    live = CreationFile.objects.select_for_update(of=("self",)).filter(code=made.body_id, state=CreationState.LIVE)
    for file in live.order_by("pk"):
        held = BodyMission.objects.filter(body=file.code, branch__in=file.branches, starts_on=file.moves_on)
        if held.filter(returned=None).exists():
            continue
        move(
            file, CreationState.WITHDRAWN, by=by, reason=because, at=at, withdrawn_on=made.ends_on, withdrawn_because=because
        )  # fmt: skip


def _because(made: FundReturn) -> str:
    found = FundOrder.objects.filter(body=made.body_id, kind="END", state="CONFIRMED", ends_on=made.ends_on)
    order = found.order_by("-pk").first()
    return BY_EXPERIMENT if order is None else f"Un arrêté la finit : {order.reference}."
