"""Resources, children in charge and silence of an agreement: CSS R. 582-1, D. 582-1, R. 582-3."""

from datetime import date

import pytest

from aripa.agreements.reference import monthly_resources
from aripa.rules.agreement import age_on, is_in_charge, silence_accepts_after

DAY = date(2026, 10, 26)


@pytest.mark.parametrize(("case", "own", "joint", "month"), [
    ("eighteen thousand a year", 18_000_00, 0, 1_500_00),
    ("joint items count for half", 18_000_00, 2_400_00, 1_600_00),
    ("only joint items", 0, 24_000_00, 1_000_00),
    ("nothing", 0, 0, 0),
    ("a third of a cent goes down", 18_000_04, 0, 1_500_00),
    ("half a cent goes up", 18_000_06, 0, 1_500_01),
    ("two thirds go up", 18_000_08, 0, 1_500_01),
    ("a joint euro is half a euro, then a twelfth", 18_000_00, 1_00, 1_500_04),
])  # fmt: skip
def test_resources_a_month(case: str, own: int, joint: int, month: int) -> None:
    assert monthly_resources(own, joint) == month, case


@pytest.mark.parametrize(("charge", "born", "counts"), [
    ("MINOR", "2008-10-27", True), ("MINOR", "2008-10-26", False),
    ("STUDENT", "2008-10-26", True), ("STUDENT", "2008-10-27", False), ("STUDENT", "1995-01-01", True),
    ("SEEKER", "2001-10-27", True), ("SEEKER", "2001-10-26", False), ("SEEKER", "2009-01-01", False),
    ("SUPPORTED", "2000-01-01", True), ("SUPPORTED", "2010-01-01", False),
])  # fmt: skip
def test_who_is_in_charge(charge: str, born: str, counts: bool) -> None:
    assert is_in_charge(charge, date.fromisoformat(born), DAY) is counts


def test_a_child_of_29_february_is_of_age_on_the_28th() -> None:
    born = date(2008, 2, 29)
    assert [age_on(born, date(2026, 2, day)) for day in (27, 28)] == [17, 18]


@pytest.mark.parametrize(("received", "last"), [
    ("2026-10-26", "2027-02-26"), ("2026-10-31", "2027-02-28"), ("2027-10-31", "2028-02-29"),
    # It binds the fund: neither Saturday nor 1 May moves it.
    ("2026-07-03", "2026-11-03"), ("2026-01-01", "2026-05-01"), ("2026-10-27", "2027-02-27"),
])  # fmt: skip
def test_four_months_of_silence(received: str, last: str) -> None:
    assert silence_accepts_after(date.fromisoformat(received)) == date.fromisoformat(last)
