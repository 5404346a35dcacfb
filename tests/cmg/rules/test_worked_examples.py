"""The worked examples of the law, to the cent: a table that a caseworker can check with a calculator."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from cmg.rules.figures import cmg_parameters
from cmg.rules.month import settle
from cmg.rules.structure import settle_structures
from portal.legislation.parameters import Parameters

JUNE_2019, SEPT_2025 = date(2019, 6, 1), date(2025, 9, 1)
BABY = date(2018, 6, 15)


def cents(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0"))


def facts(**changes: Any) -> dict[str, Any]:
    """A clean declaration of a childminder, one child under three, 30 000 € a year."""
    return {
        "declaration_no": "D1", "employer_no": "E1", "care_mode": "CHILDMINDER", "child_id": "C1",
        "child_birth_dates": [BABY], "has_right": True, "annual_resources": 30_000, "dependent_children": 1,
        "isolated_parent": False, "aah": False, "aeeh_children": 0, "prepare": "NONE", "territory": "METROPOLE",
        "hours_hundredths": 0, "specific_hours_hundredths": 0, "days": 31, "net_salary_cents": 60_000,
        "maintenance_allowance_cents": 0, "meal_allowance_cents": 0, "terminal_indemnities_cents": 0,
        "withholding_tax_cents": 0, "transition_supplement_cents": 0, "all_in_one": False, "pool_key": "E1",
    } | changes  # fmt: skip


def settle_rows(month: date, *rows: dict[str, Any], parameters: Parameters | None = None) -> list[dict[str, Any]]:
    frame = pl.DataFrame(list(rows), schema_overrides={"child_birth_dates": pl.List(pl.Date), "days": pl.Int64,
                                                       "hours_hundredths": pl.Int64, "pool_key": pl.String})  # fmt: skip
    return settle(frame, care_month=month, parameters=parameters or cmg_parameters()).to_dicts()


def settle_one(month: date, *, parameters: Parameters | None = None, **changes: Any) -> dict[str, Any]:
    return settle_rows(month, facts(**changes), parameters=parameters)[0]


def settle_invoice(month: date, **changes: Any) -> dict[str, Any]:
    """A micro-crèche, one child under three, 30 000 € a year: 100 hours for 900 €."""
    invoice = {
        "care_mode": "MICRO_CRECHE", "child_birth_dates": [BABY], "has_right": True, "prepare": "NONE",
        "isolated_parent": False, "aah": False, "territory": "METROPOLE", "fnas_funded": False,
        "hours_hundredths": 10_000, "invoice_amount_cents": 90_000, "hourly_tariff_cents": 900,
        "annual_resources": 30_000, "dependent_children": 1, "aeeh_children": 0,
    } | changes  # fmt: skip
    return settle_structures(pl.DataFrame([invoice]), care_month=month, parameters=cmg_parameters()).row(0, named=True)


HOME = {"care_mode": "HOME_EMPLOYEE", "days": None}


@pytest.mark.parametrize(
    ("case", "month", "changes", "expected"),
    [
        ("A01 usual month, lowest bracket", JUNE_2019,
         {"annual_resources": 20_000, "maintenance_allowance_cents": 6000, "days": 18},
         {"gross": "769.13", "employee_share": "169.13", "employer_share": "323.03", "contributions": "492.16",
          "part_a": "492.16", "part_b": "468.82", "debit": "0", "payout": "468.82"}),
        ("A02 the bound belongs to the lower bracket", JUNE_2019,
         {"annual_resources": 20_755, "net_salary_cents": 100_000}, {"part_b": "468.82"}),
        ("A02 one euro above it", JUNE_2019, {"annual_resources": 20_756, "net_salary_cents": 100_000},
         {"part_b": "295.62"}),
        ("A05 last euro of the middle bracket", JUNE_2019, {"annual_resources": 46_123}, {"part_b": "295.62"}),
        ("A05 above the upper ceiling", JUNE_2019, {"annual_resources": 46_124}, {"part_b": "177.35"}),
        ("A06 a child of four: the reduced percentage", JUNE_2019, {"child_birth_dates": [date(2015, 1, 10)]},
         {"part_b": "147.83"}),
        ("A07 85 % of a small pay", date(2020, 6, 1),
         {"child_birth_dates": [date(2015, 3, 1)], "annual_resources": 28_000, "net_salary_cents": 16_000},
         {"part_b": "136.00"}),
        ("A08 a person alone: ceilings and uplift", JUNE_2019,
         {"isolated_parent": True, "annual_resources": 29_057, "net_salary_cents": 100_000}, {"part_b": "609.46"}),
        ("A08 one euro above the raised ceiling", JUNE_2019,
         {"isolated_parent": True, "annual_resources": 29_058, "net_salary_cents": 100_000}, {"part_b": "384.30"}),
        ("A10 AAH and 25 hours at specific times add up", JUNE_2019,
         {"aah": True, "specific_hours_hundredths": 2500, "net_salary_cents": 100_000}, {"part_b": "413.87"}),
        ("A10 a hundredth of an hour short", JUNE_2019,
         {"aah": True, "specific_hours_hundredths": 2499, "net_salary_cents": 100_000}, {"part_b": "384.30"}),
        ("A11 AEEH before November 2019", date(2019, 10, 1), {"aeeh_children": 1, "net_salary_cents": 100_000},
         {"part_b": "295.62"}),
        ("A11 AEEH from November 2019", date(2019, 11, 1), {"aeeh_children": 1, "net_salary_cents": 100_000},
         {"part_b": "384.30"}),
        ("A13 one cent above the daily cap", JUNE_2019, {"net_salary_cents": 70_434, "days": 18},
         {"gross": "902.88", "contributions": "577.75", "part_a": "0", "part_b": "0", "debit": "577.75"}),
        ("A13 at the daily cap", JUNE_2019, {"net_salary_cents": 70_420, "days": 18}, {"part_b": "295.62"}),
        ("A16 home employee", JUNE_2019, HOME | {"net_salary_cents": 120_000, "hours_hundredths": 12_000},
         {"gross": "1536.49", "contributions": "997.18", "deduction": "240.00", "part_a": "378.59",
          "offset": "295.62", "debit": "82.97", "payout": "0"}),
        ("A18 home employee at the cap of contributions", JUNE_2019,
         HOME | {"net_salary_cents": 160_000, "hours_hundredths": 15_200},
         {"contributions": "1329.58", "part_a": "452.00", "remainder": "573.58", "debit": "277.96"}),
        ("A20 full amount until 31 August", date(2020, 8, 1),
         {"child_birth_dates": [date(2017, 3, 15)], "net_salary_cents": 90_000}, {"part_b": "296.51"}),
        ("A20 reduced from September", date(2020, 9, 1),
         {"child_birth_dates": [date(2017, 3, 15)], "net_salary_cents": 90_000}, {"part_b": "148.28"}),
        ("A27 partial PreParE halves the amounts", JUNE_2019,
         {"prepare": "PARTIAL_LE_50", "net_salary_cents": 100_000}, {"part_b": "147.83"}),
        ("A28 June 2025, highest amount", date(2025, 6, 1),
         {"child_birth_dates": [date(2024, 1, 1)], "annual_resources": 20_000, "net_salary_cents": 100_000},
         {"part_b": "538.27"}),
        ("A28 June 2025, lowest reduced amount", date(2025, 6, 1),
         {"child_birth_dates": [date(2021, 1, 1)], "annual_resources": 99_000, "net_salary_cents": 100_000},
         {"part_b": "101.81"}),
        ("A29 three children, last euro of the lower bracket", date(2024, 5, 1),
         {"child_birth_dates": [date(2023, 1, 1)], "dependent_children": 3, "annual_resources": 29_283,
          "net_salary_cents": 100_000}, {"part_b": "529.28"}),
        ("A29 first euro above", date(2024, 5, 1),
         {"child_birth_dates": [date(2023, 1, 1)], "dependent_children": 3, "annual_resources": 29_284,
          "net_salary_cents": 100_000}, {"part_b": "333.75"}),
        ("A33 Pajemploi+: one movement", JUNE_2019,
         {"net_salary_cents": 80_000, "maintenance_allowance_cents": 7000, "all_in_one": True},
         {"contributions": "656.22", "total_debit": "574.38"}),
        ("B01 the fund's published example", SEPT_2025,
         {"annual_resources": 36_000, "child_birth_dates": [date(2024, 1, 1)], "net_salary_cents": 60_625,
          "hours_hundredths": 12_500}, {"part_b": "374.13", "crds": "1.88"}),
        ("B03 two children", SEPT_2025,
         {"annual_resources": 30_000, "dependent_children": 2, "child_birth_dates": [date(2024, 1, 1)],
          "net_salary_cents": 30_000, "hours_hundredths": 10_000}, {"part_b": "220.21"}),
        ("B05 income below the floor", SEPT_2025,
         {"annual_resources": 6_000, "child_birth_dates": [date(2024, 1, 1)], "net_salary_cents": 48_500,
          "hours_hundredths": 10_000}, {"part_b": "434.55"}),
        ("B07 last cent", SEPT_2025,
         {"annual_resources": 7_835 * 12, "child_birth_dates": [date(2024, 1, 1)], "net_salary_cents": 48_500,
          "hours_hundredths": 10_000}, {"part_b": "0.01"}),
        ("B07 nothing left", SEPT_2025,
         {"annual_resources": 7_836 * 12, "child_birth_dates": [date(2024, 1, 1)], "net_salary_cents": 48_500,
          "hours_hundredths": 10_000}, {"part_b": "0"}),
        ("B09 above the hourly cap", SEPT_2025,
         {"annual_resources": 36_000, "child_birth_dates": [date(2024, 1, 1)], "net_salary_cents": 82_000,
          "maintenance_allowance_cents": 8000, "hours_hundredths": 10_000},
         {"part_b": "493.69", "contributions": "685.51", "part_a": "609.34", "remainder": "76.17",
          "offset": "76.17", "debit": "0", "payout": "417.52"}),
        ("B11 home employee above the hourly cap", SEPT_2025,
         HOME | {"annual_resources": 48_000, "child_birth_dates": [date(2024, 1, 1)], "net_salary_cents": 128_000,
                 "hours_hundredths": 8000},
         {"part_b": "627.51", "contributions": "1092.01", "deduction": "160.00", "part_a": "466.01",
          "offset": "466.00", "debit": "0", "payout": "161.51"}),
        ("B15 person alone, child of nine", SEPT_2025,
         HOME | {"annual_resources": 21_600, "isolated_parent": True, "child_birth_dates": [date(2016, 3, 1)],
                 "net_salary_cents": 48_000, "hours_hundredths": 4000},
         {"gross": "614.60", "contributions": "409.51", "part_a": "164.76", "part_b": "376.95",
          "offset": "164.75", "payout": "212.20"}),
        ("B17 shared residence, first parent", date(2025, 12, 1),
         {"annual_resources": 26_400, "child_birth_dates": [date(2024, 1, 1)], "net_salary_cents": 29_100,
          "hours_hundredths": 6000}, {"part_b": "209.29"}),
        ("B17 shared residence, second parent", date(2025, 12, 1),
         {"annual_resources": 40_800, "dependent_children": 2, "child_birth_dates": [date(2024, 1, 1)],
          "net_salary_cents": 34_000, "hours_hundredths": 6800}, {"part_b": "217.01"}),
        ("Émilie, October 2026", date(2026, 10, 1),
         {"dependent_children": 2, "child_birth_dates": [date(2025, 2, 10)], "net_salary_cents": 56_000,
          "maintenance_allowance_cents": 6600, "hours_hundredths": 12_000},
         {"contributions": "468.15", "part_a": "468.15", "part_b": "461.53", "debit": "0", "payout": "461.53"}),
        ("C02 the corrected pay of A01", JUNE_2019,
         {"annual_resources": 20_000, "net_salary_cents": 50_000, "maintenance_allowance_cents": 6000},
         {"contributions": "410.13", "part_b": "468.82"}),
        ("C03 a lower correction", JUNE_2019,
         {"annual_resources": 20_000, "net_salary_cents": 40_000, "maintenance_allowance_cents": 4000},
         {"contributions": "328.11", "part_b": "374.00"}),
    ],
)  # fmt: skip
def test_worked_example(case: str, month: date, changes: dict[str, Any], expected: dict[str, str]) -> None:
    result = settle_one(month, **changes)

    assert {name: result[f"{name}_cents"] for name in expected} == {k: cents(v) for k, v in expected.items()}, case


@pytest.mark.parametrize(
    ("children", "aeeh", "mode", "rate"),
    [(3, 2, "CHILDMINDER", 206), (3, 2, "HOME_EMPLOYEE", 412), (1, 0, "CHILDMINDER", 619), (4, 0, "CHILDMINDER", 310),
     (7, 0, "CHILDMINDER", 310), (8, 0, "CHILDMINDER", 206), (8, 3, "CHILDMINDER", 206)],
)  # fmt: skip
def test_b13_effort_rate_moves_one_step_for_each_child_with_aeeh(
    children: int, aeeh: int, mode: str, rate: int
) -> None:
    result = settle_one(
        SEPT_2025, dependent_children=children, aeeh_children=aeeh, care_mode=mode, hours_hundredths=1000
    )

    assert result["effort_rate"] == rate


@pytest.mark.parametrize(("month", "refusal"), [(date(2025, 10, 1), None), (date(2025, 11, 1), "cmg.age_limit_passed")])
def test_b16_the_right_lasts_until_the_month_of_the_sixth_birthday(month: date, refusal: str | None) -> None:
    result = settle_one(month, child_birth_dates=[date(2019, 10, 15)], hours_hundredths=10_000)

    assert result["refusal"] == refusal


def test_a15_two_children_with_one_childminder_are_two_maxima() -> None:
    child = {"net_salary_cents": 50_000, "maintenance_allowance_cents": 6000, "dependent_children": 2}
    rows = settle_rows(JUNE_2019, facts(**child), facts(**child, declaration_no="D2", child_id="C2"))

    assert [row["part_b_cents"] for row in rows] == [29_562, 29_562]
    assert sum(row["payout_cents"] for row in rows) == 59_124


def test_a32_a_household_using_two_modes_pools_the_maxima_of_its_children() -> None:
    rows = settle_rows(
        JUNE_2019,
        facts(net_salary_cents=55_000),
        facts(**HOME, declaration_no="D2", child_id="C2", child_birth_dates=[date(2015, 1, 10)],
              net_salary_cents=60_000, hours_hundredths=6000),
    )  # fmt: skip

    assert sum(row["part_b_cents"] for row in rows) == 44_345
    assert rows[0]["part_b_cents"] == 44_345


def test_in_several_modes_each_child_of_a_home_employee_has_the_maximum_of_its_own_age() -> None:
    """The baby is also with a childminder, its brother of four at home only: 295.62 + 147.83, not twice 295.62."""
    rows = settle_rows(
        JUNE_2019,
        facts(net_salary_cents=55_000),
        facts(**HOME, declaration_no="D2", child_id="C1|C2", child_birth_dates=[BABY, date(2015, 1, 10)],
              net_salary_cents=60_000, hours_hundredths=6000),
    )  # fmt: skip

    assert [row["part_b_cents"] for row in rows] == [44_345, 0]


def test_in_several_modes_a_child_past_six_adds_nothing() -> None:
    rows = settle_rows(
        JUNE_2019,
        facts(net_salary_cents=55_000),
        facts(**HOME, declaration_no="D2", child_id="C1|C2", child_birth_dates=[BABY, date(2013, 5, 31)],
              net_salary_cents=60_000, hours_hundredths=6000),
    )  # fmt: skip

    assert [row["part_b_cents"] for row in rows] == [29_562, 0]


def test_a_mode_that_is_refused_shares_nothing() -> None:
    """Above the daily cap: no part (b) of its own, and the home employee keeps the household's maximum."""
    rows = settle_rows(
        JUNE_2019,
        facts(net_salary_cents=70_434, days=18),
        facts(**HOME, declaration_no="D2", child_id="C1", net_salary_cents=60_000, hours_hundredths=6000),
    )

    assert [row["part_b_cents"] for row in rows] == [0, 29_562]


def test_one_child_with_two_childminders_shares_one_maximum_in_the_order_of_numbers() -> None:
    rows = settle_rows(
        JUNE_2019,
        facts(declaration_no="D10", net_salary_cents=30_000),
        facts(declaration_no="D1", net_salary_cents=10_000),
    )

    assert [(row["declaration_no"], row["part_b_cents"]) for row in rows] == [("D10", 21_062), ("D1", 8_500)]


def test_terminal_indemnities_leave_the_cap_test_from_january_2026() -> None:
    changes = {"child_birth_dates": [date(2024, 1, 1)], "annual_resources": 36_000, "net_salary_cents": 90_000,
               "terminal_indemnities_cents": 20_000, "hours_hundredths": 10_000}  # fmt: skip

    before = settle_one(date(2025, 12, 1), **changes)
    after = settle_one(date(2026, 1, 1), **changes)

    assert (before["hourly_cap_exceeded"], after["hourly_cap_exceeded"]) == (True, False)
    assert after["counted_cost"] == 90_000 * 100


def test_the_supplement_keeps_within_ninety_per_cent_of_the_pay() -> None:
    result = settle_one(
        SEPT_2025, annual_resources=36_000, child_birth_dates=[date(2024, 1, 1)], net_salary_cents=40_000,
        hours_hundredths=12_500, transition_supplement_cents=20_000,
    )  # fmt: skip

    assert result["part_b_cents"] + result["supplement_cents"] == 36_000


@pytest.mark.parametrize(
    ("case", "changes", "expected", "refusal"),
    [
        ("A23 micro-crèche", {}, 73_899, None),
        ("A25 fifteen hours", {"hours_hundredths": 1500}, 0, "cmg.too_few_hours"),
        ("sixteen hours", {"hours_hundredths": 1600}, 73_899, None),
        ("A26 ten euros and a cent an hour", {"hourly_tariff_cents": 1001}, 0, "cmg.tariff_above_cap"),
        ("ten euros an hour", {"hourly_tariff_cents": 1000}, 73_899, None),
        ("a place already funded", {"fnas_funded": True}, 0, "cmg.fnas_funded"),
    ],
)
def test_structures(case: str, changes: dict[str, Any], expected: int, refusal: str | None) -> None:
    result = settle_invoice(JUNE_2019, **changes)

    assert (result["part_b_cents"], result["refusal"]) == (expected, refusal), case
