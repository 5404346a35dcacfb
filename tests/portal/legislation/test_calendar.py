"""Days that count: French business days, and those of them on which banks move money."""

from datetime import date

import pytest

from portal.legislation.calendar import banking_day_from, is_banking_day, is_business_day


@pytest.mark.parametrize(
    ("case", "day", "business", "banking"),
    [
        ("an ordinary Monday", date(2026, 10, 26), True, True),
        ("a Saturday", date(2026, 10, 31), False, False),
        ("a Sunday", date(2026, 11, 1), False, False),
        ("Armistice Day, a Wednesday", date(2026, 11, 11), False, False),
        ("Good Friday is worked, not by banks", date(2027, 3, 26), True, False),
        ("the Thursday before it", date(2027, 3, 25), True, True),
        ("Easter Monday", date(2027, 3, 29), False, False),
        ("26 December on a Friday", date(2025, 12, 26), True, False),
        ("24 December", date(2025, 12, 24), True, True),
        ("Ascension Day", date(2027, 5, 6), False, False),
    ],
)
def test_days(case: str, day: date, business: bool, banking: bool) -> None:
    assert (is_business_day(day), is_banking_day(day)) == (business, banking), case


def test_the_next_banking_day() -> None:
    assert banking_day_from(date(2027, 3, 25)) == date(2027, 3, 25)
    assert banking_day_from(date(2027, 3, 26)) == date(2027, 3, 30)
