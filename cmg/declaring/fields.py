"""The form of a declaration: its fields, what is typed as the flow's cells, and every error beside its field.

Checked by the flow kind itself, so that a form refuses nothing that a file accepts, nor the other way round.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from cmg.models import Declaration, DeclarationKind, FamilyDraft
from portal.exchange.checking import check
from portal.exchange.flows import kind_named
from portal.exchange.preparing import prepare_rows
from portal.exchange.reading import LINE
from portal.frame.questions import plain
from portal.legislation.trace import euros

KIND = "declarations"
LONGEST = 40


@dataclass(frozen=True)
class Field:
    """One question: its column in the flow, its label, its unit, an example, and what helps to answer."""

    name: str
    label: str
    unit: str
    example: str
    hint: str = ""
    more: bool = False


FIELDS = (
    Field("hours", "Heures de garde du mois", "heures", "120 ou 120,5"),
    Field("days", "Jours d’accueil du mois", "jours", "18"),
    Field("net_salary", "Salaire net versé", "€", "560,00", "Sans les indemnités d’entretien, de repas et de trajet."),
    Field("maintenance_allowance", "Indemnités d’entretien", "€", "66,00"),
    Field("meal_allowance", "Indemnités de repas", "€", "40,00"),
    Field("mileage", "Indemnités kilométriques", "€", "12,50", more=True),
    Field("specific_hours", "Heures de nuit, de dimanche ou de jour férié", "heures", "8",
          "Elles sont comprises dans les heures du mois.", more=True),
    Field("terminal_indemnities", "Indemnités de fin de contrat", "€", "150,00",
          "Elles sont comprises dans le salaire net.", more=True),
    Field("withholding_tax", "Impôt retenu sur le salaire", "€", "10,00",
          "Il est écrit sur le dernier bulletin de salaire.", more=True),
)  # fmt: skip
OF_AMOUNT = {field.name for field in FIELDS if field.unit == "€"}
OF_HOURS = {"hours", "specific_hours"}
LABELS = {field.name: field.label for field in FIELDS} | {"care_month": "Mois de garde", "child_birth_dates": "Enfant"}


@dataclass(frozen=True)
class Asked:
    """A field with what was typed, and its error when there is one."""

    field: Field
    value: str
    error: str = ""


def typed_of(posted: Mapping[str, str]) -> dict[str, str]:
    """What was typed in the fields of the form, and nothing else."""
    return {
        field.name: str(posted.get(field.name, "")).replace("\x00", "").strip()[:LONGEST]
        for field in FIELDS
        if field.name in posted
    }


def values_of(declaration: Declaration) -> dict[str, str]:
    """The cells of a declaration as people type them; what is zero is left empty."""
    found = {name: getattr(declaration, f"{name}_cents") for name in OF_AMOUNT}
    found |= {name: getattr(declaration, f"{name}_hundredths") for name in OF_HOURS}
    written = {name: euros(value).replace(".", ",") if value else "" for name, value in found.items()}
    written |= {name: written[name].removesuffix(",00") for name in OF_HOURS}
    return written | {"days": "" if declaration.days is None else str(declaration.days)}


def asked(values: Mapping[str, str], errors: Mapping[str, str]) -> list[Asked]:
    return [Asked(field, values.get(field.name, ""), errors.get(field.name, "")) for field in FIELDS]


def cells_of(draft: FamilyDraft, at: datetime) -> dict[str, str]:
    """The row of the flow that the draft would be, sent at `at`."""
    cells = {
        "declaration_no": draft.declaration_no, "version": str(draft.version), "kind": draft.kind,
        "employer_no": draft.employer_no, "employee_no": draft.employee_no, "care_month": f"{draft.care_month:%Y-%m}",
        "child_ids": draft.child_ids, "child_birth_dates": draft.child_birth_dates, "received_at": at.isoformat(),
    }  # fmt: skip
    empty = draft.kind == DeclarationKind.CANCELLATION
    return cells | {field.name: "" if empty else plain(draft.values.get(field.name, "")) for field in FIELDS}


def errors_of(cells: Mapping[str, str]) -> dict[str, str]:
    """Every error of the row, in words with an example, by field; empty when the row would enter."""
    return checked(cells)[0]


def checked(cells: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    """Every error of the row by field, and, when there is none, the columns of the declaration that it becomes."""
    kind = kind_named(KIND)
    found = check(_frame(cells), kind)
    errors: dict[str, str] = {}
    for error in found.errors.get(1, []):
        errors.setdefault(error["column"], sentence(error))
    return errors, {} if errors else prepare_rows(found.valid, kind).rows.drop(LINE).row(0, named=True)


def sentence(error: Mapping[str, str]) -> str:
    """An error of the flow as the form says it."""
    example = next((field.example for field in FIELDS if field.name == error["column"]), "")
    if error["code"] == "bad_value" and example:
        return f"{EXPECTED[_type(error['column'])]}, par exemple {example}."
    return error["message"] + (f" Par exemple {example}." if example else "")


EXPECTED = {
    "amount": "Écrivez un montant en euros, avec deux décimales au plus",
    "hours": "Écrivez des heures, de 0 à 744",
    "days": "Écrivez un nombre de jours, de 0 à 31",
}


def _type(name: str) -> str:
    return "amount" if name in OF_AMOUNT else "hours" if name in OF_HOURS else "days"


def _frame(cells: Mapping[str, str]) -> pl.DataFrame:
    columns = kind_named(KIND).columns
    texts = {column.name: [cells.get(column.name) or None] for column in columns}
    frame = pl.DataFrame(texts, schema={column.name: pl.String for column in columns})
    return frame.with_columns(pl.lit(1, dtype=pl.Int64).alias(LINE))
