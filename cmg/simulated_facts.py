"""The facts of `simulate cmg`: how each key is read, and every error at once, with its remedy."""

from datetime import date
from typing import Any

from cmg.rules.activity import GROUNDS
from cmg.rules.figures import REGIME_B_FROM
from portal.legislation.facts import (
    TERRITORIES,
    Error,
    Fact,
    a_count,
    a_flag,
    an_amount,
    count,
    error,
    hours_of_month,
    one_of,
    read_month,
    read_object,
    some_dates,
    whole_euros,
)

DIRECT = ("CHILDMINDER", "HOME_EMPLOYEE")
STRUCTURES = ("STRUCTURE_CHILDMINDER", "STRUCTURE_HOME", "MICRO_CRECHE")
SEVERAL_CHILDREN = ("HOME_EMPLOYEE", "STRUCTURE_HOME")
# Pajemploi pays the CMG since the care of June 2019; nothing is simulated before.
FIRST_MONTH = date(2019, 6, 1)


def _grounds(value: Any) -> list[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= 2 or any(ground not in GROUNDS for ground in value):
        raise ValueError
    return list(value)


PREPARE = ("NONE", "PARTIAL_LE_50", "PARTIAL_50_80", "FULL")

FACTS = {
    "care_month": Fact(read_month, "un mois AAAA-MM, depuis 2019-06"),
    "care_mode": one_of(*DIRECT, *STRUCTURES),
    "child_birth_date": some_dates(),
    "annual_resources": whole_euros(),
    "dependent_children": a_count(1, 99),
    "isolated_parent": a_flag(),
    "aah": a_flag(),
    "aeeh_children": a_count(0, 99, default=0),
    "prepare": one_of(*PREPARE, default="NONE"),
    "territory": one_of(*TERRITORIES, default="METROPOLE"),
    "activity_ground": Fact(_grounds, "une liste d’un ou deux codes parmi " + ", ".join(GROUNDS), default=None),
    "hours": hours_of_month(default=0),
    "specific_hours": hours_of_month(default=0),
    "days": Fact(count(0, 31), "un nombre entier de jours, de 0 à 31", default=None),
    "net_salary": an_amount(default=None),
    "maintenance_allowance": an_amount(default=0),
    "meal_allowance": an_amount(default=0),
    "terminal_indemnities": an_amount(default=0),
    "withholding_tax": an_amount(default=0),
    "transition_supplement": an_amount(default=0),
    "all_in_one": a_flag(),
    "invoice_amount": an_amount(default=None),
    "hourly_tariff": an_amount(default=None),
    "fnas_funded": a_flag(),
}


def read_facts(facts: Any) -> tuple[dict[str, Any], list[Error]]:
    """The values of one object, defaults included, and every error found. The values hold only without error."""
    values, errors = read_object(facts, FACTS, 'Donnez {"care_month": …}.')
    return values, errors + (_between(facts, values) if values else [])


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
