"""The year of a programme, what its adoption demands, and its indicators: a table a caseworker can check by hand."""

from datetime import date

import pytest

from fraud.rules import programme as rules
from fraud.rules.figures import control_parameters
from fraud.rules.indicators import INDICATORS, Counts, add_counts, false_positive_rate, is_met
from fraud.rules.programme import (
    ProgrammeMoveNotAllowed,
    ProgrammeOfItsDrafterError,
    ProgrammeTooEarlyError,
    ProgrammeWithoutOpinionError,
    ProgrammeWithoutPlanError,
    alert_of,
    check_programme_adoption,
    check_programme_move,
    programme_dates,
    programme_due_on,
    shares_fit,
)

FIGURES = control_parameters()
ON = date(2026, 1, 12)
WHOLE = {
    "year": 2026,
    "plan_year": 2026,
    "plan_adopted_on": date(2025, 12, 1),
    "opinion_on": ON,
    "on": ON,
    "is_by_its_drafter": False,
}


def test_the_days_of_2026() -> None:
    assert [programme_due_on(code, 2026, FIGURES) for code, _state in rules.DUE] == [
        date(2025, 11, 30), date(2026, 1, 31), date(2026, 7, 31), date(2027, 1, 31), date(2027, 2, 28),
    ]  # fmt: skip


@pytest.mark.parametrize(("on", "alert"), [
    (date(2026, 9, 30), ""), (date(2026, 10, 1), "D60"), (date(2026, 10, 31), "D30"), (date(2026, 11, 22), "D30"),
    (date(2026, 11, 23), "D7"), (date(2026, 11, 30), "D7"), (date(2026, 12, 1), "LATE"),
])  # fmt: skip
def test_what_is_due_on_30_november_is_recalled_sixty_thirty_and_seven_days_before(on: date, alert: str) -> None:
    assert alert_of(date(2026, 11, 30), on, [60, 30, 7]) == alert


def test_what_is_done_has_no_alert_and_a_year_without_a_draft_has_them_all() -> None:
    done = programme_dates(year=2026, status="IN_PROGRESS", is_reviewed=True, on=date(2027, 3, 1), figures=FIGURES)
    assert [(one.code, one.alert, is_done) for one, is_done in done] == [
        ("draft", "", True), ("adopted", "", True), ("reviewed", "", True), ("closed", "LATE", False), ("reported", "LATE", False),
    ]  # fmt: skip
    closed = programme_dates(year=2026, status="CLOSED", is_reviewed=False, on=date(2027, 2, 1), figures=FIGURES)
    assert [(one.code, one.alert) for one, _done in closed if one.alert] == [("reported", "D30")]
    empty = programme_dates(year=2027, status="", is_reviewed=False, on=date(2026, 10, 26), figures=FIGURES)
    assert [(one.alert, is_done) for one, is_done in empty][0] == ("D60", False)


@pytest.mark.parametrize(("change", "error"), [
    ({"plan_year": None, "plan_adopted_on": None}, ProgrammeWithoutPlanError),
    ({"plan_year": 2025}, ProgrammeWithoutPlanError),  # example 16: 2026 without the plan of 2026
    ({"plan_adopted_on": date(2026, 1, 13)}, ProgrammeWithoutPlanError),
    ({"opinion_on": None}, ProgrammeWithoutOpinionError),
    ({"opinion_on": date(2026, 1, 13)}, ProgrammeWithoutOpinionError),
    ({"is_by_its_drafter": True}, ProgrammeOfItsDrafterError),
])  # fmt: skip
def test_nothing_is_adopted_without_its_plan_its_opinion_and_another_person(change: dict, error: type) -> None:
    check_programme_adoption(**WHOLE)  # type: ignore[arg-type]
    with pytest.raises(error):
        check_programme_adoption(**WHOLE | change)  # type: ignore[arg-type]


def test_a_programme_moves_along_its_table_alone() -> None:
    states = list(rules.PROGRAMME_MOVES)
    for before, to in zip(states, states[1:], strict=False):
        check_programme_move(before, to)
    for before, to in (
        (rules.DRAFT, rules.IN_PROGRESS),
        (rules.CLOSED, rules.IN_PROGRESS),
        (rules.REPORTED, rules.DRAFT),
    ):
        with pytest.raises(ProgrammeMoveNotAllowed):
            check_programme_move(before, to)


def test_a_year_begins_ends_and_is_reviewed_in_its_time() -> None:
    rules.check_programme_started(2026, date(2026, 1, 1))
    rules.check_programme_over(2026, date(2027, 1, 1))
    rules.check_review_in_time(2026, date(2026, 6, 30))
    for check, day in (
        (rules.check_programme_started, date(2025, 12, 31)), (rules.check_programme_over, date(2026, 12, 31)),
        (rules.check_review_in_time, date(2026, 6, 29)),
    ):  # fmt: skip
        with pytest.raises(ProgrammeTooEarlyError):
            check(2026, day)


def test_the_shares_are_at_most_the_whole() -> None:
    assert shares_fit([600, 400])
    assert not shares_fit([600, 401])


COUNTS = Counts(
    opened=9, done=8, planned=20, with_effect=5, in_favour=2, owed_by_cents=120_000, fraud_cents=20_000, owed_to_cents=45_000,
    avoided_cents=3_000, days=123, annulled=1, complaints=1, penalties=1, penalty_cents=15_000, replies=6, notices_due=3,
    notices_sent=2, due_long_ago_cents=90_000, recovered_cents=60_000,
)  # fmt: skip


@pytest.mark.parametrize(("code", "value"), [
    ("CHECKS", 8), ("CHECKS_SHARE", 400), ("HIT_RATE", 625), ("POSITIVE_SHARE", 250), ("OWED_TO", 45_000),
    ("OVERPAYMENTS", 120_000), ("FRAUD", 20_000), ("AVOIDED", 3_000), ("RECOVERY", 667), ("DAYS", 154), ("ANNULLED", 125),
    ("PENALTIES", 1), ("PENALTY_AMOUNT", 15_000), ("COMPLAINTS", 1), ("REPLIES", 6), ("NOTICES", 667),
])  # fmt: skip
def test_each_indicator_from_its_counts(code: str, value: int) -> None:
    assert INDICATORS[code].actual(COUNTS).value == value


def test_what_is_not_known_is_never_zero() -> None:
    nothing = Counts(year_cases=0)
    unknown = {code for code, one in INDICATORS.items() if one.actual(nothing).value is None}
    assert unknown == set(INDICATORS)
    assert all(INDICATORS[code].actual(nothing).why for code in unknown)
    assert INDICATORS["CHECKS"].actual(Counts(year_cases=0)).value is None
    assert INDICATORS["CHECKS"].actual(Counts(year_cases=1)).value == 0
    silent = Counts(done=2, amounts_missing=2)
    assert INDICATORS["OVERPAYMENTS"].actual(silent).value is None
    assert INDICATORS["OVERPAYMENTS"].actual(Counts(done=2, amounts_missing=1, owed_by_cents=5)).note
    assert add_counts([Counts(done=1, replies=2, year_cases=4), Counts(done=1)]) == Counts(done=2, replies=2)


@pytest.mark.parametrize(("code", "value", "target", "met"), [
    ("CHECKS", 50, 50, True), ("CHECKS", 49, 50, False), ("DAYS", 900, 900, True), ("DAYS", 901, 900, False),
    ("NOTICES", 999, 1000, False), ("NOTICES", None, 1000, None), ("OVERPAYMENTS", 1, 5, None), ("CHECKS", 3, None, None),
])  # fmt: skip
def test_a_target_is_reached_on_its_right_side_and_money_found_has_none(
    code: str, value: int | None, target: int | None, met: bool | None
) -> None:
    assert is_met(INDICATORS[code], value, target) is met


def test_the_false_positives_of_a_rule() -> None:
    assert false_positive_rate(71, 29).value == 710
    assert false_positive_rate(0, 0).value is None
