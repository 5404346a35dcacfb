"""What is told of a recovery: once when all is paid, when a tool fails, otherwise twice a year; never every month."""

from datetime import timedelta

import pytest

from tests.aripa.life.people import World, day
from tests.aripa.life.test_recovery import by_transfer, noticed, paid

BOTH = [("2026-02-09", "L17", "CREDITOR"), ("2026-02-09", "L18", "DEBTOR")]


def told(world: World) -> list[tuple[str, str, str]]:
    return world.letters("L17", "L18")


def forced() -> World:
    """The term of January, forced on 5 February."""
    return noticed("2026-01-20")


def test_cleared_once_the_creditor_has_the_money() -> None:
    world = paid(forced(), "2026-02-06").live("2026-02-08")

    assert (world.term("2026-01").status, told(world)) == ("RECOVERED", []), "paid on a Friday, passed on on Monday"
    assert told(world.live("2026-02-09")) == BOTH


def test_a_cent_that_lacks_clears_nothing() -> None:
    assert told(paid(forced(), "2026-02-06", 249_99).live("2026-02-28")) == []


def test_a_term_settled_within_its_fifteen_days_was_no_recovery() -> None:
    assert told(paid(noticed("2026-01-20"), "2026-02-04").live("2026-03-31")) == []


def test_months_paid_late_after_a_clearance_are_told_twice_a_year() -> None:
    world = paid(forced(), "2026-02-06")
    for month in range(2, 9):
        paid(world, f"2026-{month:02d}-20")

    # Six months after the ninth of February is Sunday 9 August.
    assert told(world.live("2026-08-09")) == BOTH
    assert told(world.live("2027-01-31")) == [*BOTH, ("2026-08-10", "L17", "CREDITOR")]


@pytest.mark.parametrize(
    ("on", "letters"), [("2026-08-04", ["2026-08-12", "2027-02-12"]), ("2026-08-13", ["2027-02-12"])]
)
def test_twice_a_year_only_if_something_came(on: str, letters: list[str]) -> None:
    """Forced on 12 February: on a 12th nothing else wakes the case."""
    world = paid(paid(noticed("2026-01-27"), on, 10_00), "2026-12-01", 1_00)

    assert [one[0] for one in told(world.live("2027-08-30"))] == letters


def test_without_a_cent_no_account() -> None:
    assert told(forced().live("2028-02-28")) == []


@pytest.mark.parametrize(("answer", "letters"), [("NOT_HELD", ["2026-02-20"]), ("ACCEPTED", [])])
def test_a_tool_that_fails_is_told_the_same_day(answer: str, letters: list[str]) -> None:
    world = forced().tell("2026-02-10", "RECOVERY_DECISION", reason="DIRECT_PAYMENT", ref="EMP1")
    world.tell("2026-02-20", "GARNISHEE_ANSWER", ref="EMP1", reason=answer)

    assert [one[0] for one in told(world.live("2026-03-31"))] == letters


def test_a_tool_that_ends_when_nothing_lacks_has_not_failed() -> None:
    world = paid(
        forced().tell("2026-02-06", "RECOVERY_DECISION", reason="DIRECT_PAYMENT", ref="EMP1"), "2026-02-11", 500_00
    )
    world.tell("2026-02-20", "GARNISHEE_ANSWER", ref="EMP1", reason="NOT_HELD")

    assert [one[:2] for one in told(world.live("2026-02-28"))] == [("2026-02-12", "L17"), ("2026-02-12", "L18")]


def test_past_months_asked_for_and_paid_are_cleared_without_force() -> None:
    world = World().informed().tell("2026-01-20", "ARREARS_REQUEST", month="2025-11", child="K1", amount=100_00)

    assert told(paid(world, "2026-01-27", 100_00).live("2026-06-30")) == [
        ("2026-01-28", "L17", "CREDITOR"),
        ("2026-01-28", "L18", "DEBTOR"),
    ]


def test_a_second_recovery_has_its_own_clearance() -> None:
    world = paid(forced(), "2026-02-06")
    for month in range(2, 8):
        paid(world, f"2026-{month:02d}-10")
    world.tell("2026-07-20", "RELEASE_REQUEST")
    world.tell("2026-08-20", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", effective_on="2026-08-20")

    assert told(paid(world, "2026-09-07").live("2026-12-31"))[2:] == [
        ("2026-09-08", "L17", "CREDITOR"),
        ("2026-09-08", "L18", "DEBTOR"),
    ]


def test_the_same_letters_lived_at_once_or_day_by_day() -> None:
    def world() -> World:
        found = paid(paid(forced(), "2026-03-02", 10_00), "2026-10-01", 20_00)
        return found.tell("2026-02-10", "RECOVERY_DECISION", reason="WAGE_SEIZURE", ref="EMP1")

    at_once, daily, on = world().live("2027-03-31"), world(), day("2025-12-01")
    while on <= day("2027-03-31"):
        daily.live(str(on))
        on += timedelta(days=1)

    assert told(daily) == told(at_once) != []


def test_a_silent_debtor_whose_first_terms_are_paid_has_no_arrears_to_clear() -> None:
    """T10 opens forced recovery before anything is due: nothing was in arrears, nothing is told."""
    world = by_transfer()
    world.events.clear()
    world.tell("2025-12-03", "INFORMATION", party="CREDITOR", reason="FULL")
    for on, letter in (("2025-12-02", "L01"), ("2025-12-18", "L03"), ("2025-12-30", "L04")):
        world.tell(on, "NOTICE_RECEIVED", letter=letter, party="DEBTOR", effective_on=on)
    for month in range(2, 9):
        paid(world, f"2026-{month:02d}-10")

    assert world.live("2026-08-31").case.shown_state == "LIVE_UNDER_FORCED_RECOVERY"
    assert told(world) == []
