"""What the explanation shows: a calculator finds the same cents, no step is left out, every figure has its words."""

import re
from datetime import date
from fractions import Fraction

import polars as pl
import pytest

from cmg.chapters import ADDED, CHAPTERS, Line, chapters_of
from cmg.explaining import settled_row
from cmg.formulas import FORMULAS
from cmg.rules.figures import DIRECT_A, DIRECT_B, cmg_parameters
from cmg.rules.month import steps_for
from cmg.words import FIGURES
from portal.frame.figures import FIGURE_STATUSES, UNITS
from portal.legislation.parameters import STATUSES

MONTHS = (date(2019, 10, 1), date(2024, 10, 1), date(2025, 9, 1), date(2026, 10, 1))
FACTS = {
    "declaration_id": 1, "declaration_no": "1", "child_id": "1", "pool_key": None, "care_mode": "CHILDMINDER",
    "child_birth_dates": [date(2024, 9, 3)], "has_right": True, "annual_resources": 30_000, "dependent_children": 2,
    "isolated_parent": False, "aah": False, "aeeh_children": 0, "prepare": "NONE", "territory": "METROPOLE",
    "hours_hundredths": 120_00, "specific_hours_hundredths": 0, "days": 20, "net_salary_cents": 560_00,
    "maintenance_allowance_cents": 66_00, "meal_allowance_cents": 0, "terminal_indemnities_cents": 0,
    "withholding_tax_cents": 0, "transition_supplement_cents": 0, "all_in_one": False,
}  # fmt: skip
CASES = {
    "usual month": {},
    "odd cents": {"net_salary_cents": 563_37, "maintenance_allowance_cents": 61_11, "annual_resources": 31_417},
    "hourly cap exceeded": {"net_salary_cents": 1_490_03, "hours_hundredths": 120_25},
    "indemnities out of the cap": {"net_salary_cents": 1_490_03, "terminal_indemnities_cents": 300_07},
    "home employee": {"care_mode": "HOME_EMPLOYEE", "net_salary_cents": 1_222_22},
    "home employee overseas": {"care_mode": "HOME_EMPLOYEE", "territory": "OVERSEAS", "net_salary_cents": 1_222_22},
    "home employee, child over three": {"care_mode": "HOME_EMPLOYEE", "child_birth_dates": [date(2021, 1, 5)]},
    "income above the ceiling": {"annual_resources": 180_000},
    "income under the floor": {"annual_resources": 1_000},
    "six children, AEEH": {"dependent_children": 6, "aeeh_children": 1},
    "person alone, AAH, specific hours": {"isolated_parent": True, "aah": True, "specific_hours_hundredths": 30_00},
    "supplement cut at 90 %": {"transition_supplement_cents": 250_00},
    "no right": {"has_right": False},
    "resources unknown": {"annual_resources": None},
    "Pajemploi+": {"all_in_one": True, "withholding_tax_cents": 12_34},
    "too many euros a day": {"days": 3},
}  # fmt: skip
SECOND = FACTS | {"declaration_id": 2, "declaration_no": "2", "pool_key": "family"}


def family(**changed: object) -> pl.DataFrame:
    facts = FACTS | changed
    kinds = {name: pl.Int64 for name, value in facts.items() if value is None and name != "pool_key"}
    return pl.DataFrame([facts], schema_overrides=kinds | {"pool_key": pl.String}, orient="row")


def lines_of(facts: pl.DataFrame, month: date, declaration_id: int = 1) -> list[Line]:
    chapters, _figures = chapters_of(settled_row(facts, declaration_id, month), month)
    return [line for chapter in chapters for line in chapter.lines]


def typed(text: str) -> Fraction:
    """What a calculator finds when the line is typed: figures, four operations, brackets, per cents."""
    plain = re.sub(r"\u00a0?(€|h|jours?)(?=\W|$)", "", text).replace("\u00a0%", "/100").replace(" %", "/100")
    plain = plain.replace("\u00a0", "").replace("×", "*").replace("÷", "/").replace("−", "-").replace(",", ".")
    assert re.fullmatch(r"[\d.+\-*/() ]+", plain), text
    # «  ÷ 2 % » binds as one number: a per cent is a figure, not a division.
    plain = re.sub(r"([\d.]+)/100", r"(\1/100)", plain)
    return Fraction(eval(re.sub(r"[\d.]+", r"Fraction('\g<0>')", plain), {"Fraction": Fraction}))  # noqa: S307


def rounded(value: Fraction, line: Line) -> Fraction:
    if line.name in (
        "capped_cost",
        "counted_cost",
        "effort_rate",
        "bmaf_percent",
        "uplift_rate",
        "reference_hourly_cost",
    ):
        return value
    unit = {"counted_income": 1, "family_share": 1_000_000}.get(line.name, 100)
    half = Fraction(0) if "au centime inférieur" in line.worked.words else Fraction(1, 2)
    return Fraction((value * unit + half).__floor__(), unit)


@pytest.mark.parametrize("month", MONTHS, ids=str)
@pytest.mark.parametrize("case", CASES)
def test_a_calculator_finds_the_same_cents_from_what_is_shown(case: str, month: date) -> None:
    checked = 0
    for line in lines_of(family(**CASES[case]), month):
        if not line.worked.arithmetic:
            continue
        found = rounded(typed(line.worked.arithmetic), line)
        if line.worked.at_least:
            found = max(found, typed(line.worked.at_least))
        if line.worked.at_most:
            found = min(found, typed(line.worked.at_most))
        assert found == typed(line.value), (line.label, line.worked.sentence, line.value)
        checked += 1
    assert checked > 8


def test_two_declarations_that_share_a_maximum_say_what_the_first_took() -> None:
    both = pl.concat([family(pool_key="family"), family(**SECOND)])
    first, second = (
        next(line for line in lines_of(both, date(2024, 10, 1), number) if line.name == "part_b_cents")
        for number in (1, 2)
    )

    assert "partagé" not in first.worked.sentence
    assert "partagé" in second.worked.sentence
    found = max(typed(second.worked.arithmetic), Fraction(0))
    assert min(found, typed(second.worked.at_most)) == typed(second.value)


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_every_step_of_the_engine_is_told_once_with_its_article(month: date) -> None:
    regime = "B" if month >= date(2025, 9, 1) else "A"
    told = [name for _title, names in CHAPTERS[regime] for name in names]

    assert len(told) == len(set(told))
    assert set(steps_for(month)) <= set(told)
    assert set(told) - set(steps_for(month)) <= set(ADDED)
    assert set(told) <= set(FORMULAS)
    assert all(line.article for line in lines_of(family(), month))


def test_the_figures_shown_are_those_that_the_steps_used_with_value_date_and_text() -> None:
    _chapters, figures = chapters_of(settled_row(family(), 1, date(2026, 10, 1)), date(2026, 10, 1))
    found = {one.key: one for one in figures}

    reference = found["regime_b.reference_hourly_cost.childminder"]
    assert (reference.value.replace("\u00a0", " "), reference.since) == ("4,91 € de l’heure", date(2026, 4, 1))
    assert (reference.texts, reference.status) == ("CSS D. 531-18, 4°", "déduit du texte")
    assert found["contributions.test_set"].value == "salarié 21,9 %, employeur 43,39 %"
    assert "regime_b.effort_rate.childminder.children_2" in found
    assert not [key for key in found if key.endswith((".home_employee", "children_3"))]


def test_every_figure_status_and_unit_has_its_french_words() -> None:
    keys = {key for table in (DIRECT_A, DIRECT_B) for key, _factor in table.values()} | {"contributions.test_set"}

    assert keys <= set(FIGURES)
    assert set(FIGURE_STATUSES) == STATUSES
    assert {cmg_parameters().figures[key].unit for key in keys} <= set(UNITS)
