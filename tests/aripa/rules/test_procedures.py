"""Penalty, plans, fees, withholding on benefits, and the calendar of the notices: worked examples and their neighbours."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aripa.rules import calendar
from aripa.rules.benefit_withholding import is_calculation_renewed, withheld_cents
from aripa.rules.fees import fee_cents, treasury_surcharge_cents
from aripa.rules.penalty import penalty_cap_cents, penalty_cents
from aripa.rules.plan import (
    equal_instalments,
    instalments_of,
    is_plan_admissible,
    smallest_instalment_cents,
    spread_max_months,
)
from portal.legislation.calendar import is_business_day
from portal.legislation.parameters import NoParameterInForce
from portal.legislation.withholding import Household

ON = date(2026, 5, 15)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("decided", "euros"),
    [("2026-05-15", 120), ("2020-12-10", 104), ("2022-06-30", 106), ("2022-07-01", 110), ("2026-03-31", 119)],
)
def test_5_and_6_the_penalty_is_a_quarter_of_the_bmaf_to_the_euro_above(decided: str, euros: int) -> None:
    assert penalty_cents(day(decided)) == euros * 100


def test_the_penalty_has_a_ceiling_and_a_first_day() -> None:
    assert penalty_cap_cents(ON) == 47_816
    with pytest.raises(NoParameterInForce):
        penalty_cents(day("2020-09-30"))


@pytest.mark.parametrize(("support", "euros"), [(17_230, 35), (17_000, 34), (17_001, 35), (16_999, 34), (1, 1), (0, 0)])
def test_35_the_smallest_instalment(support: int, euros: int) -> None:
    assert smallest_instalment_cents(support, ON) == euros * 100


@settings(deadline=None)
@given(st.integers(0, 1_000_000), st.integers(1, 24))
def test_equal_instalments_sum_to_the_total(total: int, months: int) -> None:
    found = equal_instalments(total, months)

    assert (sum(found), len(found)) == (total, months)
    assert min(found) >= 0
    if total >= months * (months - 1) // 2:
        assert max(found) - min(found) <= months, "only the last one differs, by what rounding left"
        assert len(set(found[:-1])) <= 1


def test_a_few_cents_over_many_months_never_turn_negative() -> None:
    """0.07 € in 12 parts of 0.58 of a cent: seven cents, then nothing, never minus four."""
    assert equal_instalments(7, 12) == [1] * 7 + [0] * 5
    assert equal_instalments(0, 0) == []


def test_what_a_debtor_offers() -> None:
    assert instalments_of(10_000, 3_400) == [3_400, 3_400, 3_200]
    assert instalments_of(6_800, 3_400) == [3_400, 3_400]


@pytest.mark.parametrize(
    ("case", "total", "monthly", "terms", "admissible"),
    [
        ("a fifth of the support", 34_000, 3_400, 12, True),
        ("a cent less", 34_000, 3_399, 12, False),
        ("twelve terms in twelve months", 12 * 3_400, 3_400, 12, True),
        ("in thirteen", 12 * 3_400 + 1, 3_400, 12, False),
        ("thirteen terms may take twenty-four", 24 * 3_400, 3_400, 13, True),
        ("a debt smaller than an instalment", 2_000, 2_000, 1, True),
        ("nothing offered", 2_000, 0, 1, False),
    ],
)
def test_which_plans_are_admissible(case: str, total: int, monthly: int, terms: int, admissible: bool) -> None:
    found = is_plan_admissible(
        total_cents=total, monthly_cents=monthly, monthly_support_cents=17_000, unpaid_terms=terms, on=ON
    )

    assert found is admissible, case


def test_the_longest_spread() -> None:
    assert [spread_max_months(terms, ON) for terms in (1, 12, 13, 24)] == [12, 12, 24, 24]


@pytest.mark.parametrize(
    ("case", "base", "means", "is_forced", "fee"),
    [
        ("26 a garnishee, no officer", 40_000, "GARNISHEE", True, 4_000),
        ("withheld on benefits by force", 40_000, "BENEFIT_FORCED", True, 4_000),
        ("by an officer, 7.5 % alone", 40_000, "OFFICER", True, 3_000),
        ("28 the debtor chose to have benefits withheld", 40_000, "BENEFIT_CONSENT", True, 0),
        ("the public accountant", 40_000, "PUBLIC_ACCOUNTANT", True, 0),
        ("a transfer", 40_000, "TRANSFER", True, 0),
        ("a garnishee outside forced recovery", 40_000, "GARNISHEE", False, 0),
        ("each half up: 0.75 and 0.25 of a cent", 10, "GARNISHEE", True, 1),
        ("each half up: 1.5 and 0.5", 20, "GARNISHEE", True, 3),
        ("half up once: 1.5", 20, "OFFICER", True, 2),
        ("nothing", 0, "GARNISHEE", True, 0),
    ],
)
def test_fees(case: str, base: int, means: str, is_forced: bool, fee: int) -> None:
    assert fee_cents(base, means, ON, is_forced=is_forced) == fee, case


def test_29_the_treasury_takes_ten_percent() -> None:
    assert treasury_surcharge_cents(100_000, ON) == 10_000


def test_53_withholding_on_benefits() -> None:
    household = Household(90_000, 30_000, 45_000, is_couple=False, dependent_children=0)

    assert withheld_cents(household, day("2022-05-01")) == 12_775
    assert withheld_cents(household, day("2022-05-01"), agreed_cents=5_000) == 5_000
    assert withheld_cents(household, day("2022-05-01"), agreed_cents=30_001) == 30_000


@pytest.mark.parametrize(
    ("now", "renewed"), [(11_999, False), (12_000, True), (8_001, False), (8_000, True), (10_000, False)]
)
def test_a_withholding_is_computed_again_from_twenty_percent(now: int, renewed: bool) -> None:
    assert is_calculation_renewed(10_000, now, ON) is renewed


def test_7_the_calendar_of_the_penalty() -> None:
    assert calendar.information_by(day("2026-04-03")) == day("2026-04-20"), "18 April is a Saturday"
    assert calendar.second_information_by(day("2026-04-21")) == day("2026-05-04"), "1 May is a holiday, a Friday"
    assert calendar.penalty_payment_by(day("2026-05-05")) == day("2026-05-13")
    assert calendar.day_after(day("2026-05-13")) == day("2026-05-14")


def test_the_deadline_of_a_parent_follows_working_days_not_those_of_the_banks() -> None:
    assert calendar.settle_by(day("2026-04-23")) == day("2026-05-11"), "8 May is a holiday, banks work"
    assert calendar.settle_by(day("2026-03-19")) == day("2026-04-03"), "Good Friday is worked, banks are closed"


def test_55_a_term_due_on_a_sunday() -> None:
    assert calendar.due_on(day("2026-11-01"), 1) == day("2026-11-01")
    assert calendar.debit_day(day("2026-11-01")) == day("2026-11-02")
    assert calendar.payout_day(day("2026-11-02")) == day("2026-11-03")
    assert calendar.payout_day(day("2026-10-30")) == day("2026-11-02"), "received on a Friday"
    assert calendar.debit_day(day("2027-11-01")) == day("2027-11-01"), "All Saints is a day of the banks"


def test_56_the_first_payout_within_sixty_days() -> None:
    assert calendar.first_payout_limit(day("2026-01-10")) == day("2026-03-11")


def test_57_the_calendar_of_an_unpaid_term() -> None:
    assert calendar.debit_day(day("2026-05-10")) == day("2026-05-11")
    assert calendar.unpaid_notice_limit(day("2026-05-10")) == day("2026-05-25"), "the fund's deadline does not move"
    assert calendar.settle_by(day("2026-05-20")) == day("2026-06-04")
    assert calendar.day_after(calendar.settle_by(day("2026-05-20"))) == day("2026-06-05")
    assert calendar.asf_day(day("2026-06-01")) == day("2026-07-06"), "5 July 2026 is a Sunday"


def test_the_notice_leaves_on_the_first_working_day_after() -> None:
    assert calendar.unpaid_notice_day(day("2026-10-15")) == day("2026-10-16")
    assert calendar.unpaid_notice_day(day("2026-10-16")) == day("2026-10-19")
    assert calendar.unpaid_notice_day(day("2026-05-07")) == day("2026-05-11"), "8 May, then a weekend"
    assert calendar.day_it_is_unpaid(day("2026-10-10")) == day("2026-10-15")


def test_the_deadlines_of_arrears() -> None:
    assert calendar.arrears_answer_by(day("2026-10-01")) == day("2026-11-02"), "31 October is a Saturday"
    assert calendar.is_within_lookback(day("2024-10-01"), day("2026-10-26"), 24)
    assert not calendar.is_within_lookback(day("2024-09-01"), day("2026-10-26"), 24)
    assert not calendar.is_within_lookback(day("2026-10-01"), day("2026-10-26"), 24), "this month is not past"


@pytest.mark.parametrize(("live", "first"), [("2026-10-18", "2026-11-01"), ("2026-10-19", "2026-12-01")])
def test_the_first_term_comes_fourteen_days_after_the_notice(live: str, first: str) -> None:
    assert calendar.discharge_date(day(live), 1) == day(first)


@pytest.mark.parametrize(("next_due", "kept"), [("2026-11-14", True), ("2026-11-15", False)])
def test_what_is_left_waits_thirty_days(next_due: str, kept: bool) -> None:
    assert calendar.is_excess_kept(day("2026-10-15"), day(next_due)) is kept


def test_days_that_some_months_do_not_have() -> None:
    assert calendar.due_on(day("2027-02-01"), 28) == day("2027-02-28")
    assert calendar.anniversary(day("2024-02-29"), 2026) == day("2026-02-28")
    assert calendar.anniversary(day("2024-02-29"), 2028) == day("2028-02-29")
    assert calendar.month_shifted(day("2026-01-31"), -1) == day("2025-12-01")


@settings(deadline=None)
@given(st.dates(date(2021, 6, 1), date(2030, 1, 1)), st.integers(1, 60))
def test_a_deadline_of_a_parent_never_ends_on_a_day_without_work_nor_earlier(received: date, days: int) -> None:
    deadline = calendar.deadline_for_parent(received, days)

    assert is_business_day(deadline)
    assert timedelta(days=days) <= deadline - received <= timedelta(days=days + 4)
