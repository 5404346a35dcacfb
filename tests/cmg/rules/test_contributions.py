"""Rates of contributions: the totals by default, and the dated lines on both sides of every date they change."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from cmg.rules.figures import cmg_parameters, contribution_keys, contribution_rates, rate_of_lines
from portal.legislation.parameters import DatedValue, NoParameterInForce, Parameters
from tests.cmg.rules.test_worked_examples import HOME, cents, settle_one

LINES, NOW = "policy.contribution_rates", date(2018, 1, 1)


def loaded(**changes: Any) -> Parameters:
    """The figures with some replaced from 2018 on: `policy__contribution_rates="LINES"`."""
    figures = dict(cmg_parameters().figures)
    for name, value in changes.items():
        key = name.replace("__", ".")
        figures[key] = replace(figures[key], values=(DatedValue(NOW, value, "policy", "test"),))
    return Parameters(figures)


def without(*keys: str) -> Parameters:
    return Parameters({key: figure for key, figure in cmg_parameters().figures.items() if key not in keys})


WITH_LINES = loaded(policy__contribution_rates="LINES")


@pytest.mark.parametrize(
    ("month", "childminder", "home_employee"),
    [
        (date(2019, 6, 1), ("21.99", "42.00"), ("21.90", "43.00")),
        (date(2024, 1, 1), ("21.99", "42.00"), ("21.90", "43.00")),
        (date(2025, 8, 1), ("21.99", "42.00"), ("21.90", "43.00")),
        (date(2025, 9, 1), ("21.90", "43.39"), ("21.90", "44.73")),
        (date(2026, 10, 1), ("21.90", "43.39"), ("21.90", "44.73")),
    ],
)
def test_totals_are_the_default_and_are_carried_forward(
    month: date, childminder: tuple[str, str], home_employee: tuple[str, str]
) -> None:
    rates = contribution_rates(month, cmg_parameters())

    assert rates == {
        f"{share}_rate_{mode}": Fraction(total) * 10_000
        for mode, totals in (("childminder", childminder), ("home_employee", home_employee))
        for share, total in zip(("employee", "employer"), totals, strict=True)
    }


def test_no_total_is_guessed_before_the_first() -> None:
    with pytest.raises(NoParameterInForce):
        contribution_rates(date(2019, 5, 1), cmg_parameters())


@pytest.mark.parametrize(
    ("case", "share", "mode", "months"),
    [
        ("provident 1.15, 1.12, 1.04; then the total observed on payslips", "employee", "childminder",
         {"2019-06": "21.99", "2021-12": "21.99", "2022-01": "21.96", "2022-06": "21.96", "2022-07": "21.88",
          "2022-12": "21.88", "2023-01": "21.90", "2025-12": "21.90", "2026-01": "21.90"}),
        ("the home employee's provident share is not known before July 2022", "employee", "home_employee",
         {"2019-06": None, "2022-06": None, "2022-07": "21.88", "2025-04": "21.88", "2025-05": "21.90",
          "2026-01": "21.90"}),
        ("work accidents are not known before 2024; 0.84 and unemployment 4.00 in May 2025; old age in 2026",
         "employer", "childminder",
         {"2019-06": None, "2023-12": None, "2024-01": "43.39", "2025-04": "43.39", "2025-05": "43.39",
          "2025-12": "43.39", "2026-01": "43.48", "2026-10": "43.48"}),
        ("paritarism in 2022, provident and retirement in July 2022, old age and training in 2024, accidents in 2025",
         "employer", "home_employee",
         {"2019-06": "43.20", "2021-12": "43.20", "2022-01": "43.23", "2022-06": "43.23", "2022-07": "43.88",
          "2023-12": "43.88", "2024-01": "44.70", "2025-04": "44.70", "2025-05": "44.73", "2025-12": "44.73",
          "2026-01": "44.82", "2026-10": "44.82"}),
    ],
)  # fmt: skip
def test_dated_lines_on_both_sides_of_every_change(
    case: str, share: str, mode: str, months: dict[str, str | None]
) -> None:
    def rate(month: str) -> Fraction | None:
        try:
            return rate_of_lines(share, mode, date.fromisoformat(f"{month}-01"), cmg_parameters())
        except NoParameterInForce:
            return None

    assert {month: rate(month) for month in months} == {
        month: total and Fraction(total) for month, total in months.items()
    }, case


@pytest.mark.parametrize(
    ("month", "total"), [(date(2019, 6, 1), "21.99"), (date(2022, 1, 1), "21.96"), (date(2022, 7, 1), "21.88")]
)
def test_the_lines_of_a_childminder_add_up_to_the_total_observed(month: date, total: str) -> None:
    lines_alone = without("contributions.employee.total.childminder")

    assert rate_of_lines("employee", "childminder", month, lines_alone) == Fraction(total)


def test_from_2023_the_total_observed_and_not_the_sum_of_lines_is_applied() -> None:
    lines_alone = without("contributions.employee.total.childminder")

    assert rate_of_lines("employee", "childminder", date(2023, 1, 1), lines_alone) == Fraction("21.88")
    assert rate_of_lines("employee", "childminder", date(2023, 1, 1), cmg_parameters()) == Fraction("21.90")


def test_without_work_accidents_the_lines_of_2019_are_41_10() -> None:
    found = loaded(contributions__employer__work_accident__childminder=Fraction(0))

    assert rate_of_lines("employer", "childminder", date(2019, 6, 1), found) == Fraction("41.10")


def test_may_2025_lines_are_the_totals_of_september_2025_until_old_age_rises() -> None:
    for number in (9, 10, 11, 12):
        month = date(2025, number, 1)
        assert contribution_rates(month, WITH_LINES) == contribution_rates(month, cmg_parameters())
    january = date(2026, 1, 1)
    assert contribution_rates(january, WITH_LINES) == {
        "employee_rate_childminder": 219_000, "employee_rate_home_employee": 219_000,
        "employer_rate_childminder": 434_800, "employer_rate_home_employee": 448_200,
    }  # fmt: skip


def test_a_set_of_lines_that_is_not_full_settles_nothing() -> None:
    with pytest.raises(NoParameterInForce) as missing:
        settle_one(date(2022, 6, 1), parameters=WITH_LINES)

    assert missing.value.key == "contributions.employee.provident.home_employee"


@pytest.mark.parametrize(
    ("case", "changes", "employee", "employer"),
    [
        ("childminder, gross 717.03", {"net_salary_cents": 56_000}, "157.03", "311.76"),
        ("home employee, gross 1 536.49", HOME | {"net_salary_cents": 120_000, "hours_hundredths": 12_000}, "336.49",
         "688.65"),
    ],
)  # fmt: skip
def test_a_month_settled_with_dated_lines(case: str, changes: dict[str, Any], employee: str, employer: str) -> None:
    """January 2026: 43.48 and 44.82 per cent of gross instead of 43.39 and 44.73."""
    result = settle_one(date(2026, 1, 1), parameters=WITH_LINES, **changes)

    assert (result["employee_share_cents"], result["employer_share_cents"]) == (cents(employee), cents(employer)), case


def test_an_explanation_names_the_rates_that_were_read() -> None:
    month = date(2026, 1, 1)

    assert contribution_keys(month, cmg_parameters()) == {"contributions.test_set"}
    named = contribution_keys(month, WITH_LINES)
    assert {"policy.contribution_rates", "contributions.employer.sickness"} <= named
    assert "contributions.test_set" not in named
