"""`simulate cmg` as outsiders call it: the contract's keys, every error at once, refusals that are not errors."""

import io
import json
import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from rest_framework.test import APIClient

from cmg.rules.figures import cmg_parameters
from cmg.simulation import RESULT, simulate
from portal.legislation.parameters import Parameters

LATER = date(2026, 10, 1)

B01 = {
    "care_month": "2025-09", "care_mode": "CHILDMINDER", "child_birth_date": ["2024-01-01"], "annual_resources": "36000",
    "dependent_children": 1, "hours": "125", "net_salary": "606.25",
}  # fmt: skip


def one(**changes: Any) -> dict[str, Any]:
    facts = {name: value for name, value in (B01 | changes).items() if value is not ...}
    return simulate(facts)[0]


def test_the_answer_has_every_key_of_the_contract() -> None:
    answer = one()

    assert set(answer) == {"result", "refusals", "steps", "parameters"}
    assert set(answer["result"]) == {"regime", *RESULT}
    assert answer["result"]["part_b"] == "374.13"
    assert answer["result"]["left_to_family"] == "232.12"
    assert all(
        set(step) == {"name", "label", "value", "unit", "article"} and step["article"] for step in answer["steps"]
    )
    assert all(set(figure) == {"key", "date", "value", "source"} for figure in answer["parameters"])
    assert "float" not in {type(value).__name__ for step in answer["steps"] for value in step.values()}


def test_pajemploi_plus_is_one_movement() -> None:
    result = one(all_in_one=True)["result"]

    assert (result["debit"], result["payout"]) == ("0.00", "0.00")
    assert result["total_debit"] == "232.12"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"activity_ground": ["STUDENT", "NONE"]}, "cmg.activity_condition"),
        ({"activity_ground": ["STUDENT", "STUDENT"]}, None),
        ({"activity_ground": ["AAH", "NONE"]}, None),
        ({"territory": "MAYOTTE"}, "cmg.mayotte"),
        ({"prepare": "FULL"}, "cmg.full_parental_leave"),
        ({"child_birth_date": ["2019-08-31"]}, "cmg.age_limit_passed"),
        ({"child_birth_date": ["2019-09-30"]}, None),
    ],
)
def test_a_refused_right_is_not_an_error(changes: dict[str, Any], code: str | None) -> None:
    answer = one(**changes)

    assert [refusal["code"] for refusal in answer["refusals"]] == ([code] if code else [])
    assert (answer["result"]["part_b"] == "0.00") == bool(code)
    assert answer["result"]["contributions"] == "506.81"


def test_every_error_is_told_at_once() -> None:
    answer = one(care_month="2026-13", net_salary="9" * 40, hours=..., dependent_children=0, colour="blue", aah="yes")

    assert {error["key"] for error in answer["errors"]} == {
        "care_month", "net_salary", "dependent_children", "colour", "aah",
    }  # fmt: skip
    assert all(error["message"] and error["remedy"] for error in answer["errors"])


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("net_salary", [606.25, 606, True, None, "", "1e3", "NaN", "-1", "+1", " 12", "12 ", "12\n", "1,5", "1.234", ".5",
                        "5.", "١٢", "１２", "9" * 40, "1000000.00", ["1"], {}]),
        ("annual_resources", [36000, "36000.00", "3e4", "٣٦", "-1", "1" * 9, " 1"]),
        ("hours", ["744.01", "1.234", 125, "٣"]),
        ("dependent_children", [True, "1", 1.0, 0, -1, 10**40, None]),
        ("aeeh_children", [False, "0", -1]),
        ("isolated_parent", [1, 0, "true", None]),
        ("care_month", ["2025-9", "2025-00", "2025-13", "2025-09-01", "٢٠٢٥-٠٩", 202509, None]),
        ("care_mode", ["childminder", None, ["CHILDMINDER"], 1]),
        ("child_birth_date", ["2024-01-01", [], ["2024-02-30"], ["2023-02-29"], [20240101], ["2024-1-1"], [None]]),
        ("activity_ground", [[], ["WORK", "WORK", "WORK"], "WORK", ["TRAVAIL", "WORK"], [["WORK"], "WORK"]]),
        ("territory", ["GUYANE", None]),
    ],
)  # fmt: skip
def test_a_value_of_another_type_or_form_is_an_error_of_its_key(key: str, values: list[Any]) -> None:
    for value in values:
        assert [(error["key"], error["code"]) for error in one(**{key: value})["errors"]] == [(key, "bad_value")], value


@pytest.mark.parametrize(
    ("changes", "key", "code"),
    [
        ({"hours": ...}, "hours", "required"),
        ({"net_salary": ...}, "net_salary", "required"),
        ({"care_month": "2025-08"}, "days", "required"),
        ({"care_mode": "HOME_EMPLOYEE", "care_month": "2025-08", "hours": ...}, "hours", "required"),
        ({"care_mode": "MICRO_CRECHE", "invoice_amount": "1"}, "hourly_tariff", "required"),
        ({"care_mode": "STRUCTURE_HOME"}, "invoice_amount", "required"),
        ({"child_birth_date": ["2024-01-01", "2023-01-01"]}, "child_birth_date", "one_child"),
        ({"child_birth_date": ["2025-10-01"]}, "child_birth_date", "born_later"),
        ({"activity_ground": ["WORK"]}, "activity_ground", "one_per_member"),
        ({"activity_ground": ["WORK", "WORK"], "isolated_parent": True}, "activity_ground", "one_per_member"),
        ({"terminal_indemnities": "606.26"}, "terminal_indemnities", "above_net_salary"),
        ({"care_month": "2019-05", "days": 20, "child_birth_date": ["2018-01-01"]}, "care_month", "no_parameter"),
        ({"\ud800": 1}, "\\ud800", "unknown_key"),
    ],
)
def test_what_is_missing_or_contradictory_is_told(changes: dict[str, Any], key: str, code: str) -> None:
    assert [(error["key"], error["code"]) for error in one(**changes)["errors"]] == [(key, code)]


@pytest.mark.parametrize(
    "changes",
    [
        {"child_birth_date": ["2025-09-30"]},
        {"terminal_indemnities": "606.25"},
        {"activity_ground": ["WORK"], "isolated_parent": True},
        {"net_salary": "999999.99", "hours": "744"},
        {"net_salary": "0", "hours": "0"},
        {"days": 0, "fnas_funded": True, "invoice_amount": "3.00", "hourly_tariff": "11.00"},
    ],
)
def test_what_looks_like_an_error_and_is_none(changes: dict[str, Any]) -> None:
    assert "result" in one(**changes)


@pytest.mark.parametrize("facts", [{}, [], None, "x", 3, {"care_month": "2025-09"}, {"care_mode": ["x"]}])
def test_nonsense_is_answered_not_crashed(facts: Any) -> None:
    answer, ok = simulate(facts)

    assert ok == (facts == [])


def test_june_2019_is_the_first_month() -> None:
    june = {"care_mode": "HOME_EMPLOYEE", "hours": "100", "child_birth_date": ["2018-01-01"]}

    assert "result" in one(care_month="2019-06", **june)
    assert [error["code"] for error in one(care_month="2019-05", **june)["errors"]] == ["no_parameter"]


def test_a_month_whose_figures_are_not_known_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = dict(cmg_parameters().figures)
    old = figures["regime_b.income_ceiling"]
    figures["regime_b.income_ceiling"] = replace(
        old, values=(*old.values, replace(old.values[0], since=LATER, value=None))
    )
    monkeypatch.setattr("cmg.simulation.cmg_parameters", lambda: Parameters(figures))

    answers, ok = simulate([B01, B01 | {"care_month": "2026-10"}])

    assert not ok
    assert answers[0]["result"]["part_b"] == "374.13"
    assert [(error["key"], error["code"]) for error in answers[1]["errors"]] == [("care_month", "no_parameter")]
    assert "regime_b.income_ceiling" in answers[1]["errors"][0]["message"]


def test_a_list_is_answered_in_its_order_and_as_one_by_one() -> None:
    structure = {"care_mode": "MICRO_CRECHE", "invoice_amount": "900.00", "hourly_tariff": "9.00"}
    asked = [B01 | changes for number in range(40) for changes in (
        {"net_salary": f"{400 + number}.00"}, {"net_salary": "x"}, structure | {"hours": f"{number}"},
        {"care_month": f"2026-{number % 12 + 1:02d}"}, {"care_month": "2025-08", "days": number % 31 + 1},
    )]  # fmt: skip

    answers, ok = simulate(asked)

    assert not ok
    assert answers == [simulate(alone)[0] for alone in asked]


def test_thousands_of_objects_are_settled_together() -> None:
    asked = [B01 | {"net_salary": f"{100 + number / 100:.2f}"} for number in range(4000)]

    # Of this process alone: others work on the same processors.
    started = time.process_time()
    answers, ok = simulate(asked)

    assert ok
    assert [answers[n]["result"]["part_b"] for n in (0, 3999)] == ["61.71", "86.39"]
    assert time.process_time() - started < 8


@pytest.mark.parametrize(
    ("month", "structure", "keys"),
    [
        ("2025-08", True, {"structure.min_hours_per_month", "regime_a.full_amount_until_31_august", "bmaf"}),
        ("2025-08", False, {"regime_a.full_amount_until_31_august", "contributions.test_set", "smic_hourly_gross"}),
        ("2025-09", False, {"regime_b.hourly_cap.childminder", "contributions.test_set", "crds_rate_on_benefit"}),
    ],
)
def test_the_figures_that_decided_are_listed_with_date_and_source(month: str, structure: bool, keys: set[str]) -> None:
    more = {"care_mode": "MICRO_CRECHE", "invoice_amount": "1", "hourly_tariff": "1"} if structure else {"days": 20}
    told = one(care_month=month, **more)["parameters"]

    assert keys <= {figure["key"] for figure in told}
    assert all(figure["source"] and figure["date"] <= f"{month}-01" and figure["value"] is not None for figure in told)


def asked(monkeypatch: pytest.MonkeyPatch, capsys: Any, content: bytes) -> tuple[Any, int]:
    """The command's answer and exit status."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    try:
        call_command("simulate", "cmg")
    except SystemExit as stopped:
        return json.loads(capsys.readouterr().out), int(str(stopped.code))
    return json.loads(capsys.readouterr().out), 0


def test_the_command_answers_the_others_and_exits_two(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    answers, status = asked(monkeypatch, capsys, json.dumps([B01, {"care_month": "x"}]).encode())

    assert status == 2
    assert (answers[0]["result"]["part_b"], "errors" in answers[1]) == ("374.13", True)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"care_month": }'])
def test_what_is_not_json_is_one_error_and_exits_two(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, content: bytes
) -> None:
    answer, status = asked(monkeypatch, capsys, content)

    assert (status, [error["code"] for error in answer["errors"]]) == (2, ["not_json"])


def test_an_empty_list_has_an_empty_answer(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    assert asked(monkeypatch, capsys, b"[]") == ([], 0)


@pytest.mark.parametrize(
    ("was", "given", "key", "code"),
    [
        ('"606.25"', "606.25", "net_salary", "bad_value"),
        ('"606.25"', "NaN", "net_salary", "bad_value"),
        ('"606.25"', "Infinity", "net_salary", "bad_value"),
        ('"dependent_children": 1', '"dependent_children": 1.0', "dependent_children", "bad_value"),
        ('"dependent_children": 1', '"dependent_children": ' + "9" * 5000, "dependent_children", "bad_value"),
        ('"606.25"', '"606.25", "net_salary": "6.25"', "net_salary", "duplicate_key"),
    ],
)
def test_json_that_other_readers_would_let_through(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, was: str, given: str, key: str, code: str
) -> None:
    one_bad = f"[{json.dumps(B01).replace(was, given)}, {json.dumps(B01)}]"
    answers, status = asked(monkeypatch, capsys, one_bad.encode())

    assert status == 2
    assert [(error["key"], error["code"]) for error in answers[0]["errors"]] == [(key, code)]
    assert answers[1]["result"]["part_b"] == "374.13"


def posted(content: str) -> tuple[Any, int]:
    cache.clear()
    answer = APIClient().post("/api/v1/simulations/cmg", content, content_type="application/json")
    return answer.json(), answer.status_code


def test_http_answers_the_same_and_with_400_as_soon_as_one_is_wrong() -> None:
    assert posted(json.dumps(B01)) == (simulate(B01)[0], 200)
    answers, status = posted(json.dumps([B01, {}]))

    assert status == 400
    assert (answers[0]["result"]["part_b"], "errors" in answers[1]) == ("374.13", True)


@pytest.mark.parametrize(
    "content", ["{", "[" * 100_000, " " * 10_000_001, "[" + "{}," * 10_000 + "{}]"],
    ids=["cut", "deep", "large", "many"],
)  # fmt: skip
def test_http_refuses_what_it_cannot_read_in_the_same_words(content: str) -> None:
    answer, status = posted(content)

    assert (status, [error["code"] for error in answer["errors"]]) == (400, ["not_json"])
