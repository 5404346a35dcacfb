"""Business days and bank days: the days on which they differ, and both sides of each."""

from datetime import date

import pytest

from portal.legislation.calendar import (
    banking_day_from,
    is_bank_day,
    is_banking_day,
    is_business_day,
    months_later,
    next_bank_day,
    next_business_day,
)


@pytest.mark.parametrize(
    ("case", "day", "business", "bank"),
    [
        ("an ordinary Monday", "2026-11-02", True, True),
        ("a Saturday", "2026-10-31", False, False),
        ("All Saints, a Monday", "2027-11-01", False, True),
        ("8 May, a Friday", "2026-05-08", False, True),
        ("1 May, a Friday", "2026-05-01", False, False),
        ("Good Friday is a bank holiday only", "2026-04-03", True, False),
        ("Easter Monday", "2026-04-06", False, False),
        ("the day after", "2026-04-07", True, True),
        ("Ascension, a Thursday", "2026-05-14", False, True),
        ("26 December, a Thursday", "2024-12-26", True, False),
        ("New Year", "2026-01-01", False, False),
    ],
)
def test_days_that_count(case: str, day: str, business: bool, bank: bool) -> None:
    on = date.fromisoformat(day)

    assert (is_business_day(on), is_bank_day(on)) == (business, bank), case


def test_the_next_day_is_the_day_itself_when_it_counts() -> None:
    assert next_bank_day(date(2026, 4, 2)) == date(2026, 4, 2)
    assert next_bank_day(date(2026, 4, 3)) == date(2026, 4, 7)
    assert next_business_day(date(2026, 4, 3)) == date(2026, 4, 3)
    assert next_business_day(date(2026, 4, 4)) == date(2026, 4, 7)


def test_the_next_banking_day_is_a_business_day_too() -> None:
    assert is_banking_day(date(2026, 10, 26))
    assert banking_day_from(date(2026, 11, 11)) == date(2026, 11, 12)
    assert banking_day_from(date(2027, 3, 26)) == date(2027, 3, 30)


def test_months_later_keeps_the_day_or_takes_the_last_of_a_shorter_month() -> None:
    assert months_later(date(2019, 12, 27), 9) == date(2020, 9, 27)
    assert months_later(date(2026, 11, 30), -9) == date(2026, 2, 28)
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
