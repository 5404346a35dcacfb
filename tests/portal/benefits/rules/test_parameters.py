"""The figures and refusals of these benefits: ends where nothing is known, sentences, codes that rows can hold."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest

from portal.benefits.models import Award
from portal.benefits.rules.ars_family import ceiling_increase
from portal.benefits.rules.ars_figures import resource_year, situation_day
from portal.benefits.rules.figures import MILLION, benefit_parameters
from portal.benefits.rules.refusals import REFUSALS
from portal.legislation.parameters import NoParameterInForce

RULES = Path(__file__).resolve().parents[4] / "portal" / "benefits" / "rules"


@pytest.mark.parametrize(
    ("key", "last", "value"),
    [
        ("ars.ceiling_base", "2026-12-31", 22_274), ("mayotte.ars_ceiling_base", "2026-12-31", 32_394),
        ("aeeh.complement_6_amount", "2026-03-31", 1288.13), ("bmaf.until_march_2018", "2018-03-31", 407.84),
    ],
)  # fmt: skip
def test_a_figure_ends_where_nothing_is_known(key: str, last: str, value: float) -> None:
    day, parameters = date.fromisoformat(last), benefit_parameters()

    assert float(parameters.value(key, day)) == value
    with pytest.raises(NoParameterInForce):
        parameters.value(key, day + timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "value", "status"),
    [
        ("2016-12-31", 26_741, "verified"), ("2017-01-01", 26_741, "uncertain"), ("2018-01-01", 26_741, "uncertain"),
        ("2018-12-31", 26_741, "uncertain"), ("2019-01-01", 27_734, "uncertain"), ("2020-01-01", 28_072, "derived"),
    ],
)  # fmt: skip
def test_mayotte_s_ceiling_of_2016_stands_until_another_is_known(day: str, value: int, status: str) -> None:
    """No order of 2017 or 2018 was found: the last one published is used, and said to be uncertain."""
    told = benefit_parameters().dated("mayotte.ars_ceiling_base", date.fromisoformat(day))

    assert (told.value, told.status) == (value, status)


def test_mayotte_s_increase_of_2016_is_the_published_one() -> None:
    """26 741 and 2 674 for each child; no BMAF of that year is here, so that nothing else of it is computed."""
    base, rate = (
        benefit_parameters().value(f"mayotte.ars_ceiling_{name}", date(2016, 9, 15)) for name in ("base", "child_rate")
    )

    assert (base, ceiling_increase(int(base), int(rate * MILLION))) == (26_741, 2_674)  # type: ignore[arg-type]


def test_no_day_lies_between_the_two_figures_of_the_bmaf() -> None:
    early, common = (benefit_parameters().figures[key].values for key in ("bmaf.until_march_2018", "bmaf"))

    assert early[-1].since == common[0].since


def test_the_day_and_the_year_that_a_start_of_term_looks_at() -> None:
    assert situation_day(2026, benefit_parameters()) == date(2026, 7, 31)
    assert resource_year(2019, benefit_parameters()) == 2017


def test_a_month_of_boarding_has_thirty_days_by_choice_and_says_so() -> None:
    told = benefit_parameters().dated("aeeh.boarding_month_days", date(2026, 10, 1))

    assert (told.value, told.status) == (30, "uncertain")
    assert "par choix" in told.source


@pytest.mark.parametrize(
    ("key", "day", "mode"),
    [
        ("mayotte.ars_uprating_mode", "2020-12-31", "SMIC_MAYOTTE"), ("mayotte.ars_uprating_mode", "2021-01-01", "CPI_EX_TOBACCO"),
        ("mayotte.aeeh_least_incapacity_rate", "2021-05-31", 80), ("mayotte.aeeh_least_incapacity_rate", "2021-06-01", 50),
        ("mayotte.ars_differential", "2019-09-15", False), ("mayotte.ars_differential", "2020-09-15", True),
        ("mayotte.aeeh_complements", "2017-12-31", False), ("mayotte.aeeh_complements", "2018-01-01", True),
    ],
)  # fmt: skip
def test_both_sides_of_a_date(key: str, day: str, mode: object) -> None:
    assert benefit_parameters().value(key, date.fromisoformat(day)) == mode


def test_every_refusal_is_said_by_a_rule_and_can_be_stored() -> None:
    said = {
        node.value
        for path in RULES.glob("a*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("benefits.")
    }
    longest = Award._meta.get_field("refusal").max_length

    assert said <= set(REFUSALS)
    assert len(said) > 15
    assert max(map(len, REFUSALS)) <= longest
    assert all(one.message.endswith(".") and one.article for one in REFUSALS.values())


def test_what_waits_is_what_a_person_must_look_at() -> None:
    assert {code for code, one in REFUSALS.items() if one.waits} == {
        "benefits.cycle_unknown", "benefits.resources_unknown", "benefits.differential_after_limit",
        "benefits.complement_amount_unknown", "benefits.isolated_parent_unknown",
        "benefits.compensation_category_unknown",
    }  # fmt: skip
