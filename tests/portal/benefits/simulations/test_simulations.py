"""`simulate ars` and `simulate aeeh` as outsiders call them: the contract's keys, every error at once, refusals."""

import io
import json
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from rest_framework.test import APIClient

from portal.benefits.rules.aeeh import AeehChild, aeeh_of_child
from portal.benefits.simulations.aeeh import table_of
from portal.legislation import simulations

FACTS: dict[str, dict[str, Any]] = {
    "ars": {
        "school_year": 2019, "annual_resources": "36200", "dependent_children": 3, "children": ["2012-05-01", "2007-05-01"],
    },
    "aeeh": {"date": "2019-05-15", "incapacity_rate": 80, "complement": 6, "isolated_parent": True},
}  # fmt: skip
RESULTS: dict[str, dict[str, Any]] = {
    "ars": {
        "amounts": ["328.42", "328.42"], "total": "656.83", "net_total": "653.55", "differential": True, "exceptional": "0.00",
    },
    "aeeh": {"base": "132.21", "complement": "1121.92", "increase": "442.08", "total": "1696.21"},
}  # fmt: skip
REQUIRED = {
    "ars": ["school_year", "annual_resources", "dependent_children", "children"], "aeeh": ["date", "incapacity_rate"],
}  # fmt: skip
KINDS = sorted(FACTS)


def asked(kind: str, **changes: Any) -> dict[str, Any]:
    facts = {name: value for name, value in (FACTS[kind] | changes).items() if value is not ...}
    return simulations.get(kind)(facts)[0]


def errors(answer: dict[str, Any]) -> list[tuple[str, str]]:
    assert all(set(one) == {"key", "code", "message", "remedy"} and one["remedy"] for one in answer["errors"])
    return [(one["key"], one["code"]) for one in answer["errors"]]


def codes(answer: dict[str, Any]) -> list[str]:
    assert all(one["message"] and one["article"] for one in answer["refusals"])
    return [one["code"] for one in answer["refusals"]]


def ars(year: int, resources: int, *children: Any, dependent: int | None = None, **facts: Any) -> dict[str, Any]:
    dependent = len(children) if dependent is None else dependent
    return asked(
        "ars",
        school_year=year,
        annual_resources=str(resources),
        dependent_children=dependent,
        children=list(children),
        **facts,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_has_every_key_of_the_contract(kind: str) -> None:
    answer = asked(kind)

    assert set(answer) == {"result", "refusals", "steps", "parameters"}
    assert answer["result"] == RESULTS[kind]
    assert list(answer["result"]) == list(RESULTS[kind])
    assert answer["refusals"] == []
    assert all(set(one) == {"name", "label", "value", "unit", "article"} for one in answer["steps"])
    assert all(one["article"] and one["label"] for one in answer["steps"])
    names = [one["name"] for one in answer["steps"]]
    assert len(names) == len(set(names))
    assert answer["parameters"]
    assert all(set(one) == {"key", "date", "value", "source"} for one in answer["parameters"])
    assert all(date.fromisoformat(one["date"]) <= date(2019, 9, 15) for one in answer["parameters"])
    keys = [one["key"] for one in answer["parameters"]]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("kind", KINDS)
def test_no_number_of_an_answer_is_a_binary_float(kind: str) -> None:
    def floats(value: Any) -> bool:
        if isinstance(value, dict | list):
            return any(floats(inner) for inner in (value.values() if isinstance(value, dict) else value))
        return isinstance(value, float)

    assert not floats(asked(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_keeps_its_order_and_answers_the_others(kind: str) -> None:
    answers, accepted = simulations.get(kind)([FACTS[kind], {"colour": "blue"}, FACTS[kind]])

    assert not accepted
    assert [answers[place]["result"] for place in (0, 2)] == [RESULTS[kind]] * 2
    assert set(answers[1]) == {"errors"}
    assert simulations.get(kind)([]) == ([], True)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_object_is_an_error(kind: str) -> None:
    for facts in (None, "x", 3, [[]]):
        answer = simulations.get(kind)(facts)[0]
        assert errors(answer[0] if isinstance(answer, list) else answer) == [("", "not_an_object")]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_given_tells_every_required_fact(kind: str) -> None:
    assert errors(simulations.get(kind)({})[0]) == [(key, "required") for key in REQUIRED[kind]]


def test_every_error_is_told_at_once_the_year_included() -> None:
    children = ["2012-05-01", "2012-13-01", 3, {"size": 2}, {"birth_date": "2012-05-01", "cycle": "CP"}]
    answer = asked(
        "ars", school_year=2014, annual_resources="3,5", colour="blue", children=children, dependent_children=2
    )

    assert sorted(errors(answer)) == sorted([
        ("school_year", "no_parameter"), ("annual_resources", "bad_value"), ("colour", "unknown_key"),
        ("children[1]", "bad_value"), ("children[2]", "not_an_object"), ("children[3].size", "unknown_key"),
        ("children[3].birth_date", "required"), ("children[4].cycle", "bad_value"),
        ("dependent_children", "below_children"),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "key", "values"),
    [
        ("ars", "school_year", ["2019", 2019.0, True, None, 20190, 1899]),
        ("ars", "annual_resources", ["-1", "36200.00", 36200, "1e3", "", None, "٣"]),
        ("ars", "dependent_children", [-1, 100, "3", True]),
        ("ars", "children", [{}, "2012-05-01", None, ["2012-05-01"] * 21]),
        ("ars", "territory", ["GUYANE", None]),
        ("aeeh", "date", ["2019-02-29", "2019-05", "15/05/2019", None, 3]),
        ("aeeh", "incapacity_rate", [101, -1, "80", 80.0, True]),
        ("aeeh", "complement", [7, -1, "2", True]),
        ("aeeh", "complement_by_help", [0, "true", None]),
        ("aeeh", "has_support", [1, None]),
        ("aeeh", "child_birth_date", ["2012", None]),
    ],
)
def test_a_value_of_another_type_or_form_is_an_error_of_its_key(kind: str, key: str, values: list[Any]) -> None:
    for value in values:
        assert (key, "bad_value") in errors(asked(kind, **{key: value})), value


@pytest.mark.parametrize(
    ("case", "facts", "error"),
    [
        ("born after the year", {"children": ["2020-01-01"]}, ("children[0].birth_date", "born_later")),
        ("more at school than dependent", {"dependent_children": 1}, ("dependent_children", "below_children")),
        ("at Mayotte, no class", {"territory": "MAYOTTE", "children": ["2012-05-01"]}, ("children[0].cycle", "required")),
        ("nor in an object", {"territory": "MAYOTTE", "children": [{"birth_date": "2012-05-01"}]},
         ("children[0].cycle", "required")),
        ("a class that is none", {"territory": "MAYOTTE", "children": [{"birth_date": "2012-05-01", "cycle": "CP"}]},
         ("children[0].cycle", "bad_value")),
    ],
)  # fmt: skip
def test_facts_of_ars_that_do_not_go_together(case: str, facts: dict[str, Any], error: tuple[str, str]) -> None:
    assert errors(asked("ars", **facts)) == [error], case


def test_a_class_has_no_effect_outside_mayotte() -> None:
    child = {"birth_date": "2012-05-01", "cycle": "LYCEE"}

    assert asked("ars", children=[child, "2007-05-01"])["result"] == RESULTS["ars"]


@pytest.mark.parametrize(
    ("territory", "before", "first", "last", "after"),
    [("METROPOLE", 2017, 2018, 2026, 2027), ("OVERSEAS", 2017, 2018, 2026, 2027), ("MAYOTTE", 2017, 2018, 2026, 2027)],
)
def test_a_start_of_term_without_a_figure_is_an_error(
    territory: str, before: int, first: int, last: int, after: int
) -> None:
    def told(year: int) -> dict[str, Any]:
        return ars(year, 20_000, {"birth_date": f"{year - 8}-05-01", "cycle": "PRIMARY"}, territory=territory)

    assert errors(told(before)) == errors(told(after)) == [("school_year", "no_parameter")]
    assert all("result" in told(year) for year in (first, last))


@pytest.mark.parametrize(
    ("case", "answer", "expected", "refusals"),
    [
        ("1", ars(2019, 20_000, "2011-05-01"), ("370.69", "368.84", False), []),
        ("2", ars(2019, 20_000, "2007-05-01"), ("391.14", "389.19", False), []),
        ("3", ars(2019, 20_000, "2003-05-01"), ("404.69", "402.67", False), []),
        ("4", ars(2019, 30_396, "2011-05-01", "2007-05-01"), ("761.83", "758.03", False), []),
        ("5", ars(2019, 24_697, "2011-05-01"), ("370.69", "368.84", False), []),
        ("5 one euro more", ars(2019, 24_698, "2011-05-01"), ("369.69", "367.85", True), []),
        ("7", ars(2019, 25_052, "2011-05-01"), ("15.69", "15.62", True), []),
        ("7 one euro more", ars(2019, 25_053, "2011-05-01"), ("0.00", "0.00", False), ["benefits.below_minimum"]),
        ("7 too rich", ars(2019, 25_068, "2011-05-01"), ("0.00", "0.00", False), ["benefits.above_ceiling"]),
        ("9", ars(2019, 36_200, "2012-05-01", "2007-05-01", dependent=3), ("656.83", "653.55", True), []),
        ("9 all three told", ars(2019, 36_200, "2012-05-01", "2007-05-01", "2016-05-01"), ("656.83", "653.55", True),
         ["benefits.child_too_young"]),
        ("11", ars(2019, 0, "2001-09-01"), ("0.00", "0.00", False), ["benefits.child_too_old"]),
        ("11 and one of 10", ars(2019, 0, "2001-10-10", "2009-05-01"), ("775.38", "771.51", False), []),
        ("12", ars(2019, 0, "2008-12-20"), ("391.14", "389.19", False), []),
        ("12 fifteen", ars(2019, 0, "2004-12-20"), ("404.69", "402.67", False), []),
        ("13", ars(2019, 0, "2014-01-15"), ("370.69", "368.84", False), []),
        ("14 2020", ars(2020, 0, "2012-05-01"), ("371.80", "369.95", False), []),
        ("14 2022", ars(2022, 0, "2014-05-01"), ("394.02", "392.05", False), []),
        ("14 2024", ars(2024, 0, "2012-05-01"), ("441.58", "439.38", False), []),
        ("19", ars(2019, 30_508, {"birth_date": "2011-05-01", "cycle": "PRIMARY"}, territory="MAYOTTE"),
         ("0.00", "0.00", False), ["benefits.above_ceiling_mayotte"]),
        ("19 2020", ars(2020, 31_000, {"birth_date": "2012-05-01", "cycle": "PRIMARY"}, territory="MAYOTTE"),
         ("250.80", "250.80", True), []),
        ("19 2023", ars(2023, 0, {"birth_date": "2004-05-01", "cycle": "LYCEE"}, territory="MAYOTTE"),
         ("436.79", "436.79", False), []),
        ("19 elsewhere", ars(2023, 0, {"birth_date": "2004-05-01", "cycle": "LYCEE"}), ("0.00", "0.00", False),
         ["benefits.child_too_old"]),
    ],
)  # fmt: skip
def test_the_worked_examples_of_ars(
    case: str, answer: dict[str, Any], expected: tuple[str, str, bool], refusals: list[str]
) -> None:
    result = answer["result"]

    assert (result["total"], result["net_total"], result["differential"]) == expected, case
    assert codes(answer) == refusals


@pytest.mark.parametrize(("resources", "total"), [(29_415, "369.57"), (29_416, "0.00")])
def test_mayotte_in_2018_has_the_ceiling_of_2016(resources: int, total: str) -> None:
    """26 741 and 2 674 for the child, 89.72 % of 411.92; no differential there before 2020."""
    answer = ars(2018, resources, {"birth_date": "2010-05-01", "cycle": "PRIMARY"}, territory="MAYOTTE")

    assert answer["result"]["total"] == total
    told = {one["key"]: one for one in answer["parameters"]}["mayotte.ars_ceiling_base"]
    assert (told["value"], told["source"]) == (
        "26741", "arrêté du 8 décembre 2015 ; aucun arrêté trouvé pour 2017 et 2018",
    )  # fmt: skip


def test_14_the_increase_of_2020_is_in_no_other_amount() -> None:
    answer = ars(2020, 0, "2012-05-01", "2008-05-01")

    assert answer["result"]["exceptional"] == "201.06"
    assert answer["result"]["total"] == "764.11"
    assert any("exceptional" in one["name"] for one in answer["steps"])
    assert not any("exceptional" in one["name"] for one in asked("ars")["steps"])


def test_under_the_minimum_each_child_s_share_is_told_and_nothing_is_paid() -> None:
    assert ars(2019, 25_053, "2011-05-01")["result"] == {
        "amounts": ["14.69"], "total": "0.00", "net_total": "0.00", "differential": False, "exceptional": "0.00",
    }  # fmt: skip


def aeeh(month: str, rate: int = 80, **facts: Any) -> dict[str, Any]:
    return simulations.get("aeeh")({"date": month, "incapacity_rate": rate, **facts})[0]


@pytest.mark.parametrize(
    ("case", "answer", "total", "refusals"),
    [
        ("17 base", aeeh("2019-05-01"), "132.21", []),
        ("17 category 1", aeeh("2019-05-31", complement=1), "231.37", []),
        ("17 category 2", aeeh("2019-05-01", complement=2), "400.76", []),
        ("17 category 3", aeeh("2019-05-01", complement=3), "512.32", []),
        ("17 category 6", aeeh("2019-05-01", complement=6), "1254.13", []),
        ("17 category 6, alone", aeeh("2019-05-01", complement=6, isolated_parent=True), "1696.21", []),
        ("by expenses alone", aeeh("2019-05-01", complement=6, isolated_parent=True, complement_by_help=False), "1254.13", []),
        ("20 Mayotte, May", aeeh("2021-05-31", 60, has_support=True, territory="MAYOTTE"), "0.00",
         ["benefits.rate_too_low_mayotte"]),
        ("20 Mayotte, June", aeeh("2021-06-01", 60, has_support=True, territory="MAYOTTE"), "132.74", []),
        ("20 Guyane, May", aeeh("2021-05-31", 60, has_support=True, territory="OVERSEAS"), "132.74", []),
        ("no support", aeeh("2026-10-01", 79), "0.00", ["benefits.support_missing"]),
        ("too low", aeeh("2026-10-01", 49, has_support=True), "0.00", ["benefits.rate_too_low"]),
        ("boarding", aeeh("2026-10-01", boarding_fully_covered=True), "0.00", ["benefits.boarding_covered"]),
        ("the month of the twentieth birthday", aeeh("2026-10-01", child_birth_date="2006-10-31"), "0.00",
         ["benefits.disabled_child_too_old"]),
        ("the month before it", aeeh("2026-10-31", child_birth_date="2006-11-01"), "153.01", []),
    ],
)  # fmt: skip
def test_the_worked_examples_of_aeeh(case: str, answer: dict[str, Any], total: str, refusals: list[str]) -> None:
    assert answer["result"]["total"] == total, case
    assert codes(answer) == refusals


def test_the_sixth_category_has_no_amount_from_april_2026() -> None:
    assert aeeh("2026-03-31", complement=6)["result"]["complement"] == "1288.13"
    assert errors(aeeh("2026-04-01", complement=6)) == [("date", "no_parameter")]
    assert aeeh("2026-04-01", complement=5)["result"]["complement"] == "871.26"
    assert codes(aeeh("2026-04-01", 40, complement=6)) == ["benefits.rate_too_low"], "without a right it has no effect"


def test_at_mayotte_a_complement_before_2018_is_refused_with_its_article() -> None:
    answer = aeeh("2017-12-31", complement=3, isolated_parent=True, territory="MAYOTTE")

    assert answer["result"] == {"base": "130.51", "complement": "0.00", "increase": "0.00", "total": "130.51"}
    assert codes(answer) == ["benefits.no_complement_mayotte"]
    assert answer["refusals"][0]["article"] == "Ordonnance 2002-149, art. 10-1 et 10-2 ; décret 2017-1788"
    assert codes(aeeh("2018-01-01", complement=3, isolated_parent=True, territory="MAYOTTE")) == []
    assert aeeh("2017-12-31", complement=3)["result"]["complement"] == "375.21", "elsewhere it was paid"


def test_an_amount_nobody_knows_is_told_beside_the_other_errors() -> None:
    assert errors(aeeh("2026-04-01", complement=6, colour="blue")) == [
        ("colour", "unknown_key"),
        ("date", "no_parameter"),
    ]
    assert errors(aeeh("2026-04-01", complement=6, has_support="yes")) == [("has_support", "bad_value")]


@pytest.mark.parametrize(
    ("answer", "article"),
    [
        (ars(2019, 90_000, {"birth_date": "2011-05-01", "cycle": "PRIMARY"}, territory="MAYOTTE"), "Ordonnance 2002-149, art. 8"),
        (ars(2023, 90_000, {"birth_date": "2011-05-01", "cycle": "LYCEE"}, territory="MAYOTTE"),
         "Ordonnance 2002-149, art. 8 ; décret 2002-423"),
        (ars(2023, 90_000, "2011-05-01"), "CSS L. 543-1 ; L. 543-2"),
        (aeeh("2021-05-31", boarding_fully_covered=True, territory="MAYOTTE"), "Ordonnance 2002-149, art. 10-1 ; décret 2002-423"),
        (aeeh("2021-06-01", boarding_fully_covered=True, territory="MAYOTTE"),
         "CSS L. 541-1, applicable par l’ordonnance 2002-149, art. 10-1"),
        (aeeh("2021-06-01", boarding_fully_covered=True, territory="OVERSEAS"), "CSS L. 541-1"),
    ],
)  # fmt: skip
def test_a_refusal_cites_the_law_of_the_place_and_the_day(answer: dict[str, Any], article: str) -> None:
    assert [one["article"] for one in answer["refusals"]] == [article]


def test_the_steps_of_mayotte_cite_its_own_law() -> None:
    child = {"birth_date": "2011-05-01", "cycle": "COLLEGE"}
    there = [
        one["article"]
        for answer in (ars(2023, 0, child, territory="MAYOTTE"), aeeh("2021-05-31", complement=2, territory="MAYOTTE"))
        for one in answer["steps"]
    ]

    assert not [one for one in there if "CSS" in one]
    assert any("art. 10-2" in one for one in there)
    assert not [one for one in asked("ars")["steps"] if "2002-149" in one["article"]]


def test_aeeh_begins_in_april_2017_and_a_child_is_born_first() -> None:
    assert errors(aeeh("2017-03-31")) == [("date", "no_parameter")]
    assert aeeh("2017-04-01")["result"]["base"] == "130.51"
    assert errors(aeeh("2019-05-01", child_birth_date="2019-06-01")) == [("child_birth_date", "born_later")]
    assert aeeh("2019-05-01", child_birth_date="2019-05-31")["result"]["base"] == "132.21"


@pytest.mark.parametrize(
    ("answer", "keys"),
    [
        (aeeh("2026-10-01", complement=2), {"aeeh.complement_2_rate", "aeeh.lone_parent_2_rate"}),
        (aeeh("2026-10-01"), set()),
        (aeeh("2019-05-01", complement=6), {"aeeh.complement_6_amount", "aeeh.lone_parent_6_rate"}),
    ],
)
def test_the_figures_told_are_those_of_the_category(answer: dict[str, Any], keys: set[str]) -> None:
    told = {one["key"] for one in answer["parameters"]}

    assert told == keys | {
        "bmaf", "aeeh.base_rate", "aeeh.age_limit", "aeeh.full_incapacity_rate", "aeeh.least_incapacity_rate",
    }  # fmt: skip


def test_a_child_boarded_with_days_at_home_is_explained_with_the_days_of_a_month() -> None:
    def reads(**facts: Any) -> bool:
        row = aeeh_of_child(AeehChild(80, **facts), month=date(2026, 10, 1), territory="METROPOLE")
        return "boarding_month_days" in table_of(row, "METROPOLE")

    assert reads(boarding_fully_covered=True, days_at_home=15)
    assert not reads(boarding_fully_covered=True)
    assert not reads(days_at_home=15)


def test_what_is_not_asked_is_not_explained() -> None:
    names = {one["name"].rpartition(".")[2] for one in asked("ars")["steps"]}
    keys = {one["key"] for one in asked("ars")["parameters"]}
    there, here = (
        {one["name"] for one in aeeh("2026-10-01", territory=territory)["steps"]}
        for territory in ("MAYOTTE", "METROPOLE")
    )

    assert not names & {"earns_little", "has_known_cycle", "is_after_limit"}
    assert "smic_hourly_gross" not in keys
    assert there - here == {"has_territory_rate"}


def test_mayotte_tells_its_own_figures() -> None:
    answer = ars(2021, 0, {"birth_date": "2013-05-01", "cycle": "PRIMARY"}, territory="MAYOTTE")
    told = {one["key"]: one["value"] for one in answer["parameters"]}

    assert told["mayotte.ars_ceiling_base"] == "28325"
    assert told["mayotte.ars_uprating_mode"] == "CPI_EX_TOBACCO"
    assert "ars.ceiling_base" not in told


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_and_http_say_the_same(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    text, said = json.dumps(FACTS[kind]), io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    call_command("simulate", kind, stdout=said)

    answer = APIClient().post(f"/api/v1/simulations/{kind}", text, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json() == json.loads(said.getvalue()) == json.loads(json.dumps(asked(kind)))

    wrong = APIClient().post(f"/api/v1/simulations/{kind}", "[{}]", content_type="application/json")
    assert wrong.status_code == 400
    monkeypatch.setattr("sys.stdin", io.StringIO("{}"))
    with pytest.raises(SystemExit) as stopped:
        call_command("simulate", kind, stdout=io.StringIO())
    assert stopped.value.code == 2


def test_nobody_at_school_is_no_error_and_no_right() -> None:
    given = asked("ars", children=[], dependent_children=0)

    assert given["result"] == {
        "amounts": [], "total": "0.00", "net_total": "0.00", "differential": False, "exceptional": "0.00",
    }  # fmt: skip
    assert [one["code"] for one in given["refusals"]] == ["benefits.no_child"]
