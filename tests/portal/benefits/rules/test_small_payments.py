"""Small sums: the worked examples 22 and 23, the threshold year by year and month by month, each bound on both sides, one
sum as a column."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.benefits.rules.small_payments import (
    PAYMENT_STEPS,
    POLICIES,
    given_up_on,
    last_month_given_up,
    small_overpayment_of,
    small_payment_columns,
    small_payment_of,
    threshold_on,
)
from portal.legislation.parameters import NoParameterInForce

T = {2018: 23, 2019: 23, 2020: 24, 2021: 24, 2022: 24, 2023: 25, 2024: 27, 2025: 27, 2026: 28}
MONTHS = [date(year, month, 1) for year in T for month in range(1, 13)]
MAY_2019, MAY_2020 = date(2019, 5, 10), date(2020, 5, 10)


def decided(cents: int, day: date = MAY_2019, benefit: str = "AEEH", **facts: Any) -> tuple[str, int, int]:
    row = small_payment_of(cents, day=day, benefit=benefit, **facts)
    return row["decision"], row["paid_cents"], row["deferred_after_cents"]


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_the_threshold_of_every_month_since_2018(month: date) -> None:
    assert threshold_on(month) == threshold_on(month.replace(day=28)) == T[month.year] * 100
    assert decided(T[month.year] * 100 - 1, month)[0] == "DEFER"
    assert decided(T[month.year] * 100, month)[0] == "PAY"


@pytest.mark.parametrize("day", [date(2017, 12, 31), date(2027, 1, 1)])
def test_a_year_whose_ceiling_nobody_knows_is_refused(day: date) -> None:
    with pytest.raises(NoParameterInForce):
        threshold_on(day)


def test_example_22() -> None:
    assert decided(22_99) == ("DEFER", 0, 22_99)
    assert decided(5_00, deferred_cents=22_99) == ("PAY", 27_99, 0)
    assert decided(23_00) == ("PAY", 23_00, 0)
    assert decided(23_50, MAY_2020) == ("DEFER", 0, 23_50)


def test_example_23() -> None:
    assert small_overpayment_of(22_00, day=MAY_2019, benefit="AEEH")["decision"] == "WRITE_OFF"
    assert small_overpayment_of(12_00, day=MAY_2019, benefit="AEEH", earlier_cents=12_00)["decision"] == "RECOVER"


@pytest.mark.parametrize(
    ("case", "cents", "facts", "expected"),
    [
        ("a fund that pays", 22_99, {"policy": "PAY"}, ("PAY", 22_99, 0)),
        ("that pays what waited too", 1_00, {"policy": "PAY", "deferred_cents": 2_00}, ("PAY", 3_00, 0)),
        ("a fund that gives up", 22_99, {"policy": "WAIVE"}, ("WAIVE", 0, 0)),
        ("gives up the new sum, not what was kept", 1_00, {"policy": "WAIVE", "deferred_cents": 2_00}, ("WAIVE", 0, 2_00)),
        ("and pays both when they reach T", 1_00, {"policy": "WAIVE", "deferred_cents": 22_00}, ("PAY", 23_00, 0)),
        ("a cent short", 99, {"deferred_cents": 22_00}, ("DEFER", 0, 22_99)),
        ("the advance of a pension", 1, {"protected": "ASF_ADVANCE"}, ("PAY", 1, 0)),
        ("a court's order leaves alone", 1, {"protected": "COURT_ORDER", "deferred_cents": 5}, ("PAY", 1, 5)),
        ("social aid is paid back", 1, {"protected": "SOCIAL_AID_REFUND", "policy": "WAIVE"}, ("PAY", 1, 0)),
        ("another nature is not protected", 1, {"protected": "USUAL"}, ("DEFER", 0, 1)),
        ("no right any more, and enough waits", 0, {"deferred_cents": 23_00}, ("PAY", 23_00, 0)),
        ("no right any more, not enough", 0, {"deferred_cents": 22_99}, ("DEFER", 0, 22_99)),
    ],
)  # fmt: skip
def test_what_a_small_sum_becomes(case: str, cents: int, facts: dict[str, Any], expected: tuple[str, int, int]) -> None:
    assert decided(cents, **facts) == expected, case


@pytest.mark.parametrize("policy", POLICIES)
def test_ars_has_a_minimum_of_its_own_that_no_fund_chooses(policy: str) -> None:
    assert decided(14_99, benefit="ARS", policy=policy) == ("NOT_PAID", 0, 0)
    assert decided(15_00, benefit="ARS", policy=policy) == ("PAY", 15_00, 0)
    assert decided(14_99, benefit="ARS", policy=policy, deferred_cents=10_00) == ("NOT_PAID", 0, 10_00)
    assert small_payment_of(1, day=MAY_2019, benefit="ARS")["threshold_cents"] == 15_00


@pytest.mark.parametrize("benefit", ["CMG", "AF", "OTHER"])
def test_every_other_benefit_has_the_same_threshold(benefit: str) -> None:
    assert decided(22_99, benefit=benefit)[0] == "DEFER"
    assert decided(23_00, benefit=benefit)[0] == "PAY"


@pytest.mark.parametrize(
    ("day", "benefit", "decision", "threshold"),
    [
        (date(2019, 12, 31), "AEEH", "PAY", 0), (date(2020, 1, 1), "AEEH", "DEFER", 24_00),
        (date(2019, 12, 31), "ARS", "PAY", 0), (date(2020, 1, 1), "ARS", "NOT_PAID", 15_00),
    ],
)  # fmt: skip
def test_mayotte_from_2020(day: date, benefit: str, decision: str, threshold: int) -> None:
    row = small_payment_of(10_00, day=day, benefit=benefit, territory="MAYOTTE")

    assert (row["decision"], row["threshold_cents"]) == (decision, threshold)
    assert threshold_on(day, territory="OVERSEAS") == T[day.year] * 100


@pytest.mark.parametrize(
    ("case", "cents", "facts", "decision"),
    [
        ("a cent short of T", 22_99, {}, "WRITE_OFF"),
        ("T itself", 23_00, {}, "RECOVER"),
        ("same cause, a cent short", 10_99, {"earlier_cents": 12_00}, "WRITE_OFF"),
        ("an ARS between its minimum and T", 20_00, {"benefit": "ARS"}, "WRITE_OFF"),
        ("an ARS of T", 23_00, {"benefit": "ARS"}, "RECOVER"),
        ("at Mayotte before 2020", 1, {"territory": "MAYOTTE"}, "RECOVER"),
        ("at Mayotte since", 1, {"territory": "MAYOTTE", "day": MAY_2020}, "WRITE_OFF"),
        ("a court's order", 1, {"protected": "COURT_ORDER"}, "RECOVER"),
    ],
)  # fmt: skip
def test_what_a_small_overpayment_becomes(case: str, cents: int, facts: dict[str, Any], decision: str) -> None:
    row = small_overpayment_of(cents, **({"day": MAY_2019, "benefit": "AEEH"} | facts))

    assert row["decision"] == decision, case


def test_twelve_whole_months_pass_before_a_sum_is_given_up() -> None:
    assert last_month_given_up(date(2026, 10, 31)) == date(2025, 9, 1)
    assert last_month_given_up(date(2026, 11, 1)) == date(2025, 10, 1)
    assert last_month_given_up(date(2026, 1, 15)) == date(2024, 12, 1)
    for month in MONTHS:
        assert last_month_given_up(given_up_on(month)) == month
        assert last_month_given_up(given_up_on(month) - timedelta(days=1)) < month


ROWS = st.fixed_dictionaries(
    {
        "benefit": st.sampled_from(["ARS", "AEEH", "OTHER"]), "territory": st.sampled_from(["METROPOLE", "MAYOTTE"]),
        "amount_cents": st.integers(0, 60_00), "deferred_cents": st.integers(0, 30_00),
        "policy": st.sampled_from([None, *POLICIES]), "protected": st.sampled_from([None, "", "COURT_ORDER"]),
    }
)  # fmt: skip
SCHEMA = {
    "benefit": pl.String, "territory": pl.String, "amount_cents": pl.Int64, "deferred_cents": pl.Int64,
    "policy": pl.String, "protected": pl.String,
}  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(ROWS, min_size=1, max_size=20), day=st.sampled_from([MAY_2019, MAY_2020, date(2026, 10, 1)]))
def test_a_column_is_one_sum_many_times_and_no_cent_is_lost(rows: list[dict[str, Any]], day: date) -> None:
    column = small_payment_columns(pl.DataFrame(rows, schema=SCHEMA), day=day)

    for facts, found in zip(rows, column.iter_rows(named=True), strict=True):
        amount = facts["amount_cents"]
        alone = small_payment_of(amount, day=day, **{
            name: value or "" if name == "protected" else value for name, value in facts.items() if name != "amount_cents"
        })  # fmt: skip
        assert {name: found[name] for name in PAYMENT_STEPS} == {name: alone[name] for name in PAYMENT_STEPS}
        left = amount + facts["deferred_cents"] - alone["paid_cents"] - alone["deferred_after_cents"]
        assert left == (amount if alone["decision"] in ("WAIVE", "NOT_PAID") else 0)


def test_a_policy_that_is_none_is_refused() -> None:
    rows = pl.DataFrame([{"benefit": "AEEH", "territory": "METROPOLE", "amount_cents": 1, "deferred_cents": 0,
                          "policy": "LATER", "protected": None}], schema=SCHEMA)  # fmt: skip
    with pytest.raises(ValueError, match="policy"):
        small_payment_columns(rows, day=MAY_2019)
