"""`simulate creche`: the price of a month in a crèche financed by the PSU."""

from typing import Any

from monenfant.rules.amounts import CARE_KINDS, CRECHE_STEPS, MICRO_SCALE, RESOURCES_CASES, Creche, creche_row, scale_of
from monenfant.rules.figures import PSU, monenfant_parameters
from portal.legislation import simulations
from portal.legislation.facts import (
    Error,
    Fact,
    a_count,
    a_month,
    an_amount,
    error,
    hours_of_month,
    hundredths,
    one_of,
    read_object,
    whole_euros,
)
from portal.legislation.parameters import NoParameterInForce
from portal.legislation.trace import euros, figures_told, told

Values = dict[str, Any]
Answer = dict[str, Any]
HOURS_MOST = 744_00
CRECHE_FACTS = {
    "care_kind": one_of(*CARE_KINDS),
    "hours_month": hours_of_month(default=None),
    # Instead of the hours of a month: those that a contract reserves for a year, and the invoices that share them.
    "annual_hours": Fact(hundredths(12 * HOURS_MOST), 'des heures en texte, de "0" à "8928", par exemple "1500"', None),
    "invoices": a_count(1, 12, default=None),
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
    return (
        _about_the_resources(facts, values) + _about_the_children(values) + _about_the_hours(facts, values)
        + _about_the_figures(values)
    )  # fmt: skip


def _about_the_resources(facts: Any, values: Values) -> list[Error]:
    if values["resources_case"] != "KNOWN" or "annual_resources" in facts:
        return []
    return [_missing("annual_resources")]


def _about_the_children(values: Values) -> list[Error]:
    children, disabled = values["dependent_children"], values["disabled_children"]
    if children is None or disabled is None or disabled <= children:
        return []
    return [error("disabled_children", "above_dependent_children", "Il y a plus d’enfants avec AEEH que d’enfants à charge.",
                  "Comptez-les aussi dans les enfants à charge.")]  # fmt: skip


def _about_the_hours(facts: Any, values: Values) -> list[Error]:
    """Those of a month, or those of a year with the invoices that share them: never both, which would be two prices."""
    if "annual_hours" not in facts:
        return [] if "hours_month" in facts else [_missing("hours_month")]
    if "hours_month" in facts:
        return [error("annual_hours", "contradiction", "Les heures sont données deux fois.",
                      "Gardez celles du mois, ou celles de l’année.")]  # fmt: skip
    return _about_the_year(values) if "invoices" in facts else [_missing("invoices")]


def _about_the_year(values: Values) -> list[Error]:
    year, invoices = values["annual_hours"], values["invoices"]
    if year is None or invoices is None or year <= invoices * HOURS_MOST:
        return []
    return [error("annual_hours", "too_many_hours", "Cela fait plus de 744 heures par facture.",
                  "Donnez moins d’heures, ou plus de factures.")]  # fmt: skip


def _missing(key: str) -> Error:
    return error(key, "required", "Ce fait manque.", f"Donnez {FACTS[key].expected}.")


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
    by_year = values["annual_hours"] is not None
    hours, invoices = (values["annual_hours"], values["invoices"]) if by_year else (values["hours_month"], 1)
    asked = Creche(
        values["annual_resources"] or 0, values["dependent_children"], values["care_kind"], hours,
        values["disabled_children"], values["resources_case"], values["agreed_ceiling"], invoices,
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
