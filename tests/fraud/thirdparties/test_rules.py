"""Third parties: delays, and the fine in exact cents."""

from datetime import date

import pytest

from fraud.rules import third_party as rules

DAY = date(2026, 10, 26)


@pytest.mark.parametrize(
    ("case", "persons", "cents"),
    [
        ("one person", 1, 150_000),
        ("six persons: just below the cap", 6, 900_000),
        ("seven persons would be 10 500 euros: the cap", 7, 1_000_000),
        ("a whole firm: the cap still", 400, 1_000_000),
    ],
)
def test_the_fine(case: str, persons: int, cents: int) -> None:
    assert rules.fine_on(persons, DAY).amount_cents == cents, case


def test_nobody_concerned_is_no_fine() -> None:
    with pytest.raises(ValueError, match="at least one"):
        rules.fine_on(0, DAY)


def test_thirty_days_from_the_receipt() -> None:
    due = rules.answer_due(date(2026, 9, 1))

    assert due == date(2026, 10, 1)
    assert not rules.may_fine(due, due)
    assert rules.may_fine(due, date(2026, 10, 2))
    assert not rules.may_fine(None, DAY)


def test_words_before_a_fine() -> None:
    assert rules.fine_reply_until(date(2026, 10, 8)) == date(2026, 10, 23)
    assert rules.is_first_attempt_due(DAY)
