"""« Pourquoi ce montant ? » : the same steps and the same cents as agents read, in a family's words."""

from dataclasses import dataclass
from typing import Any

from cmg.chapters import Line
from cmg.explaining import Explained, explain
from cmg.family.household import Household, listed, of
from cmg.formulas import eur
from cmg.models import Settlement
from cmg.rules.refusals import REFUSALS

# Steps that a family reads, in the order people ask; the others stay with agents.
COMMON_FIRST = {
    "contributions_cents": "Les cotisations pour ce salaire",
    "deduction_cents": "Ce que l’État prend à sa charge",
    "part_a_cents": "Ce que la caisse prend en charge",
}
AID = {
    "A": {
        "net_maximum_cents": "L’aide au plus, selon vos revenus et vos enfants",
        "share_of_cost_cents": "Le plus que l’aide peut couvrir de ce que vous payez",
        "part_b_cents": "Votre aide à la garde",
    },
    "B": {
        "counted_cost": "Le coût de la garde que nous comptons",
        "counted_income": "Vos revenus d’un mois",
        "family_share": "La part de ce coût qui reste à votre charge",
        "part_b_cents": "Votre aide à la garde",
        "supplement_cents": "Votre complément depuis la réforme",
    },
}
LAST = {
    "remainder_cents": "Les cotisations qui restent",
    "offset_cents": "L’aide paie d’abord ces cotisations",
    "debit_cents": "À prélever",
    "payout_cents": "À verser",
}
LAST_SINGLE = {"total_debit_cents": "Le seul mouvement de Pajemploi+"}
WHEN_ZERO_UNSAID = ("deduction_cents", "supplement_cents", "offset_cents", "remainder_cents")


@dataclass(frozen=True)
class Step:
    """One step in the family's words; `article` is folded."""

    label: str
    how: str
    value: str
    article: str


@dataclass(frozen=True)
class Why:
    """How one declaration's amounts were found. `agrees`: computed again now, it gives the same cents."""

    because: str
    steps: list[Step]
    agrees: bool


def why_of(home: Household, row: Settlement) -> Why | None:
    """None for a declaration that bears no calculation, or whose right is not known: its steps would mean nothing."""
    explained = explain(row)
    if explained is None:
        return None
    return Why(_because(home, row, explained.row), steps_of(explained, single=row.all_in_one), explained.agrees)


def steps_of(explained: Explained, *, single: bool) -> list[Step]:
    """The lines of the agents' chapters that a family reads, under the family's labels."""
    lines = {line.name: line for chapter in explained.chapters for line in chapter.lines}
    wanted = COMMON_FIRST | AID[explained.row["regime"]] | (LAST_SINGLE if single else LAST)
    return [
        _step(label, lines[name])
        for name, label in wanted.items()
        if name in lines and not (name in WHEN_ZERO_UNSAID and not explained.row.get(name))
    ]


def _step(label: str, line: Line) -> Step:
    return Step(label, line.worked.sentence, line.value, line.article)


def _because(home: Household, row: Settlement, facts: dict[str, Any]) -> str:
    if facts["refusal"]:
        return REFUSALS[facts["refusal"]].message
    declared = row.declaration
    cost = declared.net_salary_cents + declared.maintenance_allowance_cents + declared.meal_allowance_cents
    names = listed([home.child(child) for child in declared.child_ids.split("|") if home.child(child)])
    children = facts["dependent_children"]
    return (
        f"Parce que la garde {of(names) if names else 'de votre enfant'} a coûté {eur(cost)}, "
        f"et que votre foyer compte {children} enfant{'s' if (children or 0) > 1 else ''} à charge."
    )
