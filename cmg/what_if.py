"""« Et si… » : the same settlement with other facts. Values are checked as the simulator checks them, then the rules are
run with the family's other declarations, so that shared maxima stay shared. Nothing is stored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from cmg.chapters import Chapter, chapters_of, with_former
from cmg.explaining import Explained, settled_row
from cmg.models import Prepare
from cmg.simulation import simulate
from portal.legislation.trace import euros

YES_NO = (("1", "oui"), ("0", "non"))
AMOUNTS = {
    "net_salary": "Salaire net",
    "maintenance_allowance": "Indemnité d’entretien",
    "meal_allowance": "Indemnité de repas",
    "terminal_indemnities": "Indemnités de fin de contrat",
    "withholding_tax": "Impôt retenu",
    "transition_supplement": "Complément différentiel accordé",
}
HOURS = {"hours": "Heures de garde", "specific_hours": "Heures spécifiques"}
FLAGS = {"has_right": "Droit ouvert", "isolated_parent": "Parent isolé", "aah": "AAH", "all_in_one": "Pajemploi+"}
COUNTS = {"dependent_children": "Enfants à charge", "aeeh_children": "Enfants avec AEEH", "days": "Jours payés"}
COMPARED = (
    ("payout_cents", "À verser à la famille"),
    ("debit_cents", "À prélever"),
    ("part_b_cents", "Aide (b)"),
    ("supplement_cents", "Complément différentiel"),
    ("part_a_cents", "Cotisations prises en charge (a)"),
    ("contributions_cents", "Cotisations dues"),
    ("total_debit_cents", "Mouvement unique de Pajemploi+"),
)


@dataclass(frozen=True)
class AskedFact:
    """One field of the form; `unit` is said beside its label."""

    name: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    error: str = ""


@dataclass(frozen=True)
class Difference:
    label: str
    before_cents: int
    after_cents: int

    @property
    def change_cents(self) -> int:
        return self.after_cents - self.before_cents


@dataclass(frozen=True)
class WhatIf:
    """The form with what was typed, its errors, and the other calculation once it is asked for and possible."""

    fields: list[AskedFact]
    errors: list[dict[str, str]]
    differences: list[Difference]
    chapters: list[Chapter]
    is_asked: bool

    @property
    def changed(self) -> int:
        """How many steps are no longer what they were."""
        return sum(bool(line.former) for chapter in self.chapters for line in chapter.lines)


def what_if(explained: Explained, declaration_id: int, month: date, typed: Mapping[str, str]) -> WhatIf:
    """The form prefilled with the settlement's facts; with ``si`` in `typed`, the other calculation or its errors."""
    known = _known(explained.row)
    if "si" not in typed:
        return WhatIf(_fields(known, {}), [], [], [], is_asked=False)
    asked = {name: str(typed.get(name, value)).strip()[:80] for name, value in known.items()}
    errors = _errors(asked, explained.row, month)
    fields = _fields(asked, {error["column"]: error["message"] for error in errors})
    if errors:
        return WhatIf(fields, errors, [], [], is_asked=True)
    changed = {name: value for name, value in asked.items() if value != known[name]}
    row = _settled(explained, declaration_id, month, changed)
    chapters = with_former(chapters_of(row, month)[0], explained.chapters)
    return WhatIf(fields, [], _differences(explained.row, row), chapters, is_asked=True)


def _known(row: Mapping[str, Any]) -> dict[str, str]:
    """The settlement's facts as people type them."""
    known = {name: euros(row[f"{name}_cents"] or 0).replace(".", ",") for name in AMOUNTS}
    known |= {name: euros(row[f"{name}_hundredths"] or 0).replace(".", ",") for name in HOURS}
    known |= {name: "1" if row[name] else "0" for name in FLAGS}
    known |= {name: "" if row[name] is None else str(row[name]) for name in COUNTS}
    known["annual_resources"] = "" if row["annual_resources"] is None else str(row["annual_resources"])
    known["prepare"] = row["prepare"]
    known["child_birth_date"] = ", ".join(f"{born:%d/%m/%Y}" for born in row["child_birth_dates"] or [])
    return known


def _fields(values: Mapping[str, str], errors: Mapping[str, str]) -> list[AskedFact]:
    def ask(name: str, label: str, unit: str = "", choices: tuple[tuple[str, str], ...] = ()) -> AskedFact:
        return AskedFact(name, label, values[name], choices, unit, errors.get(name, ""))

    return [
        *(ask(name, label, "€") for name, label in AMOUNTS.items()),
        *(ask(name, label, "heures") for name, label in HOURS.items()),
        ask("annual_resources", "Ressources annuelles", "€"),
        *(ask(name, label) for name, label in COUNTS.items()),
        ask("child_birth_date", "Naissance des enfants comptés", "jj/mm/aaaa"),
        *(ask(name, label, choices=YES_NO) for name, label in FLAGS.items()),
        ask("prepare", "PreParE", choices=tuple((value, label) for value, label in Prepare.choices)),
    ]


def _simulated(asked: Mapping[str, str], row: Mapping[str, Any], month: date) -> dict[str, Any]:
    """What was typed, as the simulator reads it."""
    facts: dict[str, Any] = {
        "care_month": f"{month:%Y-%m}",
        "care_mode": row["care_mode"],
        "territory": row["territory"],
    }
    facts |= {name: _plain(asked[name]) for name in (*AMOUNTS, *HOURS, "annual_resources")}
    facts |= {name: asked[name] == "1" for name in FLAGS if name != "has_right"}
    facts |= {name: _count(asked[name]) for name in COUNTS if asked[name]}
    facts["prepare"] = asked["prepare"]
    facts["child_birth_date"] = [_iso(part) for part in asked["child_birth_date"].split(",")]
    return facts


def _errors(asked: Mapping[str, str], row: Mapping[str, Any], month: date) -> list[dict[str, str]]:
    answer, accepted = simulate(_simulated(asked, row, month))
    labels = {field.name: field.label for field in _fields(asked, {})}
    if accepted:
        return []
    return [
        {"column": error["key"], "label": labels.get(error["key"], "Calcul"),
         "message": REMEDIES.get(error["key"], error["remedy"]), "remedy": ""}
        for error in answer["errors"]
    ]  # fmt: skip


REMEDIES = {
    **dict.fromkeys(AMOUNTS, "Écrivez un montant avec deux décimales au plus, par exemple 606,25."),
    **dict.fromkeys(HOURS, "Écrivez des heures, de 0 à 744, par exemple 172,5."),
    "terminal_indemnities": "Écrivez un montant qui ne dépasse pas le salaire net, par exemple 120,00.",
    "annual_resources": "Écrivez des euros entiers, par exemple 36000.",
    "dependent_children": "Écrivez un nombre de 1 à 20.",
    "aeeh_children": "Écrivez un nombre de 0 à 20.",
    "days": "Écrivez un nombre de jours de 0 à 31.",
    "child_birth_date": "Écrivez une date de naissance par enfant compté, par exemple 11/02/2025.",
}


def _settled(explained: Explained, declaration_id: int, month: date, changed: Mapping[str, str]) -> dict[str, Any]:
    family = explained.family
    own = pl.col("declaration_id") == declaration_id
    for name, text in changed.items():
        column, value = _column(name, text)
        kind = family.schema[column]
        new = pl.lit(pl.Series([value], dtype=kind)).first()
        family = family.with_columns(pl.when(own).then(new).otherwise(pl.col(column)).alias(column))
    return settled_row(family, declaration_id, month)


def _column(name: str, text: str) -> tuple[str, Any]:
    """The column of the rules that a field changes, and its value there."""
    if name in AMOUNTS or name in HOURS:
        whole, _, rest = _plain(text).partition(".")
        return f"{name}_{'cents' if name in AMOUNTS else 'hundredths'}", int(whole) * 100 + int(rest.ljust(2, "0") or 0)
    if name in FLAGS:
        return name, text == "1"
    if name == "child_birth_date":
        return "child_birth_dates", [date.fromisoformat(_iso(part)) for part in text.split(",")]
    return name, text if name == "prepare" else int(_plain(text)) if text else None


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    found = [Difference(label, before[name], after[name]) for name, label in COMPARED]
    always = len(("payout_cents", "debit_cents"))
    return found[:always] + [one for one in found[always:] if one.change_cents]


def _plain(text: str) -> str:
    """``1 234,5`` as the simulator writes it."""
    return re.sub(r"[\s\u00a0€]", "", text).replace(",", ".")


def _count(text: str) -> Any:
    return int(text) if re.fullmatch(r"\d{1,3}", text) else text


def _iso(text: str) -> str:
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text.strip())
    return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else text.strip()
