"""The published tables, line by line: amounts, ceilings, caps and rates, on both sides of each date they change."""

from bisect import bisect_right
from datetime import date
from typing import Any

import pytest

from tests.cmg.rules.test_contributions import loaded
from tests.cmg.rules.test_worked_examples import HOME, cents, settle_invoice, settle_one

POOR, MIDDLE, RICH = 15_000, 40_000, 90_000
DEAR = {"net_salary_cents": 200_000, "care_mode": "HOME_EMPLOYEE", "days": None, "hours_hundredths": 10_000}


def months_before(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


def young(month: date) -> list[date]:
    return [months_before(month, 12)]


def four(month: date) -> list[date]:
    return [months_before(month, 48)]


@pytest.mark.parametrize(
    ("since", "until", "net"),
    [
        ("2019-06", "2020-03", "468.82 295.62 177.35 234.41 147.83 88.68"),
        ("2020-04", "2021-03", "470.22 296.51 177.88 235.11 148.28 88.95"),
        ("2021-04", "2022-03", "470.69 296.80 178.06 235.34 148.43 89.03"),
        ("2022-04", "2022-06", "479.17 302.15 181.26 239.58 151.10 90.64"),
        ("2022-07", "2023-03", "498.33 314.24 188.52 249.16 157.15 94.26"),
        ("2023-04", "2024-03", "506.00 319.07 191.41 253.00 159.56 95.71"),
        ("2024-04", "2025-03", "529.28 333.75 200.22 264.64 166.90 100.11"),
        ("2025-04", "2025-08", "538.27 339.42 203.62 269.14 169.73 101.81"),
    ],
)
def test_net_maxima_of_direct_employment(since: str, until: str, net: str) -> None:
    """Lowest, middle and highest bracket; then the same, reduced."""
    for text in (since, until):
        month = date.fromisoformat(f"{text}-01")
        found = [
            settle_one(month, **DEAR, child_birth_dates=born(month), annual_resources=resources)["part_b_cents"]
            for born in (young, four)
            for resources in (POOR, MIDDLE, RICH)
        ]
        assert found == [cents(amount) for amount in net.split()], text


@pytest.mark.parametrize(
    ("month", "mode", "net"),
    [
        ("2019-06", "STRUCTURE_CHILDMINDER", "709.43 591.20 472.97"),
        ("2019-06", "STRUCTURE_HOME", "857.26 738.99 620.76"),
        ("2019-06", "MICRO_CRECHE", "857.26 738.99 620.76"),
        ("2025-04", "STRUCTURE_CHILDMINDER", "814.53 678.78 543.04"),
        ("2025-09", "STRUCTURE_CHILDMINDER", "814.53 678.78 543.04"),
        ("2026-03", "MICRO_CRECHE", "984.26 848.47 712.72"),
        ("2026-04", "STRUCTURE_CHILDMINDER", "821.04 684.21 547.37"),
        ("2026-04", "STRUCTURE_HOME", "992.13 855.25 718.41"),
    ],
)
def test_net_maxima_of_structures(month: str, mode: str, net: str) -> None:
    care_month = date.fromisoformat(f"{month}-01")
    facts = {"care_mode": mode, "child_birth_dates": young(care_month), "invoice_amount_cents": 200_000}
    found = [
        settle_invoice(care_month, **facts, annual_resources=resources)["part_b_cents"]
        for resources in (POOR, MIDDLE, RICH)
    ]

    assert found == [cents(amount) for amount in net.split()]


@pytest.mark.parametrize(
    ("case", "changes", "gross"),
    [
        ("lowest bracket", {"annual_resources": POOR}, "471.17"),
        ("middle bracket", {"annual_resources": MIDDLE}, "297.10"),
        ("highest bracket", {"annual_resources": RICH}, "178.24"),
        ("A06 reduced, middle", {"child_birth_dates": [date(2015, 1, 10)]}, "148.57"),
        ("A08 a person alone", {"annual_resources": POOR, "isolated_parent": True}, "612.52"),
        ("A10 AAH and specific hours", {"aah": True, "specific_hours_hundredths": 2_500}, "415.94"),
        ("specific hours alone", {"specific_hours_hundredths": 2_500}, "326.81"),
        ("AAH, a person alone and specific hours",
         {"annual_resources": POOR, "aah": True, "isolated_parent": True, "specific_hours_hundredths": 2_500},
         "800.99"),
    ],
)  # fmt: skip
def test_gross_maxima_of_june_2019_before_the_crds(case: str, changes: dict[str, Any], gross: str) -> None:
    assert settle_one(date(2019, 6, 1), **changes)["uplifted_maximum_cents"] == cents(gross), case


@pytest.mark.parametrize(
    ("year", "lower", "upper"),
    [
        (2019, (20_755, 23_701, 26_647), (46_123, 52_670, 59_217)),
        (2020, (21_087, 24_080, 27_073), (46_861, 53_513, 60_165)),
        (2021, (21_277, 24_297, 27_317), (47_283, 53_995, 60_707)),
        (2022, (21_320, 24_346, 27_372), (47_377, 54_102, 60_827)),
        (2023, (21_661, 24_735, 27_809), (48_135, 54_968, 61_801)),
        (2024, (22_809, 26_046, 29_283), (50_686, 57_881, 65_076)),
        (2025, (23_903, 27_295, 30_687), (53_119, 60_659, 68_199)),
        (2026, (24_333, 27_786, 31_239), (54_075, 61_751, 69_427)),
    ],
)
def test_ceilings_belong_to_the_more_generous_bracket(
    year: int, lower: tuple[int, ...], upper: tuple[int, ...]
) -> None:
    """A29 and every other year, for one, two and three children; in January and in December."""
    months = (date(year, 6 if year == 2019 else 1, 1), date(year, 12, 1))
    for month in months:
        for children in (1, 2, 3):
            resources = [ceiling[children - 1] + euro for ceiling in (lower, upper) for euro in (-1, 0, 1)]
            found = [
                settle_invoice(month, dependent_children=children, annual_resources=amount)["bracket_index"]
                for amount in resources
            ]
            assert found == [0, 0, 1, 1, 1, 2], (month, children)


def test_a29_the_last_euro_of_the_middle_bracket_in_may_2024() -> None:
    family = {"child_birth_dates": [date(2023, 1, 1)], "dependent_children": 3, "net_salary_cents": 100_000}

    found = [settle_one(date(2024, 5, 1), **family, annual_resources=n)["part_b_cents"] for n in (65_076, 65_077)]
    assert found == [33_375, 20_022]


@pytest.mark.parametrize(
    ("isolated_ceiling", "bracket"), [(29_056, 0), (29_057, 0), (29_058, 1), (64_572, 1), (64_573, 2)]
)
def test_a_person_alone_has_both_ceilings_times_one_point_four(isolated_ceiling: int, bracket: int) -> None:
    """20 755 × 1.4 = 29 057 and 46 123 × 1.4 = 64 572.20: the product is exact."""
    found = settle_one(date(2019, 6, 1), isolated_parent=True, annual_resources=isolated_ceiling)

    assert found["bracket_index"] == bracket


@pytest.mark.parametrize(
    ("since", "until", "full", "reduced"),
    [
        ("2019-06", "2019-12", 452, 226),
        ("2020-01", "2020-12", 459, 230),
        ("2021-01", "2021-12", 463, 232),
        ("2022-01", "2022-12", 464, 232),
        ("2023-01", "2023-12", 471, 236),
        ("2024-01", "2024-12", 496, 248),
        ("2025-01", "2026-03", 520, 260),
        ("2026-04", "2026-12", 524, 262),
    ],
)
def test_cap_of_a_home_employees_contributions(since: str, until: str, full: int, reduced: int) -> None:
    for text in (since, until):
        month = date.fromisoformat(f"{text}-01")
        found = [settle_one(month, **DEAR, child_birth_dates=born(month))["part_a_cents"] for born in (young, four)]
        assert found == [full * 100, reduced * 100], text


def test_the_cap_of_contributions_below_at_and_above() -> None:
    """June 2019, 120 hours: half of what the deduction leaves is 451.99, 452.00 then cut at 452.00."""
    found = [
        settle_one(date(2019, 6, 1), **HOME, net_salary_cents=net, hours_hundredths=12_000)["part_a_cents"]
        for net in (137_665, 137_666, 137_700)
    ]

    assert found == [45_199, 45_200, 45_200]


@pytest.mark.parametrize(
    ("since", "until", "cap"),
    [
        ("2019-06", "2019-12", "50.15"), ("2020-01", "2020-12", "50.75"), ("2021-01", "2021-09", "51.25"),
        ("2021-10", "2021-12", "52.40"), ("2022-01", "2022-04", "52.85"), ("2022-05", "2022-07", "54.25"),
        ("2022-08", "2022-12", "55.35"), ("2023-01", "2023-04", "56.35"), ("2023-05", "2023-12", "57.60"),
        ("2024-01", "2024-10", "58.25"), ("2024-11", "2025-08", "59.40"),
    ],
)  # fmt: skip
def test_daily_cap_of_a_childminder(since: str, until: str, cap: str) -> None:
    """One day paid: at the cap both parts are due, one cent above neither, and all the contributions are debited."""
    for text in (since, until):
        month = date.fromisoformat(f"{text}-01")
        one_day = {"child_birth_dates": young(month), "days": 1}
        limit = settle_one(month, **one_day)["daily_cap_cents"]
        assert limit == cents(cap), text
        net = bisect_right(
            range(limit), limit, key=lambda n: settle_one(month, **one_day, net_salary_cents=n)["gross_cents"]
        )
        at, above = (settle_one(month, **one_day, net_salary_cents=n) for n in (net - 1, net))
        assert (at["refusal"], above["refusal"]) == (None, "cmg.daily_cap_exceeded"), text
        assert at["part_b_cents"] > 0, text
        assert (above["part_a_cents"], above["part_b_cents"]) == (0, 0), text
        assert above["debit_cents"] == above["contributions_cents"], text


@pytest.mark.parametrize(
    ("month", "mode", "reference", "cap", "floor"),
    [
        ("2025-09", "CHILDMINDER", "4.85", "8.00", 815), ("2026-03", "CHILDMINDER", "4.85", "8.00", 815),
        ("2026-04", "CHILDMINDER", "4.91", "8.09", 821), ("2025-09", "HOME_EMPLOYEE", "10.38", "15.00", 815),
        ("2026-03", "HOME_EMPLOYEE", "10.38", "15.00", 815), ("2026-04", "HOME_EMPLOYEE", "10.50", "15.18", 821),
    ],
)  # fmt: skip
def test_figures_of_regime_b(month: str, mode: str, reference: str, cap: str, floor: int) -> None:
    care_month = date.fromisoformat(f"{month}-01")
    found = settle_one(care_month, care_mode=mode, child_birth_dates=young(care_month), annual_resources=0,
                       hours_hundredths=10_000)  # fmt: skip

    assert found["reference_hourly_cost"] == cents(reference) * 10_000
    assert found["hourly_cap_cents"] == cents(cap)
    assert found["counted_income"] == floor


@pytest.mark.parametrize(
    ("case", "resources", "income"),
    [
        ("below the floor", 814 * 12, 815),
        ("at the floor", 815 * 12, 815),
        ("above the floor", 816 * 12, 816),
        ("814.50 is rounded up to the floor", 9_774, 815),
        ("3 000.42 is rounded down", 36_005, 3_000),
        ("3 000.50 is rounded up", 36_006, 3_001),
        ("below the ceiling", 8_499 * 12, 8_499),
        ("at the ceiling", 8_500 * 12, 8_500),
        ("above the ceiling", 8_501 * 12, 8_500),
    ],
)
def test_monthly_income_is_rounded_to_the_euro_between_floor_and_ceiling(
    case: str, resources: int, income: int
) -> None:
    found = settle_one(date(2025, 9, 1), annual_resources=resources, hours_hundredths=10_000)

    assert found["counted_income"] == income, case


@pytest.mark.parametrize(
    ("children", "childminder", "home"),
    [(1, 619, 1238), (2, 516, 1032), (3, 413, 826), (4, 310, 620), (7, 310, 620), (8, 206, 412), (12, 206, 412)],
)
def test_effort_rates_of_every_family_size(children: int, childminder: int, home: int) -> None:
    found = [
        settle_one(date(2025, 9, 1), dependent_children=children, care_mode=mode, hours_hundredths=1_000)["effort_rate"]
        for mode in ("CHILDMINDER", "HOME_EMPLOYEE")
    ]

    assert found == [childminder, home]


@pytest.mark.parametrize(
    ("case", "mode", "per_hour", "exceeded"),
    [
        ("childminder below 8 €", "CHILDMINDER", 799, False), ("childminder at 8 €", "CHILDMINDER", 800, False),
        ("childminder above 8 €", "CHILDMINDER", 801, True), ("at home below 15 €", "HOME_EMPLOYEE", 1499, False),
        ("at home at 15 €", "HOME_EMPLOYEE", 1500, False), ("at home above 15 €", "HOME_EMPLOYEE", 1501, True),
    ],
)  # fmt: skip
def test_hourly_cap_clips_the_cost_and_keeps_the_right(case: str, mode: str, per_hour: int, exceeded: bool) -> None:
    cap = 800 if mode == "CHILDMINDER" else 1500
    found = settle_one(date(2025, 9, 1), care_mode=mode, child_birth_dates=[date(2024, 1, 1)], hours_hundredths=10_000,
                       net_salary_cents=per_hour * 100)  # fmt: skip

    assert (found["refusal"], found["hourly_cap_exceeded"]) == (None, exceeded), case
    assert found["counted_cost"] == min(per_hour, cap) * 100 * 100, case
    if mode == "CHILDMINDER":
        whole = found["contributions_cents"]
        assert found["part_a_cents"] == (whole if not exceeded else (whole * 800 * 2 + 801) // (801 * 2)), case


@pytest.mark.parametrize(("territory", "deduction"), [("METROPOLE", 24_000), ("OVERSEAS", 44_400)])
def test_hourly_deduction_of_a_home_employee(territory: str, deduction: int) -> None:
    found = settle_one(date(2019, 6, 1), **HOME, territory=territory, net_salary_cents=120_000, hours_hundredths=12_000)

    assert found["deduction_cents"] == deduction
    assert settle_one(date(2019, 6, 1), territory=territory, hours_hundredths=12_000)["deduction_cents"] == 0


@pytest.mark.parametrize(("month", "tax", "debit"), [("2019-12", 0, 57_775), ("2020-01", 1_234, 57_775 + 1_234)])
def test_the_employees_tax_enters_the_debit_in_january_2020(month: str, tax: int, debit: int) -> None:
    """Before, it is neither debited nor kept: what is kept is booked as due to the tax office."""
    one_day = {"net_salary_cents": 70_434, "days": 1, "withholding_tax_cents": 1_234}
    result = settle_one(date.fromisoformat(f"{month}-01"), **one_day)

    assert (result["withholding_tax_cents"], result["debit_cents"]) == (tax, debit)


@pytest.mark.parametrize(("how", "gross"), [("additive", 41_594), ("multiplicative", 42_485)])
def test_how_uplifts_combine_is_a_dated_figure(how: str, gross: int) -> None:
    """A10: 297.10 × 1.40, or 297.10 × 1.30 × 1.10 (424.85, 422.73 once the CRDS is taken)."""
    combined = loaded(regime_a__uplift__combination=how)
    result = settle_one(date(2019, 6, 1), aah=True, specific_hours_hundredths=2500, parameters=combined)

    assert result["uplifted_maximum_cents"] == gross
