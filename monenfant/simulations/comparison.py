"""`simulate childcare_comparison`: what each mode of care leaves to one family, a month and a year, tax credit included."""

from collections.abc import Iterator, Mapping
from typing import Any

from monenfant.rules.amounts import CREDIT_STEPS, CREDIT_TABLES, Care, net_cost_row
from monenfant.rules.figures import monenfant_parameters
from monenfant.rules.refusals import REFUSALS
from monenfant.rules.structures import AGE_LIMIT, receives
from monenfant.simulations.comparison_facts import Values, kind_of, place_of, read
from monenfant.simulations.hypotheses import hypotheses
from monenfant.simulations.words import MODES, mode_of
from portal.legislation import simulations
from portal.legislation.facts import an_amount
from portal.legislation.trace import euros, figures_told, told

Answer = dict[str, Any]
AT_HOME = ("HOME_EMPLOYEE", "STRUCTURE_HOME")
DIRECT = ("CHILDMINDER", "HOME_EMPLOYEE")
TOO_OLD_FOR_CRECHE, TOO_OLD_FOR_CREDIT = "monenfant.too_old_for_creche", "monenfant.too_old_for_credit"
_amount = an_amount().read


def _answer(facts: Any) -> Answer:
    values, errors = read(facts)
    answers = {
        place: simulations.get(kind_of(mode))(mode["asked"])[0] for place, mode in enumerate(values["modes"]) if mode
    }
    for place, answer in answers.items():
        errors += [one | {"key": place_of(one["key"], place, facts["family"])} for one in answer.get("errors", ())]
    if errors:
        return {"errors": list({(one["key"], one["code"]): one for one in errors}.values())}
    rows = [net_cost_row(_care(values, place, answers[place]), _year(values)) for place in answers]
    return _told(values, list(answers.values()), rows)


def _year(values: Values) -> int:
    return int(values["care_month"].year)


def credit_of(mode: Mapping[str, Any]) -> str:
    return "HOME" if mode.get("care_mode") in AT_HOME else "OUTSIDE"


def _care(values: Values, place: int, answer: Answer) -> Care:
    """What the mode's own simulator found, as the tax credit reads it."""
    mode, family = values["modes"][place], values["family"]
    return Care(
        credit=credit_of(mode), months=values["months"], dependent_children=family["dependent_children"],
        child_birth_date=family["child_birth_date"][0], is_shared=family["shared_residence"],
        **_money(mode, answer["result"]),
    )  # fmt: skip


def _money(mode: Mapping[str, Any], result: Mapping[str, str]) -> dict[str, int]:
    """The amounts of a month in cents."""
    if kind_of(dict(mode)) == "creche":
        paid = _amount(result["monthly"])
        return {"pay_cents": paid, "left_cents": paid}
    meals, upkeep = _given(mode, "meal_allowance"), _given(mode, "maintenance_allowance")
    left = {"left_cents": _amount(result["left_to_family"]), "meals_cents": meals}
    if mode["care_mode"] not in DIRECT:
        return left | {"pay_cents": _given(mode, "invoice_amount")}
    return left | {
        "pay_cents": _given(mode, "net_salary") + meals + upkeep,
        "contributions_cents": _amount(result["contributions"]),
        "deduction_cents": _amount(result["deduction"]),
        "upkeep_cents": upkeep,
        "care_days": mode.get("days", 0),
    }


def _given(mode: Mapping[str, Any], name: str) -> int:
    return int(_amount(mode.get(name, "0")))


def _told(values: Values, answers: list[Answer], rows: list[Values]) -> Answer:
    modes = list(enumerate(zip(values["modes"], answers, rows, strict=True)))
    return {
        "result": {
            "modes": [_result(mode, row) for _place, (mode, _answer, row) in modes],
            "hypotheses": hypotheses(values),
        },
        "refusals": [
            one
            for place, (mode, answer, row) in modes
            for one in _refusals(place, mode, [*_codes(values, mode, row)], answer)
        ],
        "steps": [one for place, (mode, answer, row) in modes for one in _steps(place, mode, answer, row)],
        "parameters": _figures(values, answers),
    }


def _result(mode: Mapping[str, Any], row: Values) -> dict[str, Any]:
    month = {name: euros(row[f"{name}_cents"]) for name in ("cost", "aids", "tax_credit", "net_cost")}
    year = {
        "cost": euros(row["cost_cents"] * row["months"]),
        "aids": euros(row["aids_cents"] * row["months"]),
        "tax_credit": euros(row["yearly_credit_cents"]),
        "net_cost": euros(row["yearly_net_cost_cents"]),
    }
    named = "care_kind" if "care_kind" in mode else "care_mode"
    return {named: mode[named]} | month | {"year": year}


def _codes(values: Values, mode: Mapping[str, Any], row: Values) -> Iterator[str]:
    """What the age of the child refuses beside the CMG."""
    if is_creche(mode) and not receives(values["family"]["child_birth_date"][0], values["care_month"]):
        yield TOO_OLD_FOR_CRECHE
    if not row.get("is_young_enough", True):
        yield TOO_OLD_FOR_CREDIT


def is_creche(mode: Mapping[str, Any]) -> bool:
    """A crèche of the PSU, or a micro-crèche that families pay with the CMG."""
    return "care_kind" in mode or mode["care_mode"] == "MICRO_CRECHE"


def _refusals(place: int, mode: Mapping[str, Any], codes: list[str], answer: Answer) -> list[dict[str, Any]]:
    """Why a mode has no place, no CMG or no tax credit, said of which; `mode` is its place in the list."""
    found = answer["refusals"] + [{"code": code} | REFUSALS[code]._asdict() for code in codes]
    return [one | {"message": f"{MODES[mode_of(mode)][0]} : {one['message']}", "mode": place} for one in found]


def _steps(place: int, mode: Mapping[str, Any], answer: Answer, row: Values) -> list[dict[str, Any]]:
    """The steps of the aid or of the price, then those of the tax credit, named after the mode's place."""
    steps = answer["steps"] + [
        one | {"name": f"net_cost.{one['name']}"} for one in told(row, CREDIT_STEPS[credit_of(mode)])
    ]
    return [one | {"name": f"modes[{place}].{one['name']}"} for one in steps]


def _figures(values: Values, answers: list[Answer]) -> list[dict[str, Any]]:
    """Every figure once: those of the aids and prices in the care month, those of the tax on 1 January."""
    first_day = values["care_month"].replace(month=1, day=1)
    tables = [CREDIT_TABLES[credit_of(mode)] for mode in values["modes"]]
    keys = {key for table in tables for key, _unit in table.values()}
    keys |= {AGE_LIMIT} if any(is_creche(mode) for mode in values["modes"]) else set()
    found = [one for answer in answers for one in answer["parameters"]]
    found += figures_told(keys, first_day, monenfant_parameters())
    return list({one["key"]: one for one in found}.values())


simulate = simulations.one_by_one(_answer)
