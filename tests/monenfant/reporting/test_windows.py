"""How far « jusqu’au 31 mai » goes, and how a window is cut at the deadlines."""

from datetime import date

import pytest

from monenfant.reporting.windows import monday_of, period_end, spans
from monenfant.rules.availability import WINDOW_DAYS_MOST


@pytest.mark.parametrize(
    ("case", "on", "end"),
    [
        ("the eve of the campaign: until the end of November", date(2026, 10, 16), date(2026, 12, 1)),
        ("its first day: the six months that it is about", date(2026, 10, 17), date(2027, 6, 1)),
        ("the eve of the deadline", date(2026, 11, 30), date(2027, 6, 1)),
        ("the deadline itself, late: the same six months", date(2026, 12, 1), date(2027, 6, 1)),
        ("after it", date(2026, 12, 2), date(2027, 6, 1)),
        ("the eve of the spring campaign", date(2027, 4, 16), date(2027, 6, 1)),
        ("the spring campaign", date(2027, 4, 17), date(2027, 12, 1)),
    ],
)
def test_the_period_that_a_declaration_reaches(case: str, on: date, end: date) -> None:
    assert period_end(on) == end, case


def test_a_window_is_cut_at_the_deadlines_and_no_part_is_too_long() -> None:
    parts = spans(date(2026, 10, 26), date(2027, 12, 1))

    assert parts == [
        (date(2026, 10, 26), date(2026, 12, 1)), (date(2026, 12, 1), date(2027, 6, 1)), (date(2027, 6, 1), date(2027, 12, 1)),
    ]  # fmt: skip
    assert max((end - first).days for first, end in parts) == WINDOW_DAYS_MOST


def test_a_window_that_begins_or_ends_on_a_deadline_has_no_empty_part() -> None:
    assert spans(date(2026, 12, 1), date(2027, 6, 1)) == [(date(2026, 12, 1), date(2027, 6, 1))]


def test_the_monday_of_a_week() -> None:
    assert [monday_of(date(2026, 11, day)) for day in (1, 2)] == [date(2026, 10, 26), date(2026, 11, 2)]
