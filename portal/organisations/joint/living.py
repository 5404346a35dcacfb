"""The first day of a joint fund: the body lives, it holds its branches, the former bodies become names that can be read."""

from datetime import date, datetime, timedelta

from django.db import transaction

from portal.accounts.following import Followed, follow_joint_fund, journal_followed, lock_postings
from portal.batches.models import Run
from portal.casework.moves import move
from portal.organisations.directory import Mission
from portal.organisations.joint.acting import JointRefused, missions_now
from portal.organisations.joint.moving import note_files
from portal.organisations.joint.running import start_moving
from portal.organisations.models import Body, BodyMission, CreationFile, CreationState, Organisation
from portal.organisations.rules import creation
from portal.organisations.rules.competence import NoCompetentBody, Scheme, competent_body
from portal.organisations.rules.creation import Order
from portal.turns import one_at_a_time


def files_due(on: date) -> list[int]:
    """The files whose first day has come and whose fund does not work yet."""
    due = CreationFile.objects.filter(state=CreationState.ORDER_SIGNED, starts_on__lte=on)
    return list(due.order_by("starts_on", "pk").values_list("pk", flat=True))


def go_live(*, creation_pk: int, by: str, on: date, at: datetime) -> tuple[CreationFile, bool]:
    """Begin the fund, on its first day or as soon after as somebody does it: its missions run from the first day.

    One transaction: the body, its missions, the last day of the former bodies, who works there, every open file noted as it
    stands. Postings are held first and the journal is written last: signing in waits for it, and the ledger takes its time. The
    run that finds the files again is done afterwards. A second call changes nothing, and says so.

    Raises JointRefused before its day, MoveNotAllowed without its order.
    """
    with transaction.atomic():
        file = _locked(creation_pk)
        if file.state == CreationState.LIVE:
            return file, True
        if file.starts_on is not None and (early := creation.start_refusals(file.starts_on, on)):
            raise JointRefused.because(early)
        # In any other state `move` refuses.
        followed = _begin(file, on) if file.state == CreationState.ORDER_SIGNED else []
        move(file, CreationState.LIVE, by=by, reason="its first day has come", at=at, live_since=at)
        journal_followed(followed, by=by, at=at)
    return file, False


def _locked(creation_pk: int) -> CreationFile:
    """With the turn of its fund: a first day, an order and an end never cross."""
    one_at_a_time(f"joint:{CreationFile.objects.values_list('code', flat=True).get(pk=creation_pk)}")
    return CreationFile.objects.select_for_update(of=("self",)).get(pk=creation_pk)


def _begin(file: CreationFile, on: date) -> list[Followed]:
    """Everything but the state and the journal; what became of the postings."""
    missions = _take_over(file)
    lock_postings([file.code, *(one.former_id for one in missions)])
    followed = [each for one in missions for each in follow_joint_fund(mission=one)]
    for mission in missions:
        note_files(file, mission)
    call_workers(start_moving(file, on))
    return followed


def call_workers(run: Run) -> None:
    """Once the transaction is done. Without a broker the fund begins, or ends, all the same: the beat takes the run up."""
    from portal.organisations.joint.tasks import move_files

    transaction.on_commit(lambda: move_files.delay(run_pk=run.pk), robust=True)


def _take_over(file: CreationFile) -> list[BodyMission]:
    """The branches, from the first day that the order gives; for five years under the first law."""
    assert file.starts_on is not None, "its state says so, and so does the database"
    assert file.order_signed_on is not None
    body, eve = _body_of(file), file.starts_on - timedelta(days=1)
    known, end = missions_now(file.departement), creation.mission_end(Order(file.order_signed_on, file.starts_on))
    made = []
    for branch in file.branches:
        former = competent_body(file.departement, branch, Scheme.GENERAL, eve, known).code
        mission = BodyMission.objects.create(
            body=body,
            branch=branch,
            departement=file.departement,
            former_id=former,
            starts_on=file.starts_on,
            ends_on=end,
            experimental_until=end,
        )
        made.append(mission)
    for former in sorted({one.former_id for one in made}):
        _end_former(former, file.starts_on)
    return made


def _body_of(file: CreationFile) -> Organisation:
    """The joint fund; the one that lives already, when it takes one more branch, or that lived before."""
    facts = {
        "name": file.name, "body": Body.CCSS, "seat_departement": file.departement, "departements": [file.departement],
        "seat_city": file.seat_city, "valid_from": file.starts_on,
    }  # fmt: skip
    body, _made = Organisation.objects.update_or_create(
        code=file.code, defaults={"valid_to": None}, create_defaults=facts
    )
    return body


def _end_former(code: str, first_day: date) -> None:
    """A body that answers nowhere any more has no other day. A regional one goes on elsewhere, a CGSS with its other branch."""
    known, former = missions_now(), Organisation.objects.get(code=code)
    if not any(
        _answers(code, place, branch, first_day, known) for place in former.departements for branch in creation.NATIONAL
    ):
        Organisation.objects.filter(code=code, valid_to=None).update(valid_to=first_day)


def _answers(code: str, departement: str, branch: str, day: date, known: tuple[Mission, ...]) -> bool:
    try:
        return competent_body(departement, branch, Scheme.GENERAL, day, known).code == code
    except NoCompetentBody:
        return False
