"""`simulate creche`: the price of a month in a crèche financed by the PSU."""

from typing import Any

from monenfant.rules.amounts import CARE_KINDS, CRECHE_STEPS, MICRO_SCALE, RESOURCES_CASES, Creche, creche_row, scale_of
from monenfant.rules.figures import PSU, monenfant_parameters
from portal.legislation import simulations
from portal.legislation.facts import (
    Error,
    a_count,
    a_month,
    an_amount,
    error,
    hours_of_month,
    one_of,
    read_object,
    whole_euros,
)
from portal.legislation.parameters import NoParameterInForce
from portal.legislation.trace import euros, figures_told, told

Values = dict[str, Any]
Answer = dict[str, Any]
CRECHE_FACTS = {
    "care_kind": one_of(*CARE_KINDS),
    "hours_month": hours_of_month(),
    "resources_case": one_of(*RESOURCES_CASES, default="KNOWN"),
    "agreed_ceiling": an_amount(default=0),
}
FACTS = {
    "care_month": a_month(),
    "annual_resources": whole_euros(default=None),
    "dependent_children": a_count(1, 99),
    "disabled_children": a_count(0, 99, default=0),
} | CRECHE_FACTS
EXAMPLE = (
    'Donnez {"care_month": "2026-10", "annual_resources": "36000", "dependent_children": 1, "care_kind": "COLLECTIVE",'
    ' "hours_month": "150"}.'
)


def read(facts: Any) -> tuple[Values, list[Error]]:
    """The values of one object, and every error found."""
    values, errors = read_object(facts, FACTS, EXAMPLE)
    return values, errors + (_between(facts, values) if values else [])


def _between(facts: Any, values: Values) -> list[Error]:
    """What the facts must be together."""
    return _about_the_resources(facts, values) + _about_the_children(values) + _about_the_figures(values)


def _about_the_resources(facts: Any, values: Values) -> list[Error]:
    if values["resources_case"] != "KNOWN" or "annual_resources" in facts:
        return []
    return [error("annual_resources", "required", "Ce fait manque.", f"Donnez {FACTS['annual_resources'].expected}.")]


def _about_the_children(values: Values) -> list[Error]:
    children, disabled = values["dependent_children"], values["disabled_children"]
    if children is None or disabled is None or disabled <= children:
        return []
    return [error("disabled_children", "above_dependent_children", "Il y a plus d’enfants avec AEEH que d’enfants à charge.",
                  "Comptez-les aussi dans les enfants à charge.")]  # fmt: skip


def _about_the_figures(values: Values) -> list[Error]:
    """A month without scale, or an agreed ceiling that is below the national one."""
    month, agreed = values["care_month"], values["agreed_ceiling"]
    if month is None:
        return []
    try:
        monenfant_parameters().value("psu.floor", month)
        national = monenfant_parameters().value("psu.ceiling", month)
    except NoParameterInForce as missing:
        return [error("care_month", "no_parameter", str(missing), "Choisissez un mois où le barème est connu.")]
    if not agreed or agreed >= national * 100:
        return []
    return [error("agreed_ceiling", "below_national_ceiling", "Un plafond local ne peut pas être sous le plafond national.",
                  f"Donnez {euros(int(national * 100))} au moins, ou retirez ce fait.")]  # fmt: skip


def row_of(values: Values) -> dict[str, Any]:
    """Every step of one crèche, from values read without error. Raises NoParameterInForce."""
    asked = Creche(
        values["annual_resources"] or 0, values["dependent_children"], values["care_kind"], values["hours_month"],
        values["disabled_children"], values["resources_case"], values["agreed_ceiling"],
    )  # fmt: skip
    return creche_row(asked, values["care_month"])


def figures_of(values: Values) -> list[dict[str, Any]]:
    """The figures that the price rests on."""
    kind, month = values["care_kind"], values["care_month"]
    keys = (
        {key for key, _unit in PSU.values()} | {scale_of(kind, month)} | ({MICRO_SCALE} if kind == "MICRO" else set())
    )
    return figures_told(keys, month, monenfant_parameters())


def _answer(facts: Any) -> Answer:
    values, errors = read(facts)
    if errors:
        return {"errors": errors}
    row = row_of(values)
    return {
        "result": {"hourly_rate": euros(row["hourly_rate_cents"]), "monthly": euros(row["monthly_cents"])},
        "refusals": [],
        "steps": told(row, CRECHE_STEPS),
        "parameters": figures_of(values),
    }


simulate = simulations.one_by_one(_answer)
