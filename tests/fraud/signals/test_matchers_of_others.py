"""What other bodies say beside what the portal holds: each rule finds its case, and leaves alone what looks like it."""

from datetime import date

import pytest

from tests.fraud.signals.world import (
    SEPTEMBER,
    account,
    address,
    asf,
    death,
    hits,
    key,
    pay,
    publish,
    receiving,
    resource,
    right,
    school,
    stay,
    subjects,
    term,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _published(db: None) -> None:
    publish()


# DM01


def two_adults(*sources: str, since: str = "2026-05-01") -> None:
    address("FAMILY_FUND", 501)
    for source in sources:
        address(source, 777, since=since)


@pytest.mark.parametrize(
    ("what", "sources", "since", "found"),
    [
        ("two bodies, three months", ("TAX", "RNCPS"), "2026-07-26", 1),
        ("a day less than three months", ("TAX", "RNCPS"), "2026-07-27", 0),
        ("one body alone", ("TAX",), "2026-01-01", 0),
    ],
)
def test_dm01_two_bodies_know_another_adult_there(what: str, sources: tuple[str, ...], since: str, found: int) -> None:
    receiving()
    two_adults(*sources, since=since)

    assert len(hits("DM01")) == found, what


def test_dm01_never_compares_where_a_protected_parent_lives_nor_who_receives_no_asf() -> None:
    receiving("P1", 501, violence=True)
    receiving("P2", 502, paid=0)
    two_adults("TAX", "RNCPS")
    address("FAMILY_FUND", 502)

    assert hits("DM01") == []


# DM02


@pytest.mark.parametrize(
    ("what", "declared", "paid", "found"),
    [
        ("under 150 euros", 100000, 115000, 0),
        ("above 150 euros and ten per cent", 100000, 115001, 1),
        ("ten per cent exactly", 500000, 550000, 0),
        ("more than ten per cent", 500000, 550001, 1),
        ("declared more than paid", 500000, 100000, 0),
    ],
)
def test_dm02_pay_beyond_what_was_declared_over_the_quarter(what: str, declared: int, paid: int, found: int) -> None:
    account(nir_key=key(601))
    resource(601, "2026-07-01", declared)
    pay(601, "2026-07-01", paid - 100)
    pay(601, "2026-09-01", 100)

    assert len(hits("DM02")) == found, what


def test_dm02_counts_neither_another_quarter_nor_one_that_goes_on() -> None:
    account(nir_key=key(601))
    resource(601, "2026-04-01", 100000)
    resource(601, "2026-10-01", 0)
    pay(601, "2026-10-01", 900000)

    assert hits("DM02") == []


# DM04


def test_dm04_two_payments_of_a_year_or_a_child_who_is_not_enrolled() -> None:
    account()
    school("ALLOWANCE")
    school("ALLOWANCE", fund="CAF43", beneficiary_no="B9")
    school("ALLOWANCE", child_id="C2")
    school("ATTENDANCE", child_id="C2", enrolled=False)

    assert subjects("DM04") == ["cmg:employer:E1", "cmg:employer:E1", "family:CAF43:B9"]


def test_dm04_a_payment_a_year_and_a_child_enrolled_elsewhere_are_ordinary() -> None:
    account()
    school("ALLOWANCE")
    school("ALLOWANCE", school_year=2025)
    school("ATTENDANCE", enrolled=False)
    school("ATTENDANCE", enrolled=True)

    assert hits("DM04") == []


# DM08


@pytest.mark.parametrize(
    ("what", "stays", "found"),
    [
        ("ninety-two days", [("2026-01-01", "2026-04-03")], 0),
        ("ninety-three days", [("2026-01-01", "2026-04-04")], 1),
        ("the same days proved twice", [("2026-01-01", "2026-03-01"), ("2026-01-01", "2026-03-01")], 0),
        ("half of it in another year", [("2025-11-01", "2026-02-15")], 0),
    ],
)
def test_dm08_days_away_that_papers_prove(what: str, stays: list[tuple[str, str]], found: int) -> None:
    account(nir_key=key(801))
    for start, end in stays:
        stay(801, start, end)

    assert len(hits("DM08")) == found, what


# DM09


@pytest.mark.parametrize(
    ("what", "died", "ends", "found"),
    [
        ("open a month after", "2026-09-26", None, 1),
        ("less than a month ago", "2026-09-27", None, 0),
        ("closed within the month", "2026-08-01", date(2026, 9, 1), 0),
        ("closed later", "2026-08-01", date(2026, 9, 2), 1),
    ],
)
def test_dm09_a_right_open_after_a_death(what: str, died: str, ends: date | None, found: int) -> None:
    right(nir_key=key(901), ends_on=ends)
    right("E2", nir_key=key(902), child_id="C2")
    death(901, died)

    assert len(hits("DM09")) == found, what


# DM11


@pytest.mark.parametrize(
    ("what", "received", "recoverable", "arrears", "found"),
    [
        ("whole support and an advance", 20000, 18700, False, 1),
        ("support in part", 19999, 18700, False, 0),
        ("a top-up of a small support", 20000, 0, False, 0),
        ("arrears of another month", 20000, 18700, True, 0),
    ],
)
def test_dm11_asf_and_the_whole_support_of_one_month(what, received, recoverable, arrears, found) -> None:
    case = receiving(paid=0)
    asf(case, SEPTEMBER, 18700, recoverable)
    term(case, SEPTEMBER, 20000, received, is_arrears=arrears)

    assert len(hits("DM11")) == found, what
