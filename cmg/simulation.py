"""`simulate cmg`: one declaration (or one structure invoice), alone, from JSON facts to result, steps and articles.

A list is settled month by month, all its objects at once: the same code as the monthly batch, and its speed.
"""

from collections import defaultdict
from datetime import date
from typing import Any

import polars as pl

from cmg.explaining import trace
from cmg.rules.activity import is_activity_condition_met
from cmg.rules.figures import cmg_parameters
from cmg.rules.month import settle, steps_for
from cmg.rules.refusals import REFUSALS
from cmg.rules.structure import STEPS as STRUCTURE_STEPS
from cmg.rules.structure import settle_structures
from cmg.simulated_facts import STRUCTURES, error, read_facts
from portal.legislation.parameters import NoParameterInForce
from portal.legislation.trace import euros

RESULT = (
    "contributions", "deduction", "part_a", "part_b", "supplement", "offset", "debit", "payout", "total_debit",
    "left_to_family",
)  # fmt: skip
Values = dict[str, Any]
Answer = dict[str, Any]
# Column of the rules -> key of the input.
COMMON = {
    "care_mode": "care_mode", "child_birth_dates": "child_birth_date", "annual_resources": "annual_resources",
    "dependent_children": "dependent_children", "isolated_parent": "isolated_parent", "aah": "aah",
    "aeeh_children": "aeeh_children", "prepare": "prepare", "territory": "territory", "hours_hundredths": "hours",
    "specific_hours_hundredths": "specific_hours",
}  # fmt: skip
DIRECT_COLUMNS = COMMON | {
    "days": "days", "net_salary_cents": "net_salary", "maintenance_allowance_cents": "maintenance_allowance",
    "meal_allowance_cents": "meal_allowance", "terminal_indemnities_cents": "terminal_indemnities",
    "withholding_tax_cents": "withholding_tax", "transition_supplement_cents": "transition_supplement",
    "all_in_one": "all_in_one",
}  # fmt: skip
STRUCTURE_COLUMNS = COMMON | {
    "invoice_amount_cents": "invoice_amount", "hourly_tariff_cents": "hourly_tariff", "fnas_funded": "fnas_funded",
}  # fmt: skip
TYPES: dict[str, Any] = {
    "care_mode": pl.String, "child_birth_dates": pl.List(pl.Date), "prepare": pl.String, "territory": pl.String,
} | dict.fromkeys(("isolated_parent", "aah", "all_in_one", "fnas_funded"), pl.Boolean)  # fmt: skip


def simulate(facts: Any) -> tuple[Any, bool]:
    """The answer for one object of facts, or the answers of a list in its order; and whether all were accepted."""
    answers = _answers(facts if isinstance(facts, list) else [facts])
    accepted = all("errors" not in answer for answer in answers)
    return answers if isinstance(facts, list) else answers[0], accepted


def _answers(listed: list[Any]) -> list[Answer]:
    """One answer per object; what was read without error is settled together, by month and kind."""
    answers: list[Answer] = []
    groups: dict[tuple[date, bool], dict[int, Values]] = defaultdict(dict)
    for position, one in enumerate(listed):
        values, errors = read_facts(one)
        answers.append({"errors": errors})
        if not errors:
            groups[values["care_month"], values["care_mode"] in STRUCTURES][position] = values
    for (month, structure), group in groups.items():
        settled = _settled(list(group.values()), month, structure=structure)
        for position, answer in zip(group, settled, strict=True):
            answers[position] = answer
    return answers


def _settled(group: list[Values], month: date, *, structure: bool) -> list[Answer]:
    try:
        return _structures(group, month) if structure else _direct(group, month)
    except NoParameterInForce as missing:
        remedy = "Choisissez un mois où le barème est connu."
        return [{"errors": [error("care_month", "no_parameter", str(missing), remedy)]} for _ in group]


def _frame(group: list[Values], columns: dict[str, str]) -> pl.DataFrame:
    """The facts as the rules want them, one row per object; rows share nothing (no pool)."""
    series = [
        pl.Series(name, [values[key] for values in group], dtype=TYPES.get(name, pl.Int64))
        for name, key in columns.items()
    ]
    return pl.DataFrame(series).with_columns(has_right=pl.Series([_is_active(values) for values in group]))


def _is_active(values: Values) -> bool:
    month, grounds = (
        values["care_month"],
        values["activity_ground"] or ["WORK"] * (1 if values["isolated_parent"] else 2),
    )
    rule = cmg_parameters().value("policy.household_activity_rule", month)
    return is_activity_condition_met(grounds, month, rule=rule)


def settled_alone(values: Values) -> dict[str, Any]:
    """Every column that the rules give of one direct declaration, from the values of `read_facts` without error: what
    pages that show the arithmetic need. Raises NoParameterInForce."""
    return _settle_direct([values], values["care_month"]).row(0, named=True)


def _settle_direct(group: list[Values], month: date) -> pl.DataFrame:
    facts = _frame(group, DIRECT_COLUMNS).with_columns(
        declaration_no=pl.lit("1"), child_id=pl.lit("1"), pool_key=pl.lit(None, dtype=pl.String)
    )
    return settle(facts, care_month=month, parameters=cmg_parameters())


def _direct(group: list[Values], month: date) -> list[Answer]:
    settled = _settle_direct(group, month)
    explained = trace(settled, steps_for(month), month)
    return [
        _answer(found["regime"], _direct_amounts(found), found) | why
        for found, why in zip(settled.iter_rows(named=True), explained, strict=True)
    ]


def _direct_amounts(found: dict[str, Any]) -> dict[str, int]:
    amounts = {name: found[f"{name}_cents"] for name in RESULT if name != "left_to_family"}
    pay = found["net_salary_cents"] + found["maintenance_allowance_cents"] + found["meal_allowance_cents"]
    amounts["left_to_family"] = pay + found["remainder_cents"] - amounts["part_b"] - amounts["supplement"]
    if found["all_in_one"]:
        amounts["debit"] = amounts["payout"] = 0
    return amounts


def _structures(group: list[Values], month: date) -> list[Answer]:
    settled = settle_structures(_frame(group, STRUCTURE_COLUMNS), care_month=month, parameters=cmg_parameters())
    explained = trace(settled, STRUCTURE_STEPS, month)
    return [
        _answer("A", _structure_amounts(found), found) | why
        for found, why in zip(settled.iter_rows(named=True), explained, strict=True)
    ]


def _structure_amounts(found: dict[str, Any]) -> dict[str, int]:
    amounts = dict.fromkeys(RESULT, 0)
    amounts["part_b"] = amounts["payout"] = found["part_b_cents"]
    amounts["left_to_family"] = found["invoice_amount_cents"] - found["part_b_cents"]
    return amounts


def _answer(regime: str, amounts: dict[str, int], found: dict[str, Any]) -> Answer:
    code = found["refusal"]
    if code == "cmg.no_right":
        # Alone, a simulated household has no right for one reason only: nobody in it fulfils the activity condition.
        code = "cmg.activity_condition"
    refusals = [{"code": code, "message": REFUSALS[code].message, "article": REFUSALS[code].article}] if code else []
    return {"result": {"regime": regime} | {name: euros(amounts[name]) for name in RESULT}, "refusals": refusals}
