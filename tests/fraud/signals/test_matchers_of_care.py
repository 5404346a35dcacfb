"""Days of care: each rule finds its case, and leaves alone what looks like it."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.fraud.signals.world import (
    CHILDMINDER,
    CRECHE,
    SEPTEMBER,
    account,
    approval,
    care,
    declaration,
    employee,
    hits,
    overlapping,
    publish,
    structure,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _published(db: None) -> None:
    publish()


# DM05


@pytest.mark.parametrize(("minutes", "found"), [(480, 0), (481, 1)])
def test_dm05_more_than_eight_hours_a_month_at_both_places(minutes: int, found: int) -> None:
    overlapping(minutes)

    assert len(hits("DM05")) == found


def test_dm05_says_how_long_and_since_when_the_child_goes_to_the_creche() -> None:
    overlapping(132, days=5)

    assert told("DM05") == ["11 h déclarées à deux endroits en septembre 2026"]
    assert hits("DM05")[0]["first_day"] == SEPTEMBER


def test_dm05_one_place_after_the_other_a_month_without_cmg_and_an_absence_are_ordinary() -> None:
    account()
    declaration(month=date(2026, 8, 1))
    for number in range(20):
        day = SEPTEMBER + timedelta(days=number)
        care(CHILDMINDER, day, 8 * 60, 12 * 60)
        care(CRECHE, day, 12 * 60, 18 * 60)
        care(CRECHE, day, None, None, provider_no="CR2", billed_minutes=600)
        care(CHILDMINDER, day - timedelta(days=31), 8 * 60, 18 * 60, child_id="C9")

    assert hits("DM05") == []


def test_dm05_an_approval_that_ended_before_the_month() -> None:
    account()
    employee()
    declaration()
    approval(end=date(2026, 9, 1))

    assert told("DM05") == ["Agrément terminé avant septembre 2026"]


@pytest.mark.parametrize(
    ("what", "known"),
    [
        ("it covers the first day", [{"end": date(2026, 9, 2)}]),
        ("renewed under another number", [{"end": date(2026, 9, 1)}, {"approval_number": "A63-2", "start": date(2026, 9, 1)}]),
        ("a number that no département sent", [{"approval_number": "OTHER", "end": date(2026, 9, 1)}]),
    ],
)  # fmt: skip
def test_dm05_leaves_an_approval_alone(what: str, known: list[dict[str, Any]]) -> None:
    account()
    employee()
    declaration()
    for one in known:
        approval(**one)

    assert hits("DM05") == [], what


@pytest.mark.parametrize(("children", "together", "found"), [(3, True, 1), (2, True, 0), (3, False, 0)])
def test_dm05_more_children_at_once_than_the_approval_allows(children: int, together: bool, found: int) -> None:
    approval(max_children=2)
    for number in range(children):
        employee(f"E{number}")
        start = 8 * 60 if together else (8 + 3 * number) * 60
        care(CHILDMINDER, SEPTEMBER, start, start + 180, child_id=f"C{number}", employer_no=f"E{number}")

    assert len(hits("DM05")) == found


# DM12


@pytest.mark.parametrize(("billed", "found"), [(600, 0), (601, 1)])
def test_dm12_more_than_fifteen_per_cent_of_billed_hours_without_anybody(billed: int, found: int) -> None:
    structure()
    care(CRECHE, SEPTEMBER, 480, 990, billed_minutes=billed)
    care(CHILDMINDER, SEPTEMBER, None, None, billed_minutes=600)

    assert len(hits("DM12")) == found
