"""The simulations of ARIPA as outsiders call them: the contract's keys, every error at once, refusals that are not errors."""

import io
import json
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from rest_framework.test import APIClient

from portal.legislation import simulations

CHILD = {"kind_of_case": "C1", "support_due": "250.00"}
FACTS: dict[str, dict[str, Any]] = {
    "asf": {"date": "2026-10-01", "lone_parent": True, "children": [CHILD]},
    "indexation": {"initial_amount": "300.00", "base_index": "87.07", "new_index": "100.03"},
    "pension_scale": {"date": "2026-10-01", "debtor_income": "1600.00", "children": 2, "residence": "STANDARD"},
    "seizable": {"date": "2026-10-01", "monthly_pay": "1600.00"},
    "direct_payment": {
        "date": "2026-10-01", "monthly_support": "155.45",
        "arrears": [{"month": f"2026-0{number}", "amount": "155.45"} for number in range(3, 10)],
    },
}  # fmt: skip
RESULTS: dict[str, dict[str, Any]] = {
    "asf": {"amounts": ["200.78"], "recoverable": ["200.78"], "still_owed": ["49.22"], "total": "200.78"},
    "indexation": {"amount": "344.65"},
    "pension_scale": {"amount_per_child": "109.02", "total": "218.04"},
    "seizable": {"seizable": "268.10", "absolute_floor": "651.69", "left": "1331.90"},
    "direct_payment": {"instalments": ["155.45"] * 7, "months": 7, "taken": "310.90"},
}
KINDS = sorted(FACTS)


def asked(kind: str, **changes: Any) -> dict[str, Any]:
    facts = {name: value for name, value in (FACTS[kind] | changes).items() if value is not ...}
    return simulations.get(kind)(facts)[0]


def errors(answer: dict[str, Any]) -> list[tuple[str, str]]:
    assert all(set(one) == {"key", "code", "message", "remedy"} and one["remedy"] for one in answer["errors"])
    return [(one["key"], one["code"]) for one in answer["errors"]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_has_every_key_of_the_contract(kind: str) -> None:
    answer = asked(kind)

    assert set(answer) == {"result", "refusals", "steps", "parameters"}
    assert answer["result"] == RESULTS[kind]
    assert list(answer["result"]) == list(RESULTS[kind])
    assert answer["refusals"] == []
    assert answer["steps"]
    assert all(set(one) == {"name", "label", "value", "unit", "article"} for one in answer["steps"])
    assert all(one["article"] and one["label"] for one in answer["steps"])
    assert bool(answer["parameters"]) == (kind != "indexation")
    assert all(set(one) == {"key", "date", "value", "source"} for one in answer["parameters"])
    assert all(date.fromisoformat(one["date"]) <= date(2026, 10, 1) for one in answer["parameters"])


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
    assert [set(answer) for answer in answers][::2] == [{"result", "refusals", "steps", "parameters"}] * 2
    assert set(answers[1]) == {"errors"}
    assert simulations.get(kind)([]) == ([], True)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_object_is_an_error(kind: str) -> None:
    for facts in (None, "x", 3, [[]]):
        answer = simulations.get(kind)(facts)[0]
        one = answer[0] if isinstance(answer, list) else answer
        assert errors(one) == [("", "not_an_object")]


def test_every_error_is_told_at_once_the_date_included() -> None:
    answer = asked(
        "asf", date="1999-01-01", lone_parent=1, colour="blue",
        children=[CHILD, {"support_due": "250,00", "size": 3}, "x", {"kind_of_case": "E"}],
    )  # fmt: skip

    assert sorted(errors(answer)) == sorted([
        ("date", "no_parameter"), ("lone_parent", "bad_value"), ("colour", "unknown_key"),
        ("children[1].support_due", "bad_value"), ("children[1].size", "unknown_key"),
        ("children[1].kind_of_case", "required"), ("children[2]", "not_an_object"),
        ("children[3].kind_of_case", "bad_value"),
    ])  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_given_tells_every_required_fact(kind: str) -> None:
    required = {"asf": {"date", "lone_parent", "children"}, "direct_payment": {"date", "monthly_support", "arrears"}}

    assert errors(simulations.get(kind)({})[0]) == [
        (key, "required") for key in FACTS[kind] if key in required.get(kind, FACTS[kind])
    ]


@pytest.mark.parametrize(
    ("kind", "key", "values"),
    [
        ("asf", "date", ["2026-13-01", "2026-02-29", "26/10/2026", "2026-10", None, 3]),
        ("asf", "children", [[], {}, None, [CHILD] * 21]),
        ("asf", "fund_territory", ["GUYANE", None]),
        ("indexation", "base_index", ["0", "0.000000", "-1", "1e2", "100,03", 100, "10000", "100.1234567", "٣", None]),
        ("indexation", "rounding", ["EURO", None]),
        ("indexation", "initial_amount", ["1000000.00", "1.234", 1, "1e3"]),
        ("pension_scale", "children", [0, 100, True, "2", 2.0]),
        ("pension_scale", "residence", ["INCREASED", None]),
        ("seizable", "dependants", [-1, "0", False]),
        ("direct_payment", "agreed_months", [0, 7, "3"]),
        ("direct_payment", "debtor_income", [None, "-1", 1600]),
        ("direct_payment", "arrears", [None, {}, "x"]),
    ],
)
def test_a_value_of_another_type_or_form_is_an_error_of_its_key(kind: str, key: str, values: list[Any]) -> None:
    for value in values:
        assert errors(asked(kind, **{key: value})) == [(key, "bad_value")], value


@pytest.mark.parametrize(
    ("kind", "before", "first"),
    [
        ("asf", "2018-03-31", "2018-04-01"), ("pension_scale", "2009-12-31", "2010-01-01"),
        ("seizable", "2018-12-31", "2019-01-01"), ("direct_payment", "2021-05-31", "2021-06-01"),
    ],
)  # fmt: skip
def test_a_date_without_a_figure_is_an_error_and_the_first_one_is_not(kind: str, before: str, first: str) -> None:
    assert errors(asked(kind, date=before)) == [("date", "no_parameter")]
    assert "result" in asked(kind, date=first)


def test_the_threshold_of_a_title_begins_in_july_2018() -> None:
    facts = {"scale": "CAF_TITLE", "debtor_income": "1500.00"}

    assert errors(asked("pension_scale", **facts, date="2018-06-30")) == [("date", "no_parameter")]
    assert asked("pension_scale", **facts, date="2018-07-01")["result"]["amount_per_child"] == "177.00"
    assert asked("pension_scale", **facts)["result"] == {"amount_per_child": "177.00", "total": "354.00"}


@pytest.mark.parametrize(
    ("changes", "codes", "total"),
    [
        ({}, [], "200.78"),
        ({"lone_parent": False}, ["aripa.not_lone"], "0.00"),
        ({"fund_territory": "MAYOTTE"}, ["aripa.mayotte"], "0.00"),
        ({"fund_territory": "OVERSEAS"}, [], "200.78"),
        ({"children": [{"kind_of_case": "A1", "birth_date": "2006-10-31"}]}, ["aripa.child_too_old"], "0.00"),
        ({"children": [{"kind_of_case": "A1", "birth_date": "2006-11-01"}]}, [], "200.78"),
        ({"children": [{"kind_of_case": "D", "support_due": "190.00"}]}, ["aripa.below_minimum"], "0.00"),
        ({"children": [{"kind_of_case": "D", "support_due": "200.78"}]}, ["aripa.support_reaches_asf"], "0.00"),
        ({"children": [{"kind_of_case": "A1"}] * 2, "lone_parent": False}, ["aripa.not_lone"], "0.00"),
    ],
)
def test_a_refused_asf_is_not_an_error(changes: dict[str, Any], codes: list[str], total: str) -> None:
    answer = asked("asf", **changes)

    assert [one["code"] for one in answer["refusals"]] == codes
    assert all(one["message"] and one["article"] for one in answer["refusals"])
    assert answer["result"]["total"] == total


def test_17_two_children_with_different_supports() -> None:
    children = [{"kind_of_case": "D", "support_due": due, "support_received": due} for due in ("150.00", "250.00")]
    answer = asked("asf", children=children)

    assert answer["result"] == {
        "amounts": ["50.78", "0.00"], "recoverable": ["0.00", "0.00"], "still_owed": ["0.00", "0.00"], "total": "50.78",
    }  # fmt: skip
    names = [one["name"] for one in answer["steps"]]
    assert len(names) == len(set(names))
    assert {name.partition(".")[0] for name in names} == {"children[0]", "children[1]"}


def test_the_amounts_are_those_before_the_minimum_and_what_is_unpaid_is_not_recoverable() -> None:
    child = CHILD | {"support_received": "190.00"}

    assert asked("asf", children=[child])["result"] == {
        "amounts": ["10.78"], "recoverable": ["0.00"], "still_owed": ["60.00"], "total": "0.00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("case", "child", "code"),
    [
        ("more than what is due", CHILD | {"support_received": "250.01"}, "above_support_due"),
        ("born next month", CHILD | {"birth_date": "2026-11-01"}, "born_later"),
    ],
)
def test_facts_that_do_not_go_together(case: str, child: dict[str, Any], code: str) -> None:
    ((key, found),) = errors(asked("asf", children=[CHILD, child]))

    assert key.startswith("children[1].")
    assert found == code, case


def test_facts_without_effect_are_accepted() -> None:
    """Support beside an orphan, an agreement on a debt that is not small, dependants' birth on the first day."""
    orphan = {"kind_of_case": "A1", "support_due": "10.00", "support_received": "99.00", "birth_date": "2026-10-31"}

    assert asked("asf", children=[orphan])["result"]["total"] == "200.78"
    assert asked("direct_payment", agreed_months=6)["result"]["months"] == 7


def test_only_one_term_a_month() -> None:
    term = {"month": "2026-09", "amount": "1.00"}

    assert errors(asked("direct_payment", arrears=[term, term, term])) == [("arrears[1].month", "given_twice")]
    assert errors(asked("direct_payment", arrears=[term, {"month": "2026-8"}])) == [
        ("arrears[1].month", "bad_value"), ("arrears[1].amount", "required")
    ]  # fmt: skip


def test_an_income_that_is_not_known_has_no_step() -> None:
    names = {one["name"] for one in asked("direct_payment")["steps"]}
    known = {one["name"] for one in asked("direct_payment", debtor_income="1600.00")["steps"]}

    assert known - names == {"capacity_cents", "room_cents", "is_without_room", "months_for_income"}
    assert names < known


def test_no_arrears_leave_the_support_alone() -> None:
    assert asked("direct_payment", arrears=[])["result"] == {"instalments": [], "months": 0, "taken": "155.45"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_step_reads_the_figures_that_are_told(kind: str) -> None:
    """The same answer at the first day of each figure told: nothing is read that is not told."""
    keys = {one["key"] for one in asked(kind)["parameters"]}
    expected = {
        "asf": {"bmaf", "asf_rate_one_parent", "asf_rate_two_parents", "crds_rate_on_benefit", "asf_child_age_limit",
                "asf_minimum_total_paid"},
        "indexation": set(),
        "pension_scale": {"justice_reference_rates_percent", "justice_reference_vital_minimum"},
        "seizable": {"wage_seizure_band_limits", "wage_seizure_fractions", "wage_seizure_dependant_increase",
                     "rsa_base_amount"},
        "direct_payment": {"direct_payment_lookback_months_caf", "direct_payment_spread_short_months_caf",
                           "direct_payment_spread_max_months_caf", "small_debt_factor_bmaf",
                           "small_debt_max_instalments", "bmaf", "rsa_base_amount"},
    }  # fmt: skip
    assert keys == expected[kind]


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
