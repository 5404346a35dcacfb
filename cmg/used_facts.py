"""The facts behind an amount, each with the message it comes from and its date, as agents check them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cmg.formulas import eur, euros, hours
from cmg.models import Prepare, Right, Settlement, Side
from cmg.rules.refusals import REFUSALS
from portal.exchange.models import ReceivedFile

TERRITORIES = {"METROPOLE": "métropole", "OVERSEAS": "outre-mer", "MAYOTTE": "Mayotte"}


@dataclass(frozen=True)
class UsedFact:
    """A fact in words, who said it and when."""

    label: str
    value: str
    source: str
    day: date | datetime | None


def used_facts(settlement: Settlement, row: Mapping[str, Any]) -> list[UsedFact]:
    """The declaration's facts, then the right's. Three queries at most."""
    return [*_declared(settlement, row), *_decided(settlement, row)]


def _declared(settlement: Settlement, row: Mapping[str, Any]) -> list[UsedFact]:
    declaration = settlement.declaration
    file = ReceivedFile.objects.filter(pk=declaration.file_id).values_list("name", flat=True).first() or "fichier"
    source = f"déclaration {declaration.declaration_no} v{declaration.version}, {file} ligne {declaration.line}"
    told = [
        ("Salaire net", eur(declaration.net_salary_cents)),
        ("Indemnité d’entretien", eur(declaration.maintenance_allowance_cents)),
        ("Indemnité de repas", eur(declaration.meal_allowance_cents)),
        ("Indemnités de fin de contrat", eur(declaration.terminal_indemnities_cents)),
        ("Impôt retenu à la source", eur(declaration.withholding_tax_cents)),
        ("Heures de garde", hours(declaration.hours_hundredths) if declaration.hours_hundredths is not None else "–"),
        ("Heures à des horaires spécifiques", hours(declaration.specific_hours_hundredths)),
        ("Jours payés", str(declaration.days if declaration.days is not None else "–")),
    ]
    return [UsedFact(label, value, source, declaration.received_at) for label, value in told]


def _decided(settlement: Settlement, row: Mapping[str, Any]) -> list[UsedFact]:
    source, day = _right_source(settlement)
    resources = row["annual_resources"]
    told = [
        ("Droit pour le mois", "oui" if row["has_right"] else "non"),
        (
            "Naissance des enfants comptés",
            ", ".join(f"{born:%d/%m/%Y}" for born in row["child_birth_dates"] or []) or "–",
        ),
        ("Ressources annuelles", "–" if resources is None else euros(resources)),
        ("Enfants à charge", str(row["dependent_children"] if row["dependent_children"] is not None else "–")),
        ("Parent isolé", _yes(row["isolated_parent"])),
        ("AAH", _yes(row["aah"])),
        ("Enfants avec AEEH", str(row["aeeh_children"] or 0)),
        ("PreParE", Prepare(row["prepare"]).label),
        ("Complément différentiel accordé", eur(row["transition_supplement_cents"] or 0)),
        ("Territoire", TERRITORIES[row["territory"]]),
    ]
    return [UsedFact(label, value, source, day) for label, value in told]


def _yes(flag: bool | None) -> str:
    return "oui" if flag else "non"


def _right_source(settlement: Settlement) -> tuple[str, datetime | None]:
    """The rights that the settlement names: their number, whose they are, and when they were decided or received."""
    keys = [int(key) for key in settlement.right_ids.split("|") if key]
    rights = list(Right.objects.filter(pk__in=keys).order_by("pk"))
    if not rights:
        return "aucun droit : " + (settlement.get_decision_display().lower() or "aucune décision"), None
    files = dict(ReceivedFile.objects.filter(pk__in={right.file_id for right in rights}).values_list("pk", "name"))
    told = [f"droit {right.right_no} ({_whose(right)}), {files.get(right.file_id, 'fichier')}" for right in rights]
    days = [right.decided_at or right.received_at for right in rights]
    return " ; ".join(dict.fromkeys(told)), max((day for day in days if day), default=None)


def _whose(right: Right) -> str:
    return right.fund if right.side == Side.FUND else "copie de Pajemploi"


def because(settlement: Settlement, row: Mapping[str, Any], first_names: Sequence[str]) -> str:
    """The sentence that says why, in facts: ``la garde de Noé a coûté 626,00 €…``."""
    if row["refusal"]:
        return REFUSALS[row["refusal"]].message
    declaration = settlement.declaration
    cost = declaration.net_salary_cents + declaration.maintenance_allowance_cents + declaration.meal_allowance_cents
    who = " et ".join(filter(None, [", ".join(first_names[:-1]), first_names[-1]])) if first_names else "l’enfant"
    of = f"d’{who}" if who[0].upper() in "AEIOUYÉÈÊÎÏÔŒHÂ" else f"de {who}"
    children = row["dependent_children"]
    monthly = row.get("counted_income")
    income = f"{euros(monthly)} par mois" if monthly is not None else f"{euros(row['annual_resources'])} par an"
    return (
        f"Parce que la garde {of} a coûté {eur(cost)}, que le foyer a {income} "
        f"et {children} enfant{'s' if children > 1 else ''} à charge."
    )
