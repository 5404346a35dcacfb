"""`simulate cmg` as outsiders call it: the contract's keys, every error at once, refusals that are not errors."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from cmg.simulation import RESULT, simulate

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


@pytest.mark.parametrize("facts", [{}, [], None, "x", 3, {"care_month": "2025-09"}, {"care_mode": ["x"]}])
def test_nonsense_is_answered_not_crashed(facts: Any) -> None:
    answer, ok = simulate(facts)

    assert ok == (facts == [])


def test_a_month_without_figures_is_an_error_of_its_own() -> None:
    answer = one(care_month="2019-06", care_mode="HOME_EMPLOYEE", hours="100")
    assert "result" in answer
    assert one(care_month="2019-05")["errors"][0]["key"] == "care_month"


def test_the_command_answers_the_others_and_exits_two(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps([B01, {"care_month": "x"}])))

    with pytest.raises(SystemExit) as stopped:
        call_command("simulate", "cmg")

    answers = json.loads(capsys.readouterr().out)
    assert stopped.value.code == 2
    assert (answers[0]["result"]["part_b"], "errors" in answers[1]) == ("374.13", True)
