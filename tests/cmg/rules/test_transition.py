"""The transition supplement of the 2025 reform: worked examples B22, B24, B25, and each condition on both sides."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from cmg.rules.eligibility import month_number
from cmg.rules.figures import cmg_parameters
from cmg.rules.refusals import REFUSALS
from cmg.rules.transition import STEPS, decide_transition
from tests.cmg.rules.test_worked_examples import HOME, SEPT_2025, cents, facts, settle_one

MARCH, APRIL, MAY = date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)
JULES, MARTIN = date(2024, 1, 10), date(2021, 1, 10)


def declared(month: date, due: str, **changes: Any) -> dict[str, Any]:
    """One declaration of spring 2025: 100 hours for 485 €, the family of B22."""
    usual = {"child_birth_dates": [JULES], "annual_resources": 40_800, "hours_hundredths": 10_000,
             "net_salary_cents": 48_500}  # fmt: skip
    return facts(**usual | {"care_month": month, "due_part_b_cents": cents(due)} | changes)


def spring(due: str = "339.42", **changes: Any) -> list[dict[str, Any]]:
    return [declared(month, due, **changes) for month in (MARCH, APRIL, MAY)]


def decide(*rows: dict[str, Any]) -> dict[str, Any]:
    overrides = {"child_birth_dates": pl.List(pl.Date), "days": pl.Int64, "hours_hundredths": pl.Int64,
                 "annual_resources": pl.Int64}  # fmt: skip
    frame = pl.DataFrame(list(rows), schema_overrides=overrides)
    return decide_transition(frame, parameters=cmg_parameters()).row(0, named=True)


def granted(*rows: dict[str, Any]) -> tuple[str | None, int]:
    found = decide(*rows)
    return found["transition_refusal"], found["transition_supplement_cents"]


def test_b22_the_household_keeps_the_difference_of_the_averages() -> None:
    found = decide(*spring())

    assert (found["old_average_cents"], found["new_average_cents"]) == (33_942, 27_454)
    assert (found["transition_refusal"], found["transition_supplement_cents"]) == (None, 6_488)


def test_b24_averages_are_thirds_over_every_declaration_of_the_household() -> None:
    family = {"annual_resources": 30_000, "dependent_children": 2}
    with_childminder = family | {"net_salary_cents": 30_000, "child_birth_dates": [JULES], "child_id": "JULES"}
    at_home = family | HOME | {"net_salary_cents": 4_800, "hours_hundredths": 1_200, "child_id": "JULES|MARTIN",
                               "child_birth_dates": [JULES, MARTIN]}  # fmt: skip
    found = decide(
        declared(MARCH, "250", **with_childminder),
        declared(APRIL, "140", **with_childminder | {"hours_hundredths": 20_000}),
        declared(APRIL, "200", **at_home),
        declared(MAY, "70", **at_home),
    )

    assert (found["old_average_cents"], found["new_average_cents"]) == (22_000, 17_085)
    assert (found["transition_refusal"], found["transition_supplement_cents"]) == (None, 4_915)


@pytest.mark.parametrize(
    ("case", "children", "isolated", "ceiling"),
    [
        ("B25 a couple with two children", 2, False, 60_659),
        ("a couple with one child", 1, False, 53_119),
        ("a couple with four children", 4, False, 75_739),
        ("a person alone with one child, 74 366.60", 1, True, 74_366),
        ("a person alone with four children, 106 034.60", 4, True, 106_034),
    ],
)
def test_resources_are_compared_with_the_upper_ceiling_of_2025(
    case: str, children: int, isolated: bool, ceiling: int
) -> None:
    family = {"dependent_children": children, "isolated_parent": isolated}

    refused = [granted(*spring("500", **family, annual_resources=ceiling + euro))[0] for euro in (-1, 0, 1)]
    assert refused == [None, None, "cmg.transition_above_ceiling"], case


BORN_2021, BORN_2024 = {"child_birth_dates": [MARTIN]}, {"child_birth_dates": [JULES]}


@pytest.mark.parametrize(
    ("case", "children", "minimum"),
    [
        ("childminder, one child under three", [BORN_2024], 100),
        ("childminder, one child over three", [BORN_2021], 50),
        ("childminder, several children, all under three", [BORN_2024, BORN_2024], 150),
        ("childminder, several children, one over three", [BORN_2024, BORN_2021], 100),
        ("home employee, a child under three", [BORN_2024 | HOME], 50),
        ("home employee, a child over three", [BORN_2021 | HOME], 50),
    ],
)
def test_hours_reach_their_minimum_on_average(case: str, children: list[dict[str, Any]], minimum: int) -> None:
    def refusal(hundredths: int) -> str | None:
        rows = [
            declared(month, "900", **child, child_id=f"C{number}", declaration_no=f"D{number}", hours_hundredths=hours)
            for month in (MARCH, APRIL)
            for number, child in enumerate(children)
            for hours in [hundredths if (month, number) == (MARCH, 0) else 100]
        ]
        return granted(*rows)[0]

    # Every declaration but the first has one hour; the third month has none and counts all the same.
    exact = minimum * 300 - 100 * (2 * len(children) - 1)
    found = [refusal(exact + more) for more in (-1, 0, 1)]
    assert found == ["cmg.transition_too_few_hours", None, None], case


def test_hours_and_ages_of_one_mode_are_not_those_of_the_other() -> None:
    younger = [declared(month, "400", hours_hundredths=9_900) for month in (MARCH, APRIL, MAY)]
    at_home = BORN_2021 | HOME | {"hours_hundredths": 4_900, "net_salary_cents": 4_900}
    older = [declared(month, "100", **at_home) for month in (MARCH, APRIL, MAY)]

    assert granted(*younger, *older)[0] == "cmg.transition_too_few_hours"


@pytest.mark.parametrize(
    ("case", "rows", "refusal"),
    [
        ("one month declared", [declared(MAY, "900", hours_hundredths=30_000)], "cmg.transition_too_few_months"),
        ("two declarations of one month are one month",
         [declared(MAY, "900", hours_hundredths=30_000)] * 2, "cmg.transition_too_few_months"),
        ("two months declared", [declared(MAY, "900", hours_hundredths=30_000), declared(MARCH, "900")], None),
        ("nothing was due", spring("0"), "cmg.transition_no_cmg"),
        ("the new amount is the old one", spring("274.54"), "cmg.transition_not_worse_off"),
        ("the reform takes one cent", spring("274.55"), None),
        ("the reform gives more", spring("100"), "cmg.transition_not_worse_off"),
        ("resources unknown", spring(annual_resources=None), "cmg.missing_resources"),
        ("hours unknown, never counted as a loss", spring(hours_hundredths=None), "cmg.missing_hours"),
    ],
)  # fmt: skip
def test_every_condition_is_needed(case: str, rows: list[dict[str, Any]], refusal: str | None) -> None:
    assert granted(*rows)[0] == refusal, case


@pytest.mark.parametrize(
    ("case", "born", "refusal", "ends"),
    [
        ("six on 1 September 2025", date(2019, 9, 1), "cmg.transition_no_child", None),
        ("six on 2 September 2025", date(2019, 9, 2), None, date(2025, 10, 1)),
        ("six in December", date(2021, 12, 31), None, date(2028, 1, 1)),
        ("born on the first day of 2022", date(2022, 1, 1), "cmg.transition_no_child", None),
        ("born on the last day of 2022", date(2022, 12, 31), "cmg.transition_no_child", None),
        ("born on the first day of 2023", date(2023, 1, 1), None, date(2026, 9, 1)),
        ("born on 31 December 2024", date(2024, 12, 31), None, date(2027, 9, 1)),
        ("born just before the spring of 2025", date(2025, 2, 28), None, date(2028, 9, 1)),
    ],
)
def test_a_child_opens_the_supplement_until_its_end(
    case: str, born: date, refusal: str | None, ends: date | None
) -> None:
    found = decide(*spring("400", child_birth_dates=[born]))

    assert found["transition_refusal"] == refusal, case
    assert found["end_month_index"] == (ends and month_number(ends)), case


def test_the_supplement_lasts_as_long_as_the_last_of_its_children() -> None:
    rows = spring("400", child_birth_dates=[MARTIN, JULES, date(2022, 5, 1)], **HOME)

    assert decide(*rows)["end_month_index"] == month_number(date(2027, 9, 1))
    # 2021: the month after the sixth birthday of January 2027; 2024: September 2027.
    assert decide(*spring("400", child_birth_dates=[MARTIN], **HOME))["end_month_index"] == month_number(
        date(2027, 2, 1)
    )


def test_each_household_has_its_own_row() -> None:
    rows = [*spring(), *spring("100", pool_key="E2", employer_no="E2")]
    found = decide_transition(
        pl.DataFrame(rows, schema_overrides={"child_birth_dates": pl.List(pl.Date), "days": pl.Int64}),
        parameters=cmg_parameters(),
    )

    assert found.select("pool_key", "transition_supplement_cents").rows() == [("E1", 6_488), ("E2", 0)]


@pytest.mark.parametrize(
    ("case", "changes", "part_b", "supplement"),
    [
        ("one cent less than the limit leaves room for", {"net_salary_cents": 19_427}, "109.97", "64.87"),
        ("the limit just reached", {"net_salary_cents": 19_428}, "109.97", "64.88"),
        ("the usual pay of B22", {"net_salary_cents": 48_500}, "274.54", "64.88"),
        ("part (b) alone already above 90 %", {"annual_resources": 6_000, "dependent_children": 2,
                                               "net_salary_cents": 48_500}, "442.95", "0"),
        ("no right, no supplement", {"has_right": False, "net_salary_cents": 48_500}, "0", "0"),
    ],
)  # fmt: skip
def test_b22_is_paid_within_ninety_per_cent_of_the_net_pay(
    case: str, changes: dict[str, Any], part_b: str, supplement: str
) -> None:
    usual = {"child_birth_dates": [JULES], "annual_resources": 40_800, "hours_hundredths": 10_000}
    result = settle_one(SEPT_2025, **usual | {"transition_supplement_cents": 6_488} | changes)

    assert (result["part_b_cents"], result["supplement_cents"]) == (cents(part_b), cents(supplement)), case
    assert result["payout_cents"] == cents(part_b) + cents(supplement) - result["offset_cents"], case


def test_every_step_and_refusal_of_the_supplement_has_its_words() -> None:
    assert all(one.article and one.label for one in STEPS.values())
    codes = {name for name in REFUSALS if name.startswith("cmg.transition_")}
    assert len(codes) == 6
