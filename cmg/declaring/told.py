"""The facts behind an amount, as a family reads them, and what to say when one of them has changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cmg.formulas import eur, euros, hours
from cmg.models import CareMode, Prepare


@dataclass(frozen=True)
class Fact:
    """One fact in words. `name` is the column of the rules."""

    name: str
    label: str
    value: str


def _yes(value: Any) -> str:
    return "oui" if value else "non"


def _count(value: Any) -> str:
    return "–" if value is None else str(value)


def _births(value: Any) -> str:
    return ", ".join(f"{born:%d/%m/%Y}" for born in value or []) or "–"


# In the order of the calculation: the first that changed is the cause that people are told first.
FACTS = (
    ("has_right", "Droit ouvert", _yes),
    ("care_mode", "Mode de garde", lambda value: str(CareMode(value).label).lower()),
    ("child_birth_dates", "Naissance des enfants comptés", _births),
    ("annual_resources", "Ressources annuelles", lambda value: "–" if value is None else euros(value)),
    ("dependent_children", "Enfants à charge", _count),
    ("isolated_parent", "Parent isolé", _yes),
    ("aah", "AAH", _yes),
    ("aeeh_children", "Enfants avec AEEH", _count),
    ("prepare", "PreParE", lambda value: str(Prepare(value).label)),
    ("transition_supplement_cents", "Complément différentiel", lambda value: eur(value or 0)),
    ("net_salary_cents", "Salaire net", eur),
    ("maintenance_allowance_cents", "Indemnités d’entretien", eur),
    ("meal_allowance_cents", "Indemnités de repas", eur),
    ("terminal_indemnities_cents", "Indemnités de fin de contrat", eur),
    ("hours_hundredths", "Heures de garde", hours),
    ("specific_hours_hundredths", "Heures à des horaires spécifiques", hours),
    ("days", "Jours d’accueil", _count),
    ("withholding_tax_cents", "Impôt retenu", eur),
    ("all_in_one", "Pajemploi+", _yes),
)
CHANGED = {
    "annual_resources": "vos ressources annuelles sont passées de {old} à {new}",
    "dependent_children": "le nombre de vos enfants à charge est passé de {old} à {new}",
    "transition_supplement_cents": "votre complément est passé de {old} à {new}",
    "net_salary_cents": "le salaire net est passé de {old} à {new}",
    "hours_hundredths": "les heures de garde sont passées de {old} à {new}",
    "days": "les jours d’accueil sont passés de {old} à {new}",
}
RIGHT = {"oui": "votre droit est maintenant ouvert", "non": "aucun droit n’est ouvert pour ce mois"}


def facts_of(row: Mapping[str, Any]) -> list[Fact]:
    """The facts of one settled declaration (`row`: every column of the rules)."""
    return [Fact(name, label, told(row[name])) for name, label, told in FACTS]


def changed_fact(name: str, label: str, old: str, new: str) -> str:
    """``vos ressources annuelles sont passées de 30 000 € à 36 000 €``."""
    if name == "has_right":
        return RIGHT[new]
    return CHANGED.get(name, "« {label} » est passé de {old} à {new}").format(label=label, old=old, new=new)
