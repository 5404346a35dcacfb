"""How long a decision usually runs: 80 % to twenty years, complements three to five, 50 to 79 % two to five."""

from datetime import date

import pytest

from portal.benefits.rules.aeeh_length import Length, unusual_length
from portal.legislation.parameters import NoParameterInForce

STARTS, DECIDED, BORN = date(2026, 7, 1), date(2026, 9, 18), date(2015, 5, 14)
OF_BASE, OF_COMPLEMENT, OF_SUPPORT = "jusqu’aux vingt ans", "pour 3 à 5 ans", "pour 2 à 5 ans"


def told(rate: int, complement: int, ends_on: date | None, born: date | None = BORN) -> str:
    return unusual_length(Length(rate, complement, STARTS, ends_on, born), decided_on=DECIDED)


@pytest.mark.parametrize(
    ("case", "rate", "complement", "ends_on", "words"),
    [
        ("eighty, no end", 80, 0, None, ""),
        ("eighty, until the month of twenty", 80, 0, date(2035, 5, 1), ""),
        ("eighty, a day before", 80, 0, date(2035, 4, 30), OF_BASE),
        ("a complement of three years", 80, 3, date(2029, 7, 1), ""),
        ("a day less", 80, 3, date(2029, 6, 30), OF_COMPLEMENT),
        ("five years", 80, 3, date(2031, 7, 1), ""),
        ("a day more", 80, 3, date(2031, 7, 2), OF_COMPLEMENT),
        ("a complement without an end", 80, 3, None, OF_COMPLEMENT),
        ("seventy-nine, two years", 79, 0, date(2028, 7, 1), ""),
        ("a day less", 79, 0, date(2028, 6, 30), OF_SUPPORT),
        ("five years", 50, 2, date(2031, 7, 1), ""),
        ("a day more", 50, 2, date(2031, 7, 2), OF_SUPPORT),
        ("no end", 50, 0, None, OF_SUPPORT),
    ],
)
def test_lengths_on_both_sides(case: str, rate: int, complement: int, ends_on: date | None, words: str) -> None:
    found = told(rate, complement, ends_on)

    assert words in found, case
    assert bool(found) == bool(words), case


def test_a_decision_that_stops_at_twenty_is_never_too_short() -> None:
    """Born in May 2007: the right ends with April 2027."""
    born = date(2007, 5, 14)

    assert told(80, 3, date(2027, 5, 1), born) == told(60, 0, date(2027, 5, 1), born) == ""
    assert OF_SUPPORT in told(60, 0, date(2027, 4, 30), born)


def test_before_2019_nothing_is_said() -> None:
    with pytest.raises(NoParameterInForce):
        unusual_length(Length(80, 0, STARTS, None, BORN), decided_on=date(2018, 12, 31))
