"""The days promised to a family, and the times drawn from a desk's week."""

from datetime import date, datetime, time

import pytest

from monenfant.rules.appointments import (
    ALLOWED_MOVES,
    OPEN,
    PARIS,
    TAKEN,
    WeeklyBand,
    desk_answer_by,
    ends_after,
    erased_from,
    first_offered_day,
    free_times,
    fund_answer_by,
    last_offered_day,
    spread_times,
)
from portal.legislation.parameters import NoParameterInForce


@pytest.mark.parametrize(
    ("case", "asked_on", "due_on"),
    [
        ("two plain weeks", date(2026, 10, 12), date(2026, 10, 26)),
        ("asked on a Sunday", date(2026, 10, 11), date(2026, 10, 23)),
        ("1 November is a Sunday: it takes nothing away", date(2026, 10, 19), date(2026, 11, 2)),
        ("11 November is a Wednesday: a day more", date(2026, 10, 28), date(2026, 11, 12)),
        ("the tenth day is the eve of it", date(2026, 10, 27), date(2026, 11, 10)),
        ("1 November on a Monday", date(2027, 10, 20), date(2027, 11, 4)),
        ("a request of 11 November", date(2026, 11, 11), date(2026, 11, 25)),
    ],
)
def test_a_desk_answers_within_ten_business_days(case: str, asked_on: date, due_on: date) -> None:
    assert desk_answer_by(asked_on) == due_on, case


def test_the_fund_answers_within_five_business_days() -> None:
    assert fund_answer_by(date(2026, 11, 4)) == date(2026, 11, 12)


def test_a_promise_is_dated() -> None:
    with pytest.raises(NoParameterInForce):
        desk_answer_by(date(2025, 12, 31))
    assert desk_answer_by(date(2026, 1, 1)) == date(2026, 1, 15)


@pytest.mark.parametrize(
    ("since", "erased"),
    [
        (date(2026, 10, 28), date(2027, 10, 28)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_a_request_is_kept_twelve_months(since: date, erased: date) -> None:
    assert erased_from(since) == erased


def test_every_state_has_its_moves_and_what_is_cancelled_has_none() -> None:
    assert {state for moves in ALLOWED_MOVES.values() for state in moves} <= set(ALLOWED_MOVES)
    assert ALLOWED_MOVES["CANCELLED"] == ()
    assert set(TAKEN) | set(OPEN) == set(ALLOWED_MOVES) - {"CANCELLED"}


def paris(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    return datetime.combine(date(2026, month, day), time(hour, minute), PARIS)


MONDAY, WEDNESDAY = WeeklyBand(0, 14 * 60, 16 * 60), WeeklyBand(2, 9 * 60, 10 * 60)


def test_times_are_whole_appointments_inside_the_hours() -> None:
    found = [start for start, _end in free_times([WEDNESDAY, MONDAY], [], date(2026, 10, 26), date(2026, 10, 28))]

    assert found == [paris(26, 14), paris(26, 14, 45), paris(28, 9)]


def test_what_touches_a_time_leaves_it_and_what_overlaps_takes_it() -> None:
    touching, overlapping = (paris(26, 13), paris(26, 14)), (paris(26, 15, 29), paris(26, 15, 40))

    found = free_times([MONDAY], [touching, overlapping], date(2026, 10, 26), date(2026, 10, 26))

    assert [start for start, _end in found] == [paris(26, 14)]


def test_no_time_falls_on_a_public_holiday() -> None:
    found = free_times([WEDNESDAY], [], date(2026, 11, 4), date(2026, 11, 18))

    assert [start.day for start, _end in found] == [4, 18]


def test_the_hour_stays_that_of_the_clock_when_it_changes() -> None:
    """The night of 25 October the clocks go back."""
    sunday = WeeklyBand(6, 9 * 60, 9 * 60 + 45)
    before, after = free_times([sunday], [], date(2026, 10, 18), date(2026, 10, 25))

    assert (before[0].isoformat(), after[0].isoformat()) == ("2026-10-18T09:00:00+02:00", "2026-10-25T09:00:00+01:00")
    assert ends_after(after[0]) == after[1]


def test_times_of_one_gesture_fall_on_different_days_first() -> None:
    offered = free_times([MONDAY, WEDNESDAY], [], date(2026, 10, 26), date(2026, 10, 28))

    assert [start for start, _end in spread_times(offered)] == [paris(26, 14), paris(26, 14, 45), paris(28, 9)]
    assert [start for start, _end in spread_times(offered, 2)] == [paris(26, 14), paris(28, 9)]
    assert spread_times([]) == []


def test_nothing_is_offered_before_the_family_could_read_it() -> None:
    assert first_offered_day(date(2026, 10, 30)) == date(2026, 11, 3)
    assert last_offered_day(date(2026, 10, 26)) == date(2026, 12, 25)
