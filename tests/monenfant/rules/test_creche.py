"""The price of a crèche of the PSU: the examples of the circular, every step of the scale, both sides of every date."""

from datetime import date, timedelta
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmg.rules.figures import figures_on
from monenfant.rules.amounts import CARE_KINDS, CRECHE_STEPS, Creche, creche_row, scale_rate
from monenfant.rules.figures import PSU, monenfant_parameters
from portal.legislation.engine import compute
from portal.legislation.parameters import NoParameterInForce


def price(
    month: str, annual: int, children: int, hours: int, kind: str = "COLLECTIVE", **more: object
) -> tuple[int, int]:
    row = creche_row(Creche(annual, children, kind, hours * 100, **more), date.fromisoformat(month + "-01"))  # type: ignore[arg-type]
    return row["hourly_rate_cents"], row["monthly_cents"]


@pytest.mark.parametrize(
    ("case", "month", "annual", "children", "disabled", "kind", "hours", "expected"),
    [
        ("one child, 3 000 a month", "2019-10", 36_000, 1, 0, "COLLECTIVE", 150, (182, 273_00)),
        ("no resources: the floor", "2020-06", 0, 1, 0, "COLLECTIVE", 100, (43, 43_00)),
        ("three children, one with AEEH: column four", "2022-05", 30_000, 3, 1, "COLLECTIVE", 120, (78, 93_60)),
        ("family crèche, two children", "2022-05", 38_400, 2, 0, "FAMILY", 160, (132, 211_20)),
        ("above the ceiling of 6 000", "2024-08", 78_000, 1, 0, "COLLECTIVE", 160, (371, 593_60)),
        ("the next month, under that of 7 000", "2024-09", 78_000, 1, 0, "COLLECTIVE", 160, (402, 643_20)),
    ],
)
def test_worked_examples(
    case: str, month: str, annual: int, children: int, disabled: int, kind: str, hours: int, expected: tuple[int, int]
) -> None:
    assert price(month, annual, children, hours, kind, disabled_children=disabled) == expected, case


@pytest.mark.parametrize(
    ("month", "ceiling", "floor"),
    [
        # What a very rich and a very poor family pay for an hour, one child: both sides of every date of a figure.
        ("2018-01", 292, 41), ("2019-08", 292, 41), ("2019-09", 321, 43), ("2019-12", 321, 43), ("2020-01", 342, 43),
        ("2020-12", 342, 43), ("2021-01", 357, 44), ("2021-12", 357, 44), ("2022-01", 371, 44), ("2022-12", 371, 44),
        ("2023-01", 371, 47), ("2023-12", 371, 47), ("2024-01", 371, 47), ("2024-08", 371, 47), ("2024-09", 433, 47),
        ("2024-12", 433, 47), ("2025-01", 433, 50), ("2025-08", 433, 50), ("2025-09", 526, 50), ("2025-12", 526, 50),
        ("2026-01", 526, 50), ("2026-11", 526, 50),
    ],
)  # fmt: skip
def test_floor_and_ceiling_on_both_sides_of_their_dates(month: str, ceiling: int, floor: int) -> None:
    assert price(month, 999_999, 1, 1)[0] == ceiling
    assert price(month, 1, 1, 1)[0] == floor


@pytest.mark.parametrize("month", ["2018-01", "2019-09", "2021-01", "2024-09", "2026-01"])
def test_special_cases_do_not_look_at_the_resources(month: str) -> None:
    rich, poor = price(month, 999_999, 1, 100), price(month, 0, 1, 100)

    assert price(month, 0, 1, 100, resources_case="RESOURCES_UNKNOWN") == rich
    for case in ("CHILD_PLACED", "EMERGENCY", "FOSTER_FAMILY"):
        assert price(month, 999_999, 1, 100, resources_case=case) == poor


def test_an_agreed_ceiling_only_raises() -> None:
    assert price("2024-08", 78_000, 1, 160, agreed_ceiling_cents=6_200_00)[0] == 384
    assert price("2024-08", 78_000, 1, 160, agreed_ceiling_cents=5_000_00)[0] == 371
    assert price("2024-08", 36_000, 1, 160, agreed_ceiling_cents=6_200_00) == price("2024-08", 36_000, 1, 160)


@pytest.mark.parametrize(
    ("kind", "rates"),
    [
        ("COLLECTIVE", [619, 516, 413, 310, 310, 310, 310, 206, 206]),
        ("MICRO", [619, 516, 413, 310, 310, 310, 310, 206, 206]),
        ("FAMILY", [516, 413, 310, 310, 310, 206, 206, 206, 206]),
        ("PARENTAL", [516, 413, 310, 310, 310, 206, 206, 206, 206]),
    ],
)
def test_the_columns_of_the_scale(kind: str, rates: list[int]) -> None:
    assert [scale_rate(kind, children, 0, date(2026, 10, 1)) for children in range(1, 10)] == rates


@pytest.mark.parametrize(
    ("kind", "children", "disabled", "rate"),
    [
        ("COLLECTIVE", 1, 1, 516), ("COLLECTIVE", 3, 1, 310), ("COLLECTIVE", 3, 2, 206), ("COLLECTIVE", 4, 0, 310),
        ("COLLECTIVE", 4, 1, 206), ("COLLECTIVE", 7, 1, 206), ("COLLECTIVE", 8, 3, 206), ("MICRO", 4, 1, 206),
        ("FAMILY", 1, 1, 413), ("FAMILY", 3, 1, 206), ("FAMILY", 5, 1, 206), ("PARENTAL", 2, 2, 206), ("PARENTAL", 6, 6, 206),
    ],
)  # fmt: skip
def test_each_child_with_aeeh_lowers_the_rate_by_one_column(kind: str, children: int, disabled: int, rate: int) -> None:
    """« Le tarif immédiatement inférieur », as many times: of four children, one with AEEH gives the rate of eight."""
    assert scale_rate(kind, children, disabled, date(2026, 10, 1)) == rate


def test_micro_creches_left_the_family_scale_in_september_2019() -> None:
    assert scale_rate("MICRO", 1, 0, date(2019, 8, 31)) == scale_rate("FAMILY", 1, 0, date(2019, 8, 31)) == 500
    assert scale_rate("MICRO", 1, 0, date(2019, 9, 1)) == scale_rate("COLLECTIVE", 1, 0, date(2019, 9, 1)) == 605


@pytest.mark.parametrize("year", [2019, 2020, 2021, 2022])
def test_the_rates_rise_by_eight_tenths_of_a_per_cent_a_year(year: int) -> None:
    """The circular's rule, +0.8 % a year, rounded to the ten-thousandth of a per cent."""
    on = date(year, 9 if year == 2019 else 1, 1)
    for children, before in ((1, 600), (2, 500), (3, 400), (4, 300), (8, 200)):
        raised = before * Fraction(1008, 1000) ** (year - 2018)
        assert abs(scale_rate("COLLECTIVE", children, 0, on) - raised) < 1


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


def test_the_floor_is_the_rsa_and_a_half_less_housing() -> None:
    """One and a half times the RSA of the end of the year before (April for September 2019), less 16 % of it."""
    values = monenfant_parameters().figures["psu.floor"].values
    for one in values:
        if one.since < date(2019, 9, 1):
            continue
        day = date(2019, 8, 31) if one.since.year == 2019 else one.since - timedelta(days=1)
        whole = half_up(monenfant_parameters().value("rsa_base_amount", day) * 150)
        assert whole - half_up(Fraction(whole * 16, 100)) == one.value * 100, one.since


def test_nothing_is_guessed_before_the_first_figure() -> None:
    with pytest.raises(NoParameterInForce):
        price("2017-12", 36_000, 1, 150)


MONTHS = [date(year, month, 1) for year in range(2018, 2027) for month in range(1, 13)]


def test_every_month_since_2018_has_a_price() -> None:
    for month in MONTHS:
        for kind in CARE_KINDS:
            assert creche_row(Creche(30_000, 2, kind, 100_00), month)["monthly_cents"] > 0, (month, kind)


@settings(max_examples=200, deadline=None)
@given(
    poorer=st.integers(0, 200_000), richer=st.integers(0, 200_000), children=st.integers(1, 12), disabled=st.integers(0, 3),
    hours=st.integers(0, 744_00), kind=st.sampled_from(CARE_KINDS), month=st.sampled_from(MONTHS),
)  # fmt: skip
def test_more_resources_never_cheaper_more_children_never_dearer(
    poorer: int, richer: int, children: int, disabled: int, hours: int, kind: str, month: date
) -> None:
    poorer, richer = sorted((poorer, richer))
    low = creche_row(Creche(poorer, children, kind, hours, disabled), month)
    high = creche_row(Creche(richer, children, kind, hours, disabled), month)
    crowded = creche_row(Creche(poorer, children + 1, kind, hours, disabled), month)

    assert 0 <= crowded["monthly_cents"] <= low["monthly_cents"] <= high["monthly_cents"]
    assert low["hourly_rate_cents"] == half_up(
        min(max(Fraction(poorer * 100, 12), low["income_floor_cents"]), low["income_ceiling_cents"])
        * Fraction(low["scale_rate"], 1_000_000)
    )


def test_the_same_cents_by_columns() -> None:
    """A million families at once, or one: the same steps."""
    month, families = date(2025, 10, 1), [(0, 1), (36_000, 2), (130_000, 8)]
    rows = [creche_row(Creche(annual, children, "COLLECTIVE", 150_50), month) for annual, children in families]
    facts = [name for name in rows[0] if name not in CRECHE_STEPS and name not in PSU]

    frame = pl.DataFrame([{name: row[name] for name in facts} for row in rows])
    found = compute(frame, CRECHE_STEPS, figures_on(PSU, month, monenfant_parameters()))

    assert found["monthly_cents"].to_list() == [row["monthly_cents"] for row in rows]
