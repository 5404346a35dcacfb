"""Precision, samples and delays: both sides of each limit."""

from datetime import date
from fractions import Fraction

import pytest

from fraud.rules.signals import Tally, half_of, is_too_imprecise, sample_size

FLOOR, LEAST = Fraction(3, 10), Fraction(200)


@pytest.mark.parametrize(
    ("what", "decided", "confirmed", "suspended"),
    [
        ("thirty per cent exactly stays", 200, 60, False),
        ("one confirmed less is suspended", 200, 59, True),
        ("a lead less and nothing is said yet", 199, 0, False),
        ("29 % of 212 is suspended", 212, 61, True),
        ("nothing decided", 0, 0, False),
    ],
)
def test_a_rule_is_suspended_under_the_floor_once_enough_is_decided(what, decided, confirmed, suspended) -> None:
    assert is_too_imprecise(Tally(decided, decided, confirmed), floor=FLOOR, least=LEAST) is suspended, what


def test_a_rate_that_is_not_known_is_not_zero() -> None:
    assert Tally(3, 0, 0).precision is None
    assert Tally(3, 0, 0).false_positive_rate is None
    assert Tally(4, 4, 1).false_positive_rate == Fraction(3, 4)


@pytest.mark.parametrize(("found", "drawn"), [(0, 0), (1, 1), (9, 1), (10, 2), (18, 2), (19, 3), (900, 100)])
def test_at_least_a_tenth_of_what_is_checked_is_drawn_at_random(found: int, drawn: int) -> None:
    assert sample_size(found, Fraction(1, 10)) == drawn
    assert not found or Fraction(drawn, found + drawn) >= Fraction(1, 10)


def test_a_year_has_two_halves() -> None:
    assert half_of(date(2026, 6, 30)) == (2026, 1)
    assert half_of(date(2026, 7, 1)) == (2026, 2)
