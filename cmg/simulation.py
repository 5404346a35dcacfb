"""`simulate cmg`: one declaration (or one structure invoice), alone, from JSON facts to result, steps and articles."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from cmg.explaining import trace
from cmg.rules.activity import GROUNDS, is_activity_condition_met
from cmg.rules.figures import cmg_parameters
from cmg.rules.month import settle, steps_for
from cmg.rules.refusals import REFUSALS
from cmg.rules.structure import STEPS as STRUCTURE_STEPS
from cmg.rules.structure import settle_structures
from portal.legislation.parameters import NoParameterInForce

DIRECT = ("CHILDMINDER", "HOME_EMPLOYEE")
STRUCTURES = ("STRUCTURE_CHILDMINDER", "STRUCTURE_HOME", "MICRO_CRECHE")
RESULT = (
    "contributions", "deduction", "part_a", "part_b", "supplement", "offset", "debit", "payout", "total_debit",
    "left_to_family",
)  # fmt: skip
REQUIRED = object()


@dataclass(frozen=True)
class Fact:
    """One key of the input: how it is read, and its default (REQUIRED when it has none)."""

    read: Callable[[Any], Any]
    expected: str
    default: Any = REQUIRED


def _hundredths(largest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"\d{1,8}(\.\d{1,2})?", value):
            raise ValueError
        whole, _, rest = value.partition(".")
        number = int(whole) * 100 + int(rest.ljust(2, "0") or 0)
        if number > largest:
            raise ValueError
        return number

    return read


def _resources(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,8}", value):
        raise ValueError
    return int(value)


def _count(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return read


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _choice(*allowed: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError
        return str(value)

    return read


def _month(value: Any) -> date:
    if not isinstance(value, str) or not re.fullmatch(r"20\d\d-\d\d", value):
        raise ValueError
    month = date.fromisoformat(value + "-01")
    if month < date(2019, 6, 1):
        raise ValueError
    return month


def _dates(value: Any) -> list[date]:
    if not isinstance(value, list) or not 1 <= len(value) <= 10:
        raise ValueError
    return [_date(one) for one in value]


def _date(value: Any) -> date:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError
    return date.fromisoformat(value)


def _grounds(value: Any) -> list[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= 2 or any(ground not in GROUNDS for ground in value):
        raise ValueError
    return list(value)


AMOUNT = 'un montant en texte, avec un point et deux décimales au plus, par exemple "606.25"'
_money = _hundredths(99_999_999)
_hours = _hundredths(744_00)
FACTS = {
    "care_month": Fact(_month, "un mois AAAA-MM, depuis 2019-06"),
    "care_mode": Fact(_choice(*DIRECT, *STRUCTURES), "l’un de " + ", ".join(DIRECT + STRUCTURES)),
    "child_birth_date": Fact(_dates, "une liste de dates AAAA-MM-JJ"),
    "annual_resources": Fact(_resources, 'des euros entiers en texte, par exemple "36000"'),
    "dependent_children": Fact(_count(1, 20), "un nombre entier d’au moins 1"),
    "isolated_parent": Fact(_flag, "true ou false", default=False),
    "aah": Fact(_flag, "true ou false", default=False),
    "aeeh_children": Fact(_count(0, 20), "un nombre entier d’au moins 0", default=0),
    "prepare": Fact(
        _choice("NONE", "PARTIAL_LE_50", "PARTIAL_50_80", "FULL"),
        "NONE, PARTIAL_LE_50, PARTIAL_50_80 ou FULL",
        default="NONE",
    ),
    "territory": Fact(
        _choice("METROPOLE", "OVERSEAS", "MAYOTTE"), "METROPOLE, OVERSEAS ou MAYOTTE", default="METROPOLE"
    ),
    "activity_ground": Fact(_grounds, "une liste d’un ou deux codes parmi " + ", ".join(GROUNDS), default=None),
    "hours": Fact(_hours, 'des heures en texte, de "0" à "744"', default=0),
    "specific_hours": Fact(_hours, 'des heures en texte, de "0" à "744"', default=0),
    "days": Fact(_count(0, 31), "un nombre de jours de 0 à 31", default=None),
    "net_salary": Fact(_money, AMOUNT, default=None),
    "maintenance_allowance": Fact(_money, AMOUNT, default=0),
    "meal_allowance": Fact(_money, AMOUNT, default=0),
    "terminal_indemnities": Fact(_money, AMOUNT, default=0),
    "withholding_tax": Fact(_money, AMOUNT, default=0),
    "transition_supplement": Fact(_money, AMOUNT, default=0),
    "all_in_one": Fact(_flag, "true ou false", default=False),
    "invoice_amount": Fact(_money, AMOUNT, default=None),
    "hourly_tariff": Fact(_money, AMOUNT, default=None),
    "fnas_funded": Fact(_flag, "true ou false", default=False),
}


def _error(key: str, code: str, message: str, remedy: str) -> dict[str, str]:
    return {"key": key, "code": code, "message": message, "remedy": remedy}


def _read(facts: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    values: dict[str, Any] = {}
    errors = []
    for key in facts.keys() - FACTS.keys():
        errors.append(_error(str(key)[:60], "unknown_key", "Ce fait n’est pas connu.", "Retirez-le."))
    for key, fact in FACTS.items():
        if key not in facts:
            if fact.default is REQUIRED:
                errors.append(_error(key, "required", "Ce fait manque.", f"Donnez {fact.expected}."))
            values[key] = None if fact.default is REQUIRED else fact.default
            continue
        try:
            values[key] = fact.read(facts[key])
        except (ValueError, TypeError):
            errors.append(_error(key, "bad_value", "Cette valeur n’est pas possible.", f"Donnez {fact.expected}."))
            values[key] = None
    return values, errors + _between(facts, values)


def _between(facts: dict[str, Any], values: dict[str, Any]) -> list[dict[str, str]]:
    """What the facts must be together."""
    errors = []

    def need(key: str, remedy: str) -> None:
        if key not in facts:
            errors.append(_error(key, "required", "Ce fait manque dans ce cas.", remedy))

    mode, month = values.get("care_mode"), values.get("care_month")
    if mode in DIRECT:
        need("net_salary", f"Donnez {AMOUNT}.")
        if mode == "HOME_EMPLOYEE" or (month and month >= date(2025, 9, 1)):
            need("hours", "Donnez les heures de garde du mois.")
        elif mode == "CHILDMINDER" and month:
            need("days", "Donnez le nombre de jours payés.")
        if (values.get("terminal_indemnities") or 0) > (values.get("net_salary") or 0) and "net_salary" in facts:
            errors.append(
                _error("terminal_indemnities", "above_net_salary", "Les indemnités dépassent le salaire net.",
                       "Le salaire net contient les indemnités de fin de contrat.")
            )  # fmt: skip
    elif mode in STRUCTURES:
        need("invoice_amount", f"Donnez {AMOUNT}.")
        need("hours", "Donnez les heures de garde du mois.")
        if mode == "MICRO_CRECHE":
            need("hourly_tariff", f"Donnez {AMOUNT}.")
    several = mode in ("HOME_EMPLOYEE", "STRUCTURE_HOME")
    if mode and values.get("child_birth_date") and len(values["child_birth_date"]) > 1 and not several:
        errors.append(_error("child_birth_date", "one_child", "Une déclaration de ce mode porte un seul enfant.",
                             "Donnez une seule date, et une simulation par enfant."))  # fmt: skip
    grounds = values.get("activity_ground")
    if (
        grounds
        and values.get("isolated_parent") is not None
        and len(grounds) != (1 if values["isolated_parent"] else 2)
    ):
        errors.append(_error("activity_ground", "one_per_member", "Il faut un code par membre du foyer.",
                             "Un code pour une personne seule, deux pour un couple."))  # fmt: skip
    return errors


def simulate(facts: Any) -> tuple[Any, bool]:
    """The answer for one object of facts, or the answers of a list in its order; and whether all were accepted."""
    if isinstance(facts, list):
        answers = [_one(one) for one in facts]
        return answers, all("errors" not in answer for answer in answers)
    answer = _one(facts)
    return answer, "errors" not in answer


def _one(facts: Any) -> dict[str, Any]:
    if not isinstance(facts, dict):
        return {"errors": [_error("", "not_an_object", "Un objet de faits est attendu.", 'Donnez {"care_month": …}.')]}
    values, errors = _read(facts)
    if errors:
        return {"errors": errors}
    try:
        return _structure(values) if values["care_mode"] in STRUCTURES else _direct(values)
    except NoParameterInForce as missing:
        message = str(missing)
        return {"errors": [_error("care_month", "no_parameter", message, "Choisissez un mois où le barème est connu.")]}


def _has_right(values: dict[str, Any]) -> bool:
    grounds = values["activity_ground"] or ["WORK"]
    return is_activity_condition_met(grounds, values["care_month"])


def _frame(row: dict[str, Any]) -> pl.DataFrame:
    overrides: dict[str, Any] = {
        name: pl.Int64
        for name, value in row.items()
        if value is None or (isinstance(value, int) and not isinstance(value, bool))
    }
    return pl.DataFrame({name: [value] for name, value in row.items()}, schema_overrides=overrides)


def _common(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "care_mode": values["care_mode"],
        "child_birth_dates": values["child_birth_date"],
        "has_right": _has_right(values),
        "annual_resources": values["annual_resources"],
        "dependent_children": values["dependent_children"],
        "isolated_parent": values["isolated_parent"],
        "aah": values["aah"],
        "aeeh_children": values["aeeh_children"],
        "prepare": values["prepare"],
        "territory": values["territory"],
        "hours_hundredths": values["hours"],
        "specific_hours_hundredths": values["specific_hours"],
    }


def euros(cents: int) -> str:
    """Two decimals, as the contract writes amounts."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def _direct(values: dict[str, Any]) -> dict[str, Any]:
    row = _common(values) | {
        "declaration_no": "1",
        "child_id": "1",
        "pool_key": None,
        "days": values["days"],
        "net_salary_cents": values["net_salary"],
        "maintenance_allowance_cents": values["maintenance_allowance"],
        "meal_allowance_cents": values["meal_allowance"],
        "terminal_indemnities_cents": values["terminal_indemnities"],
        "withholding_tax_cents": values["withholding_tax"],
        "transition_supplement_cents": values["transition_supplement"],
        "all_in_one": values["all_in_one"],
    }
    facts = _frame(row).with_columns(pl.col("pool_key").cast(pl.String))
    parameters = cmg_parameters()
    settled = settle(facts, care_month=values["care_month"], parameters=parameters)
    found = settled.row(0, named=True)
    amounts = {name: found[f"{name}_cents"] for name in RESULT if name != "left_to_family"}
    remaining = max(0, amounts["contributions"] - amounts["deduction"] - amounts["part_a"])
    pay = values["net_salary"] + values["maintenance_allowance"] + values["meal_allowance"]
    amounts["left_to_family"] = pay + remaining - amounts["part_b"] - amounts["supplement"]
    if values["all_in_one"]:
        amounts["debit"] = amounts["payout"] = 0
    return _answer(
        found["regime"], amounts, found, values, trace(settled, steps_for(values["care_month"]), values["care_month"])
    )


def _structure(values: dict[str, Any]) -> dict[str, Any]:
    row = _common(values) | {
        "invoice_amount_cents": values["invoice_amount"],
        "hourly_tariff_cents": values["hourly_tariff"],
        "fnas_funded": values["fnas_funded"],
        "direct_part_b_cents": 0,
    }
    settled = settle_structures(_frame(row), care_month=values["care_month"], parameters=cmg_parameters())
    found = settled.row(0, named=True)
    amounts = dict.fromkeys(RESULT, 0)
    amounts["part_b"] = amounts["payout"] = found["part_b_cents"]
    amounts["left_to_family"] = values["invoice_amount"] - found["part_b_cents"]
    return _answer("A", amounts, found, values, trace(settled, STRUCTURE_STEPS, values["care_month"]))


def _answer(
    regime: str, amounts: dict[str, int], found: dict[str, Any], values: dict[str, Any], explained: dict[str, Any]
) -> dict[str, Any]:
    code = found["refusal"]
    if code == "cmg.no_right" and not _has_right(values):
        code = "cmg.activity_condition"
    refusals = [{"code": code, "message": REFUSALS[code].message, "article": REFUSALS[code].article}] if code else []
    result = {"regime": regime} | {name: euros(amounts[name]) for name in RESULT}
    return {"result": result, "refusals": refusals, **explained}
