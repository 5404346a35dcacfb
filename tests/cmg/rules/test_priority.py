"""Who is heard first: the terms of the priority, each side of a whole month of pay."""

import pytest

from cmg.rules.priority import Hardship, priority_score, priority_terms


@pytest.mark.parametrize(
    ("missing", "net_pay", "expected"),
    [(59_999, 60_000, 6), (60_000, 60_000, 8), (60_001, 60_000, 8), (60_000, 0, 6)],
)
def test_priority_counts_a_month_of_pay_once_it_is_whole(missing: int, net_pay: int, expected: int) -> None:
    hardship = Hardship(2, missing, net_pay, has_banking_incident=False, is_pay_threatened=False)

    assert priority_score(hardship) == expected


def test_priority_shows_its_terms() -> None:
    hardship = Hardship(1, 0, 60_000, has_banking_incident=True, is_pay_threatened=True)

    assert priority_score(hardship) == sum(points for _words, points in priority_terms(hardship)) == 9
    assert len(priority_terms(hardship)) == 3
