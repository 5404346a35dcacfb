"""The tax credits of childcare: caps on both sides of their dates, the age of the child, meals and upkeep, and what is left."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmg.rules.figures import figures_on
from monenfant.rules.amounts import CREDIT_FACTS, CREDIT_STEPS, CREDIT_TABLES, Care, january_age, net_cost_row
from monenfant.rules.figures import monenfant_parameters
from portal.legislation.engine import compute

YOUNG = date(2025, 2, 11)


def care(credit: str = "OUTSIDE", **changes: Any) -> Care:
    facts = {"pay_cents": 800_00, "left_cents": 500_00, "months": 12, "dependent_children": 1, "child_birth_date": YOUNG,
             "is_shared": False} | changes  # fmt: skip
    return Care(credit, **facts)


def credit(of: Care, year: int) -> int:
    return int(net_cost_row(of, year)["yearly_credit_cents"])


def test_example_of_the_year_2019() -> None:
    """273 € a month in a crèche, ten months: 2 730 € spent, 2 300 € counted, 1 150 € given back, 1 580 € left."""
    row = net_cost_row(care(pay_cents=273_00, left_cents=273_00, months=10, child_birth_date=date(2018, 5, 1)), 2019)

    assert row["yearly_credit_cents"] == 1_150_00
    assert row["yearly_net_cost_cents"] == 1_580_00
    assert row["tax_credit_cents"] == 95_83


@pytest.mark.parametrize(
    ("case", "year", "shared", "expected"),
    [
        ("the last year at 2 300", 2021, False, 1_150_00),
        ("the first year at 3 500", 2022, False, 1_750_00),
        ("in turn with each parent: half of 2 300", 2021, True, 575_00),
        ("in turn with each parent: half of 3 500", 2026, True, 875_00),
    ],
)
def test_the_cap_of_a_child(case: str, year: int, shared: bool, expected: int) -> None:
    assert credit(care(is_shared=shared, child_birth_date=date(year - 2, 6, 1)), year) == expected, case


def test_below_the_cap_half_of_what_was_spent() -> None:
    assert credit(care(left_cents=291_66), 2026) == 1_749_96
    assert credit(care(left_cents=291_67), 2026) == 1_750_00
    assert credit(care(left_cents=100_01, months=1), 2026) == 50_01, "half a cent goes up"


@pytest.mark.parametrize(
    ("case", "birth", "age"),
    [
        ("six on the very day", date(2020, 1, 1), 6), ("six the next day", date(2020, 1, 2), 5),
        ("born on the last day of a year", date(2019, 12, 31), 6), ("born in the year", date(2026, 3, 1), 0),
    ],
)  # fmt: skip
def test_the_age_on_the_first_of_january(case: str, birth: date, age: int) -> None:
    row = net_cost_row(care(child_birth_date=birth), 2026)

    assert january_age(birth, 2026) == age, case
    assert row["is_young_enough"] == (age < 6)
    assert (row["yearly_credit_cents"] > 0) == (age < 6)


def test_meals_are_out_and_upkeep_is_limited_by_day() -> None:
    """150 € left, meals 40 €, upkeep 70,20 € for 18 days: 47,70 € of it count."""
    row = net_cost_row(care(left_cents=150_00, meals_cents=40_00, upkeep_cents=70_20, care_days=18), 2026)

    assert row["excess_upkeep_cents"] == 22_50
    assert row["credited_month_cents"] == 87_50
    within = net_cost_row(care(left_cents=150_00, upkeep_cents=47_70, care_days=18), 2026)
    assert within["excess_upkeep_cents"] == 0
    over = net_cost_row(care(left_cents=150_00, upkeep_cents=47_71, care_days=18), 2026)
    assert over["excess_upkeep_cents"] == 1


def test_without_days_no_upkeep_is_credited() -> None:
    assert net_cost_row(care(left_cents=150_00, upkeep_cents=47_70), 2026)["credited_month_cents"] == 102_30


def test_what_the_aid_already_paid_is_never_credited() -> None:
    assert credit(care(left_cents=30_00, meals_cents=40_00), 2026) == 0


@pytest.mark.parametrize(
    ("children", "shared", "cap"),
    [(1, False, 13_500_00), (2, False, 15_000_00), (3, False, 15_000_00), (1, True, 12_750_00), (4, True, 15_000_00),
     (5, True, 15_000_00)],
)  # fmt: skip
def test_the_cap_of_employment_at_home(children: int, shared: bool, cap: int) -> None:
    row = net_cost_row(care("HOME", left_cents=5_000_00, dependent_children=children, is_shared=shared), 2026)

    assert row["outlay_cap_cents"] == cap
    assert row["yearly_credit_cents"] == cap // 2


def test_employment_at_home_asks_no_age_and_counts_pay_alone() -> None:
    row = net_cost_row(
        care("HOME", left_cents=150_00, meals_cents=20_00, upkeep_cents=30_00, child_birth_date=date(2015, 1, 1)), 2026
    )

    assert row["yearly_credit_cents"] == 600_00


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from(["OUTSIDE", "HOME"]), pay=st.integers(0, 900_000), contributions=st.integers(0, 300_000),
    aid=st.integers(0, 1_200_000), meals=st.integers(0, 20_000), upkeep=st.integers(0, 20_000), days=st.integers(0, 31),
    months=st.integers(1, 12), children=st.integers(1, 9), shared=st.booleans(), year=st.integers(2018, 2027),
    birth=st.dates(date(2010, 1, 1), date(2027, 12, 31)),
)  # fmt: skip
def test_the_net_cost_is_never_negative_nor_above_the_cost(
    kind: str, pay: int, contributions: int, aid: int, meals: int, upkeep: int, days: int, months: int, children: int,
    shared: bool, year: int, birth: date,
) -> None:  # fmt: skip
    left = max(0, pay + contributions - aid)
    row = net_cost_row(
        Care(kind, pay, left, months, children, birth, shared, contributions, 0, meals, upkeep, days), year
    )

    assert 0 <= row["net_cost_cents"] <= left <= row["cost_cents"]
    assert 0 <= row["yearly_net_cost_cents"] == left * months - row["yearly_credit_cents"]
    assert row["cost_cents"] == row["aids_cents"] + row["tax_credit_cents"] + row["net_cost_cents"]
    assert row["yearly_credit_cents"] * 2 <= left * months + 1


@pytest.mark.parametrize("kind", ["OUTSIDE", "HOME"])
def test_the_same_cents_by_columns(kind: str) -> None:
    rows = [net_cost_row(care(kind, left_cents=left, is_shared=shared), 2026)
            for left, shared in ((100_01, False), (900_00, True))]  # fmt: skip
    figures = figures_on(CREDIT_TABLES[kind], date(2026, 1, 1), monenfant_parameters())

    frame = pl.DataFrame([{name: row[name] for name in CREDIT_FACTS} for row in rows])
    found = compute(frame, CREDIT_STEPS[kind], figures)

    assert found["yearly_credit_cents"].to_list() == [row["yearly_credit_cents"] for row in rows]
    assert found["net_cost_cents"].to_list() == [row["net_cost_cents"] for row in rows]
