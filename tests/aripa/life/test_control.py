"""By when the debtor is controlled while ASF is paid for non-payment, and what is told of the control (D. 523-2, III)."""

import pytest

from aripa.life.control import control_by, is_soon
from aripa.rules.calendar import first_control_by, next_control_by
from tests.aripa.life.people import World, day
from tests.aripa.life.test_asf import claimed, paid, unpaid


def test_four_months_from_the_claim_once_asf_is_paid() -> None:
    world = unpaid().live("2026-03-04")

    assert control_by(world.case) is None, "the first month in default gives nothing yet"
    assert control_by(world.live("2026-03-05").case) == day("2026-05-12"), "claimed on 12 January"


def test_a_year_from_a_finding_whatever_it_found() -> None:
    for kind, said in (("ABLE_TO_PAY", {}), ("UNABLE_TO_PAY", {"reason": "3"}), ("UNABLE_TO_PAY", {"reason": "2a"})):
        world = unpaid().tell("2026-04-20", kind, **said).live("2026-06-30")

        assert control_by(world.case) == day("2027-04-20"), kind


def test_a_default_that_comes_long_after_the_claim_gives_four_months() -> None:
    world = unpaid(100_00, code="D")
    for month in range(1, 6):
        paid(world, f"2026-{month:02d}-10", 100_00)

    assert control_by(world.live("2026-08-04").case) is None, "a top-up is not for non-payment"
    assert control_by(world.live("2026-08-05").case) == day("2026-12-05")


def test_none_once_the_support_is_paid_again_nor_for_an_orphan() -> None:
    world = paid(unpaid(), "2026-03-20", 750_00).live("2026-04-07")

    assert control_by(world.case) is None
    assert control_by(claimed("A1", "2026-01-05", "2025-12-20").live("2026-06-30").case) is None


def test_a_child_without_a_title_too() -> None:
    assert control_by(claimed("C3", "2026-01-05", "2025-12-20").live("2026-02-05").case) == day("2026-05-05")


@pytest.mark.parametrize(("on", "soon"), [("2026-04-11", False), ("2026-04-12", True), ("2026-07-01", True)])
def test_it_is_to_do_thirty_days_before_its_last_day_and_until_done(on: str, soon: bool) -> None:  # noqa: FBT001
    assert is_soon(day("2026-05-12"), day(on)) == soon


def test_the_last_day_of_a_shorter_month() -> None:
    assert first_control_by(day("2025-10-31")) == day("2026-02-28")
    assert next_control_by(day("2024-02-29")) == day("2025-02-28")


def test_a_finding_is_told_to_a_creditor_who_claimed() -> None:
    world = unpaid().tell("2026-04-20", "ABLE_TO_PAY").live("2026-04-20")

    assert world.letters("L22") == [("2026-04-20", "L22", "CREDITOR")]
    assert World().informed().tell("2026-04-20", "ABLE_TO_PAY").live("2026-04-20").letters("L22") == []


def test_a_control_that_finds_the_same_moves_no_day_and_writes_no_second_suspension() -> None:
    world = unpaid().tell("2026-02-20", "UNABLE_TO_PAY", reason="2a").tell("2027-02-10", "UNABLE_TO_PAY", reason="2b")
    world.live("2027-03-10")

    assert (world.case.suspended_from, world.case.shown_state) == (day("2026-03-01"), "SUSPENDED")
    assert [one[0] for one in world.letters("L15")] == ["2026-02-20", "2026-02-20"]
    assert [one[0] for one in world.letters("L22")] == ["2026-02-20", "2027-02-10"]
    assert control_by(world.case) == day("2028-02-10")


def test_a_control_of_somebody_who_always_could_pay_moves_nothing() -> None:
    moved = [unpaid().live("2026-06-30").moved()]
    moved.append(unpaid().tell("2026-04-20", "ABLE_TO_PAY").live("2026-06-30").moved())

    assert moved[0] == moved[1]


# ---- the decision of ASF ------------------------------------------------------------------------------------------


def decided(world: World) -> list[str]:
    return [one[0] for one in world.letters("L21")]


def test_a_right_that_begins_is_decided_once_and_a_part_paid_changes_only_its_amount() -> None:
    world = paid(unpaid(), "2026-04-20", 60_00).live("2026-06-30")

    assert {one.kind for one in world.case.asf} == {"ADVANCE", "PARTIAL_ADVANCE"}
    assert decided(world) == ["2026-03-05"]


def test_a_change_of_kind_and_an_end_are_decided() -> None:
    world = unpaid().tell("2026-04-20", "UNABLE_TO_PAY", reason="2a")
    world.tell("2026-07-10", "LONE_PARENT", reason="COUPLE", effective_on="2026-07-10").live("2026-12-31")

    # Advance from February, non-recoverable from May, nothing from July.
    assert decided(world) == ["2026-03-05", "2026-06-05", "2026-08-05"]


def test_without_a_title_the_fourth_payment_is_the_last_and_its_end_is_decided() -> None:
    assert decided(claimed("C3", "2026-01-05", "2025-12-20").live("2026-12-31")) == ["2026-02-05", "2026-06-05"]
