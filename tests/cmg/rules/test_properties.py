"""What holds for every declaration, every month: never negative, never above cost, every euro accounted for."""

from datetime import date
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmg.rules import month as month_rules
from cmg.rules.figures import cmg_parameters
from cmg.rules.refusals import REFUSALS
from cmg.rules.structure import STEPS as STRUCTURE_STEPS
from cmg.rules.transition import STEPS as TRANSITION_STEPS
from portal.legislation.engine import FactOutOfBounds
from portal.legislation.parameters import NoParameterInForce
from tests.cmg.rules.test_worked_examples import facts, settle_one

# What `step` allows: what people read of a step depends on it.
UNITS = {"cents", "euros", "flag", "millionths", "index", "text", "hundredths_of_a_cent", "millionths_of_a_euro"}


def test_a_month_before_the_figures_is_refused_not_guessed() -> None:
    with pytest.raises(NoParameterInForce):
        settle_one(date(2010, 1, 1))


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2)) if value >= 0 else 0


def plain_part_b(cost: Fraction, income: int, rate: Fraction, reference: Fraction) -> int:
    """Part (b) of regime B written from the article with exact fractions: the independent implementation."""
    return half_up(max(Fraction(0), cost * (1 - income * rate / reference)))


@settings(max_examples=150, deadline=None)
@given(
    net=st.integers(0, 400_000),
    upkeep=st.integers(0, 30_000),
    hours=st.integers(1, 74_400),
    resources=st.integers(0, 200_000),
    tax=st.integers(0, 20_000),
)
def test_regime_b_equals_the_article_in_exact_fractions(
    net: int, upkeep: int, hours: int, resources: int, tax: int
) -> None:
    result = settle_one(
        date(2025, 10, 1), child_birth_dates=[date(2024, 1, 1)], net_salary_cents=net, maintenance_allowance_cents=upkeep,
        hours_hundredths=hours, annual_resources=resources, withholding_tax_cents=tax,
    )  # fmt: skip
    income = min(8500, max(815, half_up(Fraction(resources, 12))))
    cost = min(Fraction(net + upkeep), Fraction(800 * hours, 100))
    expected = plain_part_b(cost, income, Fraction(619, 1_000_000), Fraction(485, 100))

    assert result["part_b_cents"] == expected
    assert 0 <= result["part_b_cents"] <= net + upkeep
    remainder = max(0, result["contributions_cents"] - result["part_a_cents"])
    assert result["offset_cents"] + result["payout_cents"] == result["part_b_cents"]
    assert result["debit_cents"] == remainder - result["offset_cents"] + tax
    assert min(result["debit_cents"], result["payout_cents"], result["offset_cents"], result["part_a_cents"]) >= 0


@settings(max_examples=100, deadline=None)
@given(net=st.integers(0, 300_000), days=st.integers(1, 31), resources=st.integers(0, 150_000), home=st.booleans())
def test_regime_a_never_gives_more_than_its_caps(net: int, days: int, resources: int, home: bool) -> None:
    mode = "HOME_EMPLOYEE" if home else "CHILDMINDER"
    result = settle_one(
        date(2021, 5, 1), child_birth_dates=[date(2020, 1, 1)], net_salary_cents=net, days=days,
        annual_resources=resources, care_mode=mode, hours_hundredths=10_000,
    )  # fmt: skip

    assert 0 <= result["part_b_cents"] <= (net * 85 + 50) // 100
    assert 0 <= result["part_a_cents"] <= result["contributions_cents"]
    assert result["debit_cents"] >= 0
    if not home:
        over = (result["gross_cents"] * 2 + days) // (2 * days) > 5125
        assert (result["refusal"] == "cmg.daily_cap_exceeded") == over


def test_numbers_that_could_overflow_are_refused() -> None:
    with pytest.raises(FactOutOfBounds, match="net_salary_cents"):
        settle_one(date(2025, 10, 1), net_salary_cents=10**17)
    with pytest.raises(FactOutOfBounds, match="hours_hundredths"):
        settle_one(date(2025, 10, 1), hours_hundredths=-1)


def test_the_largest_facts_accepted_give_python_s_own_integers() -> None:
    result = settle_one(
        date(2025, 10, 1), net_salary_cents=10**8, hours_hundredths=74_400, child_birth_dates=[date(2024, 1, 1)]
    )

    assert result["gross_cents"] == (10**8 * 1_000_000 * 2 + 781_000) // (781_000 * 2)


def test_what_is_missing_refuses_by_name() -> None:
    born = {"child_birth_dates": [date(2024, 1, 1)]}
    assert settle_one(date(2025, 10, 1), **born, annual_resources=None)["refusal"] == "cmg.missing_resources"
    assert settle_one(date(2025, 10, 1), **born, hours_hundredths=None)["refusal"] == "cmg.missing_hours"
    assert settle_one(date(2021, 5, 1), days=None)["refusal"] == "cmg.missing_days"


def test_one_row_and_many_give_the_same_cents() -> None:
    rows = [facts(declaration_no=f"D{n}", pool_key=f"E{n}", net_salary_cents=30_000 + 17 * n, hours_hundredths=9000 + n)
            for n in range(300)]  # fmt: skip
    overrides = {"child_birth_dates": pl.List(pl.Date), "days": pl.Int64}
    together = month_rules.settle(
        pl.DataFrame(rows, schema_overrides=overrides), care_month=date(2019, 9, 1), parameters=cmg_parameters()
    )
    for number in (0, 7, 299):
        assert together["part_b_cents"][number] == settle_one(date(2019, 9, 1), **rows[number])["part_b_cents"]


def test_every_step_has_its_article_its_words_and_its_unit_and_every_refusal_its_sentence() -> None:
    steps = month_rules.STEPS_BEFORE_POOL | month_rules.STEPS_B | month_rules.STEPS_AFTER
    for table in (steps, STRUCTURE_STEPS, TRANSITION_STEPS):
        assert [one.name for one in table.values() if not (one.article and one.label and one.unit in UNITS)] == []
    assert all(refusal.message.endswith(".") and refusal.article for refusal in REFUSALS.values())


def test_every_step_that_gives_cents_says_so_in_its_name() -> None:
    """A name in cents whose unit is another one would be shown in euros a hundred times too large."""
    steps = month_rules.STEPS_BEFORE_POOL | month_rules.STEPS_B | month_rules.STEPS_AFTER | STRUCTURE_STEPS
    assert [one.name for one in steps.values() if (one.unit == "cents") != one.name.endswith("_cents")] == []
