"""An experiment of the first law is made permanent by an order before its end, or ends; what must never be is refused by the
database too; small sums that wait go on with a joint fund, to the cent."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from portal.accounts.models import User
from portal.accounts.permissions import funds_on, moment_on
from portal.batches.models import RunState
from portal.benefits.models import DeferredSum, SumState
from portal.organisations.joint.acting import JointRefused
from portal.organisations.joint.files import enter_order
from portal.organisations.joint.moving import count_open
from portal.organisations.joint.orders import Ordered, confirm_fund_order
from portal.organisations.joint.running import check_moving, return_open_files, run_of
from portal.organisations.joint.selectors import living_on, moving_of
from portal.organisations.joint.steering import joint_waiting
from portal.organisations.joint.tasks import end_due
from portal.organisations.models import BodyMission, CreationFile, FileMove, FundOrder, FundReturn
from portal.organisations.operations import load_directory
from portal.organisations.serving import competent_for
from tests.portal.benefits.small.world import run_of as run_of_month
from tests.portal.organisations.test_ending import (
    ENDS,
    ENTERED,
    EVE,
    confirmed,
    ended,
    ends_of,
    entered,
    officer,
    working,
)
from tests.portal.organisations.test_moving import agent, dossier
from tests.portal.organisations.world import BEGINS, CANTAL, DAY, director, opened, opinion, vote

pytestmark = pytest.mark.django_db


# Experiments of the first law.


def experiment() -> CreationFile:
    """Ordered in December 2019, before the reform: five years from 2023, until 1 January 2028."""
    file = opened(replace(CANTAL, proposed_on=date(2019, 3, 1), outside_rural_zone=0))
    for body in file.concerned:
        vote(file, body, on=date(2019, 4, 1))
    for body in file.consulted:
        opinion(file, body, on=date(2019, 6, 1))
    enter_order(
        creation_pk=file.pk, reference="Arrêté du 2 décembre 2019", signed_on=date(2019, 12, 2), starts_on=date(2023, 1, 1),
        who=director(),
    )  # fmt: skip
    return working(file, DAY)


KEPT = Ordered("CCSS15", "PERMANENT", "Arrêté du 1er juin 2027", date(2027, 6, 1), None, ("FAMILY", "SICKNESS"))


def test_an_experiment_says_what_must_be_done_and_by_when():
    experiment()
    (living,) = [one for one in living_on(DAY) if one.body.code == "CCSS15"]
    (told,) = living.experiments
    assert living.standing == "Expérimentale depuis le 1er janvier 2023."
    assert (told.branches, told.ends_on, told.act_by, told.is_near) == (("FAMILY", "SICKNESS"), ENDS, EVE, False)
    director_user = User.objects.get(username="directrice")

    def waits(day: date) -> int:
        return sum(one.count for one in joint_waiting(director_user, day) if "expérience" in one.words)

    assert (waits(date(2026, 11, 30)), waits(date(2026, 12, 31)), waits(date(2027, 1, 1))) == (0, 1, 1)


def test_lozere_was_experimental_and_is_permanent():
    load_directory()
    (living,) = living_on(DAY)
    assert living.standing == "Expérimentale depuis le 1er janvier 2009, permanente depuis le 4 janvier 2014."
    assert living.experiments == []


def test_an_order_makes_it_permanent_before_its_end_for_the_missions_that_it_names():
    dossier(1)
    user = agent("odile", "CCSS15", branch="FAMILY")
    file = experiment()
    confirmed(replace(KEPT, branches=("FAMILY",)))
    assert ends_of() == {"FAMILY": None, "SICKNESS": ENDS}
    (living,) = [one for one in living_on(DAY) if one.body.code == "CCSS15"]
    assert [one.branches for one in living.experiments] == [("SICKNESS",)]
    assert living.standing == "Permanente pour : famille. Expérimentale pour : maladie, depuis le 1er janvier 2023."
    ended()
    assert (competent_for("CAF15", "FAMILY", ENDS), competent_for("CPAM15", "SICKNESS", ENDS)) == ("CCSS15", "CPAM15")
    assert funds_on(user, ENDS) == ["CAF15"]
    assert check_moving(creation_pk=file.pk, day=ENDS).is_proved, "the fund still works, its first day is still proved"
    (living,) = [one for one in living_on(ENDS) if one.body.code == "CCSS15"]
    assert living.standing == "Expérimentale depuis le 1er janvier 2023, permanente depuis le 1er juin 2027."


def test_an_experiment_that_nothing_made_permanent_ends_by_itself(settings):
    dossier(1)
    file = experiment()
    settings.PORTAL_DAY = ENDS
    end_due()
    file.refresh_from_db()
    assert file.state == "WITHDRAWN"
    assert file.withdrawn_because == "Son expérience a fini sans arrêté qui la rende permanente."
    run = run_of(FundReturn.objects.get())
    assert run is not None
    return_open_files(return_pk=FundReturn.objects.get().pk)
    run.refresh_from_db()
    assert (run.state, run.totals["proof"]["is_proved"]) == (RunState.DONE, True)


@pytest.mark.parametrize(
    ("case", "changes", "on", "words"),
    [
        ("signed before the law", {"signed_on": date(2014, 1, 2)}, ENTERED, "Aucune loi"),
        ("no mission named", {"branches": ()}, ENTERED, "Cochez les missions"),
        ("a mission that it does not hold", {"branches": ("COLLECTION",)}, ENTERED, "Cochez les missions"),
        ("on the day of its end", {}, ENDS, "Cochez les missions"),
    ],
)
def test_orders_that_make_nothing_permanent(case, changes, on, words):
    experiment()
    with pytest.raises(JointRefused, match=words):
        entered(replace(KEPT, **changes), on)
    assert ends_of() == {"FAMILY": ENDS, "SICKNESS": ENDS}, case


def test_the_eve_is_the_last_day_on_which_an_order_is_confirmed():
    experiment()
    order = entered(KEPT, EVE)
    with pytest.raises(JointRefused, match="Cochez les missions"):
        confirm_fund_order(order_pk=order.pk, who=officer(ENDS))
    confirm_fund_order(order_pk=order.pk, who=officer(EVE))
    assert ends_of() == {"FAMILY": None, "SICKNESS": None}


def test_a_permanent_fund_is_not_made_permanent():
    working()
    with pytest.raises(JointRefused, match="Cochez les missions"):
        entered(KEPT)


# Whoever writes.


def refused(words: str):
    return pytest.raises(DatabaseError, match=words)


def test_the_database_lets_no_mission_end_or_go_on_without_its_confirmed_order():
    experiment()
    held = BodyMission.objects.filter(body="CCSS15")
    with refused("par un arrêté confirmé"), transaction.atomic():
        held.update(ends_on=None)
    order = entered(replace(KEPT, branches=("FAMILY",)))
    with refused("par un arrêté confirmé"), transaction.atomic():
        held.filter(branch="FAMILY").update(ends_on=None)
    confirm_fund_order(order_pk=order.pk, who=officer())
    with refused("par un arrêté confirmé"), transaction.atomic():
        held.filter(branch="SICKNESS").update(ends_on=None)
    with refused("seule sa fin"), transaction.atomic():
        held.filter(branch="SICKNESS").update(experimental_until=date(2030, 1, 1))


def test_the_database_takes_no_order_of_one_person_and_changes_none():
    working()
    order = entered()
    mine = FundOrder.objects.filter(pk=order.pk)
    alone = {"state": "CONFIRMED", "confirmed_by": order.entered_by, "confirmed_at": moment_on(ENTERED)}
    with refused("fundorder_two_persons"), transaction.atomic():
        mine.update(**alone)
    with refused("ne change pas"), transaction.atomic():
        mine.update(ends_on=date(2029, 1, 1))
    confirm_fund_order(order_pk=order.pk, who=officer())
    with refused("ne change pas"), transaction.atomic():
        mine.update(state="DROPPED", confirmed_by=None, confirmed_at=None)
    with refused("ne se modifie pas"), transaction.atomic():
        mine.delete()


def test_the_database_withdraws_no_fund_that_still_holds_its_missions():
    file = working()
    mine = CreationFile.objects.filter(pk=file.pk)
    with refused("tient encore une mission"), transaction.atomic():
        mine.update(state="WITHDRAWN", withdrawn_on=ENDS, withdrawn_because="Fini")
    with refused("en service, son dossier ne change plus"), transaction.atomic():
        mine.update(live_since=moment_on(ENDS))
    confirmed()
    back = ended()
    with refused("ses dossiers sont revenus"), transaction.atomic():
        BodyMission.objects.filter(returned=back).update(returned=None)
    with refused("filemove_one_way"), transaction.atomic():
        FileMove.objects.create(kind="cmg.dossier", key="1", former="CAF15")


# Small sums that wait.


def small_sums(*told: tuple[str, int]) -> None:
    """One a family, kept by one month."""
    month = date(2026, 9, 1)
    run = run_of_month(month)
    for number, (fund, cents) in enumerate(told):
        DeferredSum.objects.create(
            fund=fund, beneficiary_no=f"{number:07}", benefit="AEEH", run=run, amount_cents=cents, month=month
        )


def test_small_sums_that_wait_are_counted_before_and_noted_to_the_cent_with_their_month():
    small_sums(("CAF15", 1234), ("CAF15", 566), ("CAF63", 999))
    told = {one.label.partition(",")[0]: (one.count, one.cents) for one in count_open([("FAMILY", "CAF15")])}
    assert told["petite somme qui attend"] == (2, 1800)
    file = working()
    noted = FileMove.objects.filter(creation=file, kind="benefits.small_sum")
    assert set(noted.values_list("deadline", flat=True)) == {date(2026, 9, 1)}
    moving = moving_of(file)
    assert moving is not None
    (line,) = [one for one in moving.lines if one.kind == "benefits.small_sum"]
    assert (line.noted, line.moved, line.open, line.cents) == (2, 2, 2, 1800)
    assert moving.is_proved
    run = run_of(file)
    run.totals["money"]["kinds"]["benefits.small_sum"]["sums"] -= 1
    run.save()
    assert not check_moving(creation_pk=file.pk, day=BEGINS).is_proved, "a cent more than was noted"
    assert DeferredSum.objects.filter(state=SumState.WAITING).count() == 3
