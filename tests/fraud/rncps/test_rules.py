"""No look-up without a reason; a lead is not a proof; the days of the report to Parliament."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fraud.rules.figures import control_parameters
from fraud.rules.parliament import (
    REPORT_MOVES,
    SECTIONS,
    WRITTEN,
    ReportState,
    alert_day,
    days_late,
    is_overdue,
    missing_sections,
    report_due_on,
)
from fraud.rules.rncps import (
    CATEGORY_NAMES,
    CATEGORY_WORDS,
    MODE_WORDS,
    MOTIVE_WORDS,
    REFERENCE_WORDS,
    SENTENCES,
    Attempt,
    Category,
    Mode,
    Motive,
    Permit,
    ReferenceKind,
    Refusal,
    ServedRight,
    holds,
    refusal_of,
    served_twice,
)

DAY = date(2026, 10, 26)
PERMIT = Permit(frozenset(Motive), date(2026, 1, 6), date(2028, 1, 6))
USUAL = Attempt(
    motive=Motive.CONTROL, mode=Mode.REALTIME, reference="C-2026-118", reference_kind=ReferenceKind.CASE, is_closed=False,
    permit=PERMIT, has_own_number=True, asked_today=0, daily_limit=40,
)  # fmt: skip
LIST = replace(USUAL, mode=Mode.COLLECTIVE, reference="A1", reference_kind=ReferenceKind.AXIS, has_visa=True)


@pytest.mark.parametrize(
    ("case", "attempt", "expected"),
    [
        ("a case, an authorisation: asked", USUAL, None),
        ("example 11: fraud without a case", replace(USUAL, motive=Motive.FRAUD, reference="", reference_kind=None),
         Refusal.NO_REFERENCE),
        ("no motive", replace(USUAL, motive=""), Refusal.NO_MOTIVE),
        ("a motive that is none", replace(USUAL, motive="CURIOSITY"), Refusal.NO_MOTIVE),
        ("a number of nobody", replace(USUAL, reference_kind=None), Refusal.UNKNOWN_REFERENCE),
        ("fraud with a claim", replace(USUAL, motive=Motive.FRAUD, reference_kind=ReferenceKind.CLAIM), Refusal.NEEDS_A_CASE),
        ("opening a right with a case", replace(USUAL, motive=Motive.RIGHTS_OPENING), Refusal.NEEDS_A_CLAIM),
        ("opening a right with its claim",
         replace(USUAL, motive=Motive.RIGHTS_OPENING, reference_kind=ReferenceKind.CLAIM), None),
        ("managing with a claim", replace(USUAL, motive=Motive.MANAGEMENT, reference_kind=ReferenceKind.CLAIM), None),
        ("managing with a case", replace(USUAL, motive=Motive.MANAGEMENT), None),
        ("a closed case", replace(USUAL, is_closed=True), Refusal.CLOSED_CASE),
        ("the right of the posting alone", replace(USUAL, permit=None), Refusal.NOT_AUTHORISED),
        ("another motive than authorised",
         replace(USUAL, permit=replace(PERMIT, motives=frozenset({Motive.FRAUD}))), Refusal.MOTIVE_NOT_AUTHORISED),
        ("own number not told", replace(USUAL, has_own_number=False), Refusal.OWN_NUMBER_NOT_DECLARED),
        ("the last of the day", replace(USUAL, asked_today=39), None),
        ("one too many", replace(USUAL, asked_today=40), Refusal.DAILY_LIMIT),
        ("a list with its axis and visa", LIST, None),
        ("a list is not counted by day", replace(LIST, asked_today=40), None),
        ("a list without visa", replace(LIST, has_visa=False), Refusal.NO_VISA),
        ("a list without axis", replace(LIST, reference="", reference_kind=None), Refusal.NO_AXIS),
        ("a list for fraud", replace(LIST, motive=Motive.FRAUD), Refusal.NOT_FOR_A_LIST),
        ("a list to find rights not asked for", replace(LIST, motive=Motive.MANAGEMENT), None),
    ],
)  # fmt: skip
def test_who_may_ask(case: str, attempt: Attempt, expected: Refusal | None) -> None:
    assert refusal_of(attempt, DAY) == expected, case


@pytest.mark.parametrize(
    ("day", "ended_on", "expected"),
    [
        (date(2026, 1, 5), None, False),
        (date(2026, 1, 6), None, True),
        (date(2028, 1, 5), None, True),
        (date(2028, 1, 6), None, False),
        (date(2026, 10, 25), DAY, True),
        (DAY, DAY, False),
    ],
)
def test_an_authorisation_holds_from_its_first_day_to_the_eve_of_its_end(
    day: date, ended_on: date | None, expected: bool
) -> None:
    assert holds(replace(PERMIT, ended_on=ended_on), day) is expected


def test_every_word_has_its_french() -> None:
    for words, codes in (
        (SENTENCES, Refusal), (MOTIVE_WORDS, Motive), (MODE_WORDS, Mode), (CATEGORY_WORDS, Category), (CATEGORY_NAMES, Category),
        (REFERENCE_WORDS, ReferenceKind),
    ):  # fmt: skip
        assert set(words) == set(codes)


CMG = ServedRight("Caf du Puy-de-Dôme", "CMG", date(2025, 1, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("case", "other", "count"),
    [
        ("the next fund takes over on the day the first stops", ServedRight("Caf du Nord", "CMG", date(2026, 3, 1)), 0),
        ("one day in common", ServedRight("Caf du Nord", "CMG", date(2026, 2, 28)), 1),
        ("another benefit", ServedRight("Caf du Nord", "ASF", date(2025, 6, 1)), 0),
        ("the same body", ServedRight("Caf du Puy-de-Dôme", "CMG", date(2025, 6, 1)), 0),
    ],
)
def test_the_same_benefit_by_two_bodies_on_a_same_day(case: str, other: ServedRight, count: int) -> None:
    assert len(served_twice([CMG, other])) == count, case
    assert len(served_twice([other, CMG])) == count, case


@pytest.mark.parametrize(
    ("published", "months", "due"),
    [
        (date(2019, 12, 27), 9, date(2020, 9, 27)),
        (date(2020, 5, 31), 9, date(2021, 2, 28)),
        (date(2023, 5, 31), 9, date(2024, 2, 29)),
        (date(2019, 12, 31), 9, date(2020, 9, 30)),
        (date(2020, 3, 1), 9, date(2020, 12, 1)),
        (date(2020, 4, 1), 9, date(2021, 1, 1)),
    ],
)
def test_the_report_is_due_some_months_after_the_publication(published: date, months: int, due: date) -> None:
    assert report_due_on(published, months) == due


def test_example_15_sent_on_15_october_2020_it_is_eighteen_days_late() -> None:
    months = int(control_parameters().value("parliament_report.months", date(2019, 12, 27)))
    due = report_due_on(date(2019, 12, 27), months)

    assert (due, days_late(due, date(2020, 10, 15))) == (date(2020, 9, 27), 18)
    assert days_late(due, due) == 0
    assert not is_overdue(ReportState.VALIDATED, due, due)
    assert is_overdue(ReportState.VALIDATED, due, due + timedelta(days=1))
    assert not is_overdue(ReportState.SENT, due, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("left", "expected"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_alerts_come_sixty_thirty_and_seven_days_before(left: int, expected: int | None) -> None:
    due = date(2020, 9, 27)
    assert alert_day(due, due - timedelta(days=left), (60, 30, 7)) == expected


def test_what_a_person_writes_may_not_be_missing() -> None:
    texts = dict.fromkeys(WRITTEN, "écrit")
    assert missing_sections(texts) == []
    assert missing_sections(texts | {"couts": "  "}) == ["Coûts"]
    assert len(SECTIONS) == 12
    assert set(REPORT_MOVES) == set(ReportState)
