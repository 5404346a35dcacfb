"""The start of term at which a child opens the right: six before 1 February of the next year, both sides of the day."""

from datetime import date
from typing import Any

import pytest

from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.rules.first_term import first_school_year, first_terms_words
from portal.benefits.simulations.ars import simulate


@pytest.mark.parametrize(
    ("born", "year"),
    [("2023-01-31", 2028), ("2023-02-01", 2029), ("2023-12-31", 2029), ("2020-01-31", 2025), ("2021-01-31", 2026)],
)
def test_the_first_start_of_term(born: str, year: int) -> None:
    assert first_school_year(date.fromisoformat(born), benefit_parameters()) == year


def test_those_old_enough_are_not_named_and_a_year_once() -> None:
    def words(*born: str) -> str:
        return first_terms_words(map(date.fromisoformat, born), after=2026, parameters=benefit_parameters())

    assert words("2015-05-01", "2021-01-31") == ""
    assert words("2023-05-01", "2023-06-01", "2015-05-01") == "Le droit s’ouvrira à la rentrée 2029."
    assert words("2024-01-02", "2023-01-31", "2022-01-31") == "Le droit s’ouvrira aux rentrées 2027, 2028 et 2029."


def test_a_simulation_says_it_too() -> None:
    asked: dict[str, Any] = {
        "school_year": 2026, "territory": "METROPOLE", "dependent_children": 1, "annual_resources": "20000",
        "children": ["2023-05-01"],
    }  # fmt: skip
    answer, accepted = simulate(asked)
    (refusal,) = answer["refusals"]

    assert accepted

    assert refusal["code"] == "benefits.child_too_young"
    assert refusal["message"].endswith("à une rentrée suivante. Le droit s’ouvrira à la rentrée 2029.")
