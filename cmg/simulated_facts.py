"""The facts of `simulate cmg`: how each key is read, and every error at once, with its remedy."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cmg.rules.activity import GROUNDS
from cmg.rules.figures import REGIME_B_FROM

DIRECT = ("CHILDMINDER", "HOME_EMPLOYEE")
STRUCTURES = ("STRUCTURE_CHILDMINDER", "STRUCTURE_HOME", "MICRO_CRECHE")
SEVERAL_CHILDREN = ("HOME_EMPLOYEE", "STRUCTURE_HOME")
# Pajemploi pays the CMG since the care of June 2019; nothing is simulated before.
FIRST_MONTH = date(2019, 6, 1)
REQUIRED = object()

Error = dict[str, str]


@dataclass(frozen=True)
class Fact:
    """One key of the input: how it is read, and its default (REQUIRED when it has none)."""

    read: Callable[[Any], Any]
    expected: str
    default: Any = REQUIRED


def error(key: str, code: str, message: str, remedy: str) -> Error:
    return {"key": key, "code": code, "message": message, "remedy": remedy}


def _matched(value: Any, pattern: str) -> str:
    """`value` if it is a text of that form. Digits are 0 to 9 alone: Python's own readers take those of every script."""
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise ValueError
    return value


def _hundredths(largest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        whole, _, rest = _matched(value, r"\d{1,8}(\.\d{1,2})?").partition(".")
        number = int(whole) * 100 + int(rest.ljust(2, "0"))
        if number > largest:
            raise ValueError
        return number

    return read


def _resources(value: Any) -> int:
    return int(_matched(value, r"\d{1,8}"))


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
    return date.fromisoformat(_matched(value, r"(19|20)\d\d-\d\d") + "-01")


def _date(value: Any) -> date:
    return date.fromisoformat(_matched(value, r"\d{4}-\d\d-\d\d"))


def _dates(value: Any) -> list[date]:
    if not isinstance(value, list) or not 1 <= len(value) <= 20:
        raise ValueError
    return [_date(one) for one in value]


def _grounds(value: Any) -> list[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= 2 or any(ground not in GROUNDS for ground in value):
        raise ValueError
    return list(value)


AMOUNT = 'un montant en texte, avec un point et deux décimales au plus, de "0" à "999999.99", par exemple "606.25"'
HOURS = 'des heures en texte, avec un point et deux décimales au plus, de "0" à "744"'
PREPARE = ("NONE", "PARTIAL_LE_50", "PARTIAL_50_80", "FULL")
TERRITORIES = ("METROPOLE", "OVERSEAS", "MAYOTTE")
_money = _hundredths(99_999_999)
_hours = _hundredths(744_00)


def _one_of(*allowed: str, default: Any = REQUIRED) -> Fact:
    return Fact(_choice(*allowed), "l’un de " + ", ".join(allowed), default)


def _yes_or_no() -> Fact:
    return Fact(_flag, "true ou false", default=False)


FACTS = {
    "care_month": Fact(_month, "un mois AAAA-MM, depuis 2019-06"),
    "care_mode": _one_of(*DIRECT, *STRUCTURES),
    "child_birth_date": Fact(_dates, "une liste de dates AAAA-MM-JJ"),
    "annual_resources": Fact(_resources, 'des euros entiers en texte, de "0" à "99999999", par exemple "36000"'),
    "dependent_children": Fact(_count(1, 99), "un nombre entier de 1 à 99"),
    "isolated_parent": _yes_or_no(),
    "aah": _yes_or_no(),
    "aeeh_children": Fact(_count(0, 99), "un nombre entier de 0 à 99", default=0),
    "prepare": _one_of(*PREPARE, default="NONE"),
    "territory": _one_of(*TERRITORIES, default="METROPOLE"),
    "activity_ground": Fact(_grounds, "une liste d’un ou deux codes parmi " + ", ".join(GROUNDS), default=None),
    "hours": Fact(_hours, HOURS, default=0),
    "specific_hours": Fact(_hours, HOURS, default=0),
    "days": Fact(_count(0, 31), "un nombre entier de jours, de 0 à 31", default=None),
    "net_salary": Fact(_money, AMOUNT, default=None),
    "maintenance_allowance": Fact(_money, AMOUNT, default=0),
    "meal_allowance": Fact(_money, AMOUNT, default=0),
    "terminal_indemnities": Fact(_money, AMOUNT, default=0),
    "withholding_tax": Fact(_money, AMOUNT, default=0),
    "transition_supplement": Fact(_money, AMOUNT, default=0),
    "all_in_one": _yes_or_no(),
    "invoice_amount": Fact(_money, AMOUNT, default=None),
    "hourly_tariff": Fact(_money, AMOUNT, default=None),
    "fnas_funded": _yes_or_no(),
}


def read_facts(facts: Any) -> tuple[dict[str, Any], list[Error]]:
    """The values of one object, defaults included, and every error found. The values hold only without error."""
    if not isinstance(facts, dict):
        return {}, [error("", "not_an_object", "Un objet de faits est attendu.", 'Donnez {"care_month": …}.')]
    errors = [error(_named(key), "unknown_key", "Ce fait n’est pas connu.", "Retirez-le.")
              for key in facts if key not in FACTS]  # fmt: skip
    errors += [error(_named(key), "duplicate_key", "Ce fait est donné deux fois.", "Gardez une seule valeur.")
               for key in getattr(facts, "repeated", ())]  # fmt: skip
    values: dict[str, Any] = {}
    for key, fact in FACTS.items():
        values[key] = _value(facts, key, fact, errors)
    return values, errors + _between(facts, values)


def _named(key: Any) -> str:
    """A key that came from outside, as it can be written back: half a surrogate pair has no UTF-8."""
    return str(key)[:60].encode("utf-8", "backslashreplace").decode()


def _value(facts: dict[str, Any], key: str, fact: Fact, errors: list[Error]) -> Any:
    """The value of `key`, its default, or None with an error more."""
    if key in facts:
        try:
            return fact.read(facts[key])
        except (ValueError, TypeError):
            errors.append(error(key, "bad_value", "Cette valeur n’est pas possible.", f"Donnez {fact.expected}."))
            return None
    if fact.default is REQUIRED:
        errors.append(error(key, "required", "Ce fait manque.", f"Donnez {fact.expected}."))
        return None
    return fact.default


def _between(facts: dict[str, Any], values: dict[str, Any]) -> list[Error]:
    """What the facts must be together."""
    missing = [error(key, "required", "Ce fait manque dans ce cas.", f"Donnez {FACTS[key].expected}.")
               for key in _needed(values["care_mode"], values["care_month"]) if key not in facts]  # fmt: skip
    return missing + _about_the_month(values) + _about_the_family(values) + _about_the_pay(values)


def _needed(mode: str | None, month: date | None) -> list[str]:
    """The keys that the care mode and the month make necessary."""
    if mode in STRUCTURES:
        return ["invoice_amount", "hours", *(["hourly_tariff"] if mode == "MICRO_CRECHE" else [])]
    if mode == "HOME_EMPLOYEE":
        return ["net_salary", "hours"]
    if mode == "CHILDMINDER":
        by_month = [] if month is None else ["hours" if month >= REGIME_B_FROM else "days"]
        return ["net_salary", *by_month]
    return []


def _about_the_month(values: dict[str, Any]) -> list[Error]:
    month, births = values["care_month"], values["child_birth_date"]
    errors = []
    if month and month < FIRST_MONTH:
        errors.append(error("care_month", "no_parameter", "Aucun barème n’est en vigueur avant juin 2019.",
                            "Choisissez un mois depuis 2019-06."))  # fmt: skip
    if month and births and any(birth.replace(day=1) > month for birth in births):
        errors.append(error("child_birth_date", "born_later", "Un enfant n’est pas encore né ce mois-là.",
                            "Donnez sa date de naissance, ou un mois de garde qui la suit."))  # fmt: skip
    return errors


def _about_the_family(values: dict[str, Any]) -> list[Error]:
    errors = []
    mode, births = values["care_mode"], values["child_birth_date"]
    if mode and births and len(births) > 1 and mode not in SEVERAL_CHILDREN:
        errors.append(error("child_birth_date", "one_child", "Une déclaration de ce mode porte un seul enfant.",
                            "Donnez une seule date, et une simulation par enfant."))  # fmt: skip
    grounds, alone = values["activity_ground"], values["isolated_parent"]
    if grounds and alone is not None and len(grounds) != (1 if alone else 2):
        errors.append(error("activity_ground", "one_per_member", "Il faut un code par membre du foyer.",
                            "Un code pour une personne seule, deux pour un couple."))  # fmt: skip
    return errors


def _about_the_pay(values: dict[str, Any]) -> list[Error]:
    net, indemnities = values["net_salary"], values["terminal_indemnities"]
    if values["care_mode"] not in DIRECT or net is None or indemnities is None or indemnities <= net:
        return []
    return [error("terminal_indemnities", "above_net_salary", "Les indemnités dépassent le salaire net.",
                  "Le salaire net contient les indemnités de fin de contrat.")]  # fmt: skip
