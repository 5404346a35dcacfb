"""The simulations of cost as outsiders call them: the contract's keys, every error at once, refusals that are not errors."""

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from portal.legislation import simulations

CRECHE = {"care_month": "2019-10", "annual_resources": "36000", "dependent_children": 1, "care_kind": "COLLECTIVE",
          "hours_month": "150"}  # fmt: skip
FAMILY = {"child_birth_date": ["2025-02-11"], "annual_resources": "36000", "dependent_children": 1}
CHILDMINDER = {"care_mode": "CHILDMINDER", "hours": "150", "days": 18, "net_salary": "750.00"}
HOME = {"care_mode": "HOME_EMPLOYEE", "hours": "150", "net_salary": "1575.00"}
PLACE = {"care_kind": "COLLECTIVE", "hours_month": "150"}
MICRO = {"care_mode": "MICRO_CRECHE", "hours": "150", "invoice_amount": "1350.00", "hourly_tariff": "9.00"}
BODY = {"care_mode": "STRUCTURE_HOME", "hours": "150", "invoice_amount": "3900.00"}
FACTS: dict[str, dict[str, Any]] = {
    "creche": CRECHE,
    "childcare_comparison": {
        "care_month": "2025-10",
        "family": FAMILY,
        "modes": [CHILDMINDER, HOME, PLACE, MICRO, BODY],
    },
}
KINDS = sorted(FACTS)


def asked(kind: str, **changes: Any) -> dict[str, Any]:
    facts = {name: value for name, value in (FACTS[kind] | changes).items() if value is not ...}
    return simulations.get(kind)(facts)[0]


def compared(*modes: Any, **changes: Any) -> dict[str, Any]:
    family = FAMILY | changes.pop("family", {})
    return asked("childcare_comparison", family=family, modes=list(modes), **changes)


def errors(answer: dict[str, Any]) -> set[tuple[str, str]]:
    assert all(set(one) == {"key", "code", "message", "remedy"} and one["remedy"] for one in answer["errors"])
    return {(one["key"], one["code"]) for one in answer["errors"]}


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_has_every_key_of_the_contract(kind: str) -> None:
    answer = asked(kind)

    assert set(answer) == {"result", "refusals", "steps", "parameters"}
    assert answer["refusals"] == []
    assert all(set(one) == {"name", "label", "value", "unit", "article"} for one in answer["steps"])
    assert all(one["article"] and one["label"] for one in answer["steps"])
    assert len({one["name"] for one in answer["steps"]}) == len(answer["steps"])
    assert all(set(one) == {"key", "date", "value", "source"} for one in answer["parameters"])
    assert all(date.fromisoformat(one["date"]) <= date(2025, 10, 1) for one in answer["parameters"])
    assert "float" not in {type(value).__name__ for value in _leaves(answer)}


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [leaf for one in inner for leaf in _leaves(one)]
    return [value]


def test_a_creche_to_the_cent() -> None:
    assert asked("creche")["result"] == {"hourly_rate": "1.82", "monthly": "273.00"}
    assert asked("creche", hours_month="150.25")["result"]["monthly"] == "273.46", "half a cent goes up"


@pytest.mark.parametrize(
    ("case", "changes", "expected"),
    [
        ("nobody knows the resources", {"resources_case": "RESOURCES_UNKNOWN", "annual_resources": ...}, "3.21"),
        ("a child placed", {"resources_case": "CHILD_PLACED", "annual_resources": ...}, "0.43"),
        ("a local ceiling", {"annual_resources": "90000", "agreed_ceiling": "6000.00"}, "3.63"),
        ("one child with AEEH counts twice", {"disabled_children": 1}, "1.51"),
    ],
)
def test_special_cases_of_a_creche(case: str, changes: dict[str, Any], expected: str) -> None:
    assert asked("creche", **changes)["result"]["hourly_rate"] == expected, case


@pytest.mark.parametrize(
    ("case", "hours", "invoices", "monthly"),
    [
        ("1 500 hours over ten invoices", "1500", 10, "273.00"),
        ("83,333… hours: not rounded before the price, which would give a cent less", "1000", 12, "151.67"),
        ("the most that a year holds", "8928", 12, "1354.08"),
        ("none", "0", 12, "0.00"),
    ],
)
def test_hours_of_a_year_are_spread_over_its_invoices(case: str, hours: str, invoices: int, monthly: str) -> None:
    found = asked("creche", hours_month=..., annual_hours=hours, invoices=invoices)

    assert found["result"]["monthly"] == monthly, case


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hours_month": ...}, ("hours_month", "required")),
        ({"annual_hours": "1500"}, ("annual_hours", "contradiction")),
        ({"hours_month": ..., "annual_hours": "1500"}, ("invoices", "required")),
        ({"hours_month": ..., "annual_hours": "1500", "invoices": 13}, ("invoices", "bad_value")),
        ({"hours_month": ..., "annual_hours": "7440.01", "invoices": 10}, ("annual_hours", "too_many_hours")),
        ({"hours_month": ..., "annual_hours": "8928.01", "invoices": 12}, ("annual_hours", "bad_value")),
    ],
)
def test_hours_are_those_of_a_month_or_those_of_a_year(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert errors(asked("creche", **changes)) == {expected}
    assert "errors" not in asked("creche", invoices=10), "without the hours of a year it has no effect"


def test_every_error_of_a_creche_at_once() -> None:
    answer = asked("creche", annual_resources=..., hours_month=150, care_kind="NURSERY", disabled_children=2, colour="blue",
                   agreed_ceiling="100.00")  # fmt: skip

    assert errors(answer) == {
        ("annual_resources", "required"), ("hours_month", "bad_value"), ("care_kind", "bad_value"),
        ("disabled_children", "above_dependent_children"), ("colour", "unknown_key"),
        ("agreed_ceiling", "below_national_ceiling"),
    }  # fmt: skip
    assert errors(asked("creche", care_month="2017-12")) == {("care_month", "no_parameter")}
    assert "errors" not in asked("creche", care_month="2018-01")
    assert errors(simulations.get("creche")("36000")[0]) == {("", "not_an_object")}


def test_the_modes_side_by_side_to_the_cent() -> None:
    """October 2025: the CMG is that of `simulate cmg`, the crèche that of `simulate creche`."""
    modes = asked("childcare_comparison")["result"]["modes"]

    assert [one.get("care_mode") or one["care_kind"] for one in modes] == [
        "CHILDMINDER", "HOME_EMPLOYEE", "COLLECTIVE", "MICRO_CRECHE", "STRUCTURE_HOME",
    ]  # fmt: skip
    assert {name: modes[0][name] for name in ("cost", "aids", "tax_credit", "net_cost")} == {
        "cost": "1376.99", "aids": "1089.83", "tax_credit": "143.58", "net_cost": "143.58",
    }  # fmt: skip
    assert {name: modes[2][name] for name in ("cost", "aids", "tax_credit", "net_cost")} == {
        "cost": "279.00", "aids": "0.00", "tax_credit": "139.50", "net_cost": "139.50",
    }  # fmt: skip
    assert modes[2]["year"] == {"cost": "3348.00", "aids": "0.00", "tax_credit": "1674.00", "net_cost": "1674.00"}


@pytest.mark.parametrize("mode", [CHILDMINDER, HOME, MICRO, BODY], ids=lambda mode: mode["care_mode"])
@pytest.mark.parametrize("month", ["2025-08", "2025-09", "2026-10"])
def test_the_aid_is_that_of_the_cmg_on_both_sides_of_its_reform(mode: dict[str, Any], month: str) -> None:
    alone = simulations.get("cmg")(FAMILY | mode | {"care_month": month})[0]
    (found,) = compared(mode, care_month=month)["result"]["modes"]

    assert Decimal(found["cost"]) - Decimal(found["aids"]) == Decimal(alone["result"]["left_to_family"])


def test_direct_cmg_of_the_worked_examples() -> None:
    """150 hours at 5,00 €: 462,84 € of part (b) and 287,16 € left at 3 000 € a month; no part (b) at 9 000 €."""
    (found,) = compared(CHILDMINDER)["result"]["modes"]
    assert found["aids"] == "1089.83", "462.84 and the contributions, 626.99"
    (rich,) = compared(CHILDMINDER, family={"annual_resources": "108000"})["result"]["modes"]
    assert (rich["cost"], rich["aids"]) == ("1376.99", "626.99")


def test_ten_months_of_a_creche_in_2019() -> None:
    (found,) = compared(PLACE, care_month="2019-10", months=10, family={"child_birth_date": ["2018-05-01"]})["result"][
        "modes"
    ]

    assert found["year"] == {"cost": "2730.00", "aids": "0.00", "tax_credit": "1150.00", "net_cost": "1580.00"}
    assert found["tax_credit"] == "95.83"


def test_a_refused_aid_and_a_child_too_old_are_told_with_their_mode() -> None:
    answer = compared(
        CHILDMINDER,
        MICRO | {"hourly_tariff": "10.01"},
        family={"child_birth_date": ["2020-01-01"]},
        care_month="2026-01",
    )

    assert [(one["code"], one["mode"]) for one in answer["refusals"]] == [
        ("monenfant.too_old_for_credit", 0), ("cmg.tariff_above_cap", 1), ("monenfant.too_old_for_creche", 1),
        ("monenfant.too_old_for_credit", 1),
    ]  # fmt: skip
    assert answer["refusals"][1]["message"].startswith("Micro-crèche")
    assert [one["net_cost"] for one in answer["result"]["modes"]] == ["287.16", "1350.00"]
    young = compared(
        CHILDMINDER,
        MICRO | {"hourly_tariff": "10.00"},
        family={"child_birth_date": ["2020-01-02"]},
        care_month="2026-01",
    )
    assert young["refusals"] == []


@pytest.mark.parametrize(
    ("case", "birth", "refused"),
    [("six on the first of the month", "2020-10-01", True), ("six on the second", "2020-10-02", False)],
)
@pytest.mark.parametrize(("mode", "is_creche"), [(PLACE, True), (MICRO, True), (CHILDMINDER, False), (BODY, False)])
def test_a_creche_receives_children_under_six(
    case: str, birth: str, refused: bool, mode: dict[str, Any], is_creche: bool
) -> None:
    """The price stays, for whoever wants it; but nobody is told that a place waits for a child who cannot have it."""
    answer = compared(mode, family={"child_birth_date": [birth]}, care_month="2026-10")

    told = {one["code"]: one for one in answer["refusals"] if one["code"] != "cmg.age_limit_passed"}
    assert ("monenfant.too_old_for_creche" in told) == (refused and is_creche), case
    assert set(told) <= {"monenfant.too_old_for_creche"}
    assert all(one["mode"] == 0 and one["article"] == "CSP art. L. 2324-1" for one in told.values())
    assert ("structures.age_limit" in {one["key"] for one in answer["parameters"]}) == is_creche


def test_the_hypotheses_are_those_of_the_modes() -> None:
    def told(**mode: Any) -> str:
        return " ".join(compared(mode)["result"]["hypotheses"])

    without = {name: value for name, value in CHILDMINDER.items() if name != "days"}
    assert "aucune indemnité d’entretien" in told(**without, maintenance_allowance="60.00")
    assert "aucune indemnité d’entretien" not in told(**CHILDMINDER, maintenance_allowance="60.00")
    assert "Résidence alternée" not in told(**PLACE)
    assert "L’année compte 10 mois" in compared(PLACE, months=10)["result"]["hypotheses"][0]


@pytest.mark.parametrize(
    ("month", "mode", "expected"),
    [
        ("2025-11", CHILDMINDER, "Résidence alternée : l’aide à la garde (CMG) est comptée ici pour votre foyer seul."),
        ("2025-12", CHILDMINDER, "chaque parent employeur peut demander sa propre aide"),
        ("2025-12", HOME, "chaque parent employeur peut demander sa propre aide"),
        ("2025-12", MICRO, "micro-crèche ou organisme : l’aide à la garde (CMG) est comptée ici pour votre foyer"),
        ("2019-10", HOME, "Résidence alternée : l’aide à la garde (CMG) est comptée ici pour votre foyer seul."),
    ],
)
def test_the_cmg_of_two_homes_is_told_as_the_month_has_it(month: str, mode: dict[str, Any], expected: str) -> None:
    """Both parents may have it since December 2025, when they employ; before, and for a bill, one home is compared."""
    family = {"shared_residence": True, "child_birth_date": [f"{int(month[:4]) - 1}-01-15"]}
    told = [one for one in compared(mode, care_month=month, family=family)["result"]["hypotheses"] if "alternée" in one]

    assert len(told) == 2
    assert "le plafond du crédit d’impôt de l’enfant est de moitié" in told[0]
    assert expected in told[1]


def test_a_creche_alone_says_nothing_of_the_cmg_of_two_homes() -> None:
    told = [
        one for one in compared(PLACE, family={"shared_residence": True})["result"]["hypotheses"] if "alternée" in one
    ]

    assert len(told) == 1


def test_a_contract_by_the_year_has_as_many_invoices_as_months_of_care() -> None:
    by_year = {"care_kind": "COLLECTIVE", "annual_hours": "1500", "invoices": 10}

    (found,) = compared(by_year, months=10)["result"]["modes"]
    assert (found["cost"], found["year"]["cost"]) == ("279.00", "2790.00")
    assert errors(compared(by_year)) == {("modes[0].invoices", "contradiction")}
    assert errors(compared(by_year | {"invoices": "10"})) == {("modes[0].invoices", "bad_value")}
    assert errors(compared(by_year, months=0)) == {("months", "bad_value")}


def test_every_error_of_a_comparison_at_its_own_place() -> None:
    answer = compared(
        CHILDMINDER | {"net_salary": "beaucoup", "colour": "blue"}, PLACE | {"hours_month": "800"}, {"hours": "10"}, "a crèche",
        MICRO | {"annual_resources": "1"}, family={"annual_resources": 36000, "dependent_children": 0, "dog": True}, months=13,
    )  # fmt: skip

    assert errors(answer) == {
        ("modes[0].net_salary", "bad_value"), ("modes[0].colour", "unknown_key"), ("modes[1].hours_month", "bad_value"),
        ("modes[2].care_mode", "one_mode"), ("modes[3]", "not_an_object"), ("modes[4].annual_resources", "unknown_key"),
        ("family.annual_resources", "bad_value"), ("family.dependent_children", "bad_value"), ("family.dog", "unknown_key"),
        ("months", "bad_value"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("case", "facts", "expected"),
    [
        ("nothing", {}, {("care_month", "required"), ("family", "required"), ("modes", "required")}),
        ("no object", [], None),
        ("a family that is none", {"care_month": "2026-10", "family": 3, "modes": [PLACE]}, {("family", "bad_value")}),
        ("no mode", {"care_month": "2026-10", "family": FAMILY, "modes": []}, {("modes", "bad_value")}),
        ("no month", {"family": FAMILY, "modes": [PLACE, MICRO]}, {("care_month", "required")}),
        ("before the CMG's figures", {"care_month": "2019-05", "family": FAMILY | {"child_birth_date": ["2019-01-01"]},
                                      "modes": [CHILDMINDER]}, {("care_month", "no_parameter")}),
        ("not born yet", {"care_month": "2025-01", "family": FAMILY, "modes": [PLACE, MICRO]},
         {("family.child_birth_date", "born_later")}),
        ("two children, one place", {"care_month": "2026-01", "family": FAMILY | {"child_birth_date": ["2025-02-11"] * 2},
                                     "modes": [PLACE]}, {("family.child_birth_date", "one_child")}),
        ("two numbers of children with AEEH", {"care_month": "2026-01", "modes": [PLACE],
         "family": FAMILY | {"aeeh_children": 0, "disabled_children": 1}}, {("family.disabled_children", "contradiction")}),
    ],
)  # fmt: skip
def test_what_cannot_be_compared(case: str, facts: Any, expected: set[tuple[str, str]] | None) -> None:
    answer, accepted = simulations.get("childcare_comparison")(facts)

    if expected is None:
        assert (answer, accepted) == ([], True)
        return
    assert not accepted
    assert errors(answer) == expected, case


def test_a_child_with_aeeh_under_either_name_counts_in_both() -> None:
    by_name = [
        compared(PLACE, CHILDMINDER, family={name: 1})["result"]["modes"]
        for name in ("aeeh_children", "disabled_children")
    ]

    assert by_name[0] == by_name[1] != compared(PLACE, CHILDMINDER)["result"]["modes"]


@pytest.mark.parametrize("name", ["aeeh_children", "disabled_children"])
@pytest.mark.parametrize("modes", [[PLACE], [CHILDMINDER], [PLACE, CHILDMINDER]])
def test_an_error_on_aeeh_has_the_name_that_was_given_and_is_said_once(name: str, modes: list[dict[str, Any]]) -> None:
    assert errors(compared(*modes, family={name: -1})) == {(f"family.{name}", "bad_value")}
    assert errors(compared(PLACE, family={name: 2})) == {(f"family.{name}", "above_dependent_children")}


def test_a_key_given_twice_in_a_mode_is_told() -> None:
    text = json.dumps(FACTS["childcare_comparison"] | {"modes": [PLACE]}).replace(
        '"hours_month"', '"hours_month": "1", "hours_month"'
    )

    assert errors(simulations.get("childcare_comparison")(simulations.read_json(text))[0]) == {
        ("modes[0].hours_month", "duplicate_key")
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_keeps_its_order_and_answers_the_others(kind: str) -> None:
    answers, accepted = simulations.get(kind)([FACTS[kind], {"colour": "blue"}, FACTS[kind]])

    assert not accepted
    assert ["result" in answer for answer in answers] == [True, False, True]


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_and_the_api_answer_alike(kind: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(FACTS[kind])))
    call_command("simulate", kind)
    by_command = json.loads(capsys.readouterr().out)

    answer = APIClient().post(f"/api/v1/simulations/{kind}", FACTS[kind], format="json")

    assert answer.status_code == 200
    assert answer.json() == by_command == json.loads(json.dumps(asked(kind)))


@settings(max_examples=60, deadline=None)
@given(
    month=st.dates(date(2019, 6, 1), date(2026, 11, 1)), resources=st.integers(0, 200_000), children=st.integers(1, 9),
    hours=st.integers(1, 744), euros=st.integers(0, 6_000), shared=st.booleans(), alone=st.booleans(), months=st.integers(1, 12),
)  # fmt: skip
def test_no_mode_costs_less_than_nothing_and_every_cent_is_told(
    month: date, resources: int, children: int, hours: int, euros: int, shared: bool, alone: bool, months: int
) -> None:
    family = {"child_birth_date": ["2018-03-04"], "annual_resources": str(resources), "dependent_children": children,
              "shared_residence": shared, "isolated_parent": alone}  # fmt: skip
    hourly, whole = {"hours": str(hours)}, {"invoice_amount": f"{euros}.00"}
    modes = [hourly | {"care_mode": "CHILDMINDER", "days": 15, "net_salary": f"{euros}.37", "meal_allowance": "31.20"},
             hourly | {"care_mode": "HOME_EMPLOYEE", "net_salary": f"{euros}.99"},
             {"care_kind": "FAMILY", "hours_month": str(hours)},
             hourly | whole | {"care_mode": "MICRO_CRECHE", "hourly_tariff": "9.99"},
             hourly | whole | {"care_mode": "STRUCTURE_CHILDMINDER"}]  # fmt: skip
    answer = simulations.get("childcare_comparison")(
        {"care_month": f"{month:%Y-%m}", "family": family, "modes": modes, "months": months}
    )[0]

    for one in answer["result"]["modes"]:
        for amounts in (one, one["year"]):
            cost, aids, credit, net = (Decimal(amounts[name]) for name in ("cost", "aids", "tax_credit", "net_cost"))
            assert min(cost, aids, credit, net) >= 0
            assert net == cost - aids - credit
