"""What the pages of repairs read: who may do which act, on which right, what a repair changed, what changed meanwhile."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from cmg import selectors
from cmg.models import Account, Employee, Repair, RepairedRow, Right, Side
from cmg.repairs.acts import ACTS, FUND, Act, acts_for
from cmg.repairs.asking import ASKINGS, in_words
from cmg.repairs.entering import TABLES, content_of
from cmg.two_sides import MODE_WORDS, rights_of
from portal.accounts.models import Posting, Role, User

SUBJECT = selectors.SUBJECT
DESK_WORDS = {Role.FUND_CASEWORKER: "la caisse", Role.PAJEMPLOI_CASEWORKER: "Pajemploi"}
BODY_OF = {Role.FUND_CASEWORKER: "FUND", Role.PAJEMPLOI_CASEWORKER: "PAJEMPLOI"}
UNDONE = "UNDO_"
OTHER_WORDS = {"MERGE": "Réunir deux comptes"}
# Columns as the pages name them; those left out say nothing to a person, or are secrets of the vault.
COLUMNS = {
    "fund": "Caisse", "beneficiary_no": "Numéro allocataire", "employer_no": "Numéro d’employeur",
    "nir_key": "Numéro de sécurité sociale", "iban_key": "Compte bancaire", "mandate_ref": "Mandat",
    "licence_end": "Fin de l’agrément", "licence_no": "Numéro d’agrément", "right_no": "Droit n°",
    "child_id": "Enfant", "starts_on": "Premier jour couvert", "ends_on": "Premier jour non couvert",
    "status": "État du droit", "annual_resources_cents": "Ressources annuelles", "dependent_children": "Enfants à charge",
    "isolated_parent": "Parent isolé", "aah": "AAH", "aeeh_children": "Enfants avec AEEH", "prepare": "PreParE",
    "shared_residence": "Résidence alternée", "child_birth_date": "Naissance de l’enfant", "employee_no": "Personne employée",
    "declaration_no": "Déclaration", "kind": "Sorte de déclaration",
}  # fmt: skip
SECRET = ("nir_key", "iban_key")
ROW_WORDS = {"account": "Compte Pajemploi", "right": "Droit", "request": "Demande", "employee": "Personne employée",
             "declaration": "Déclaration"}  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """An act that answers a disagreement of the family; `mine` when the signed-in person may do it."""

    act: Act
    mine: bool
    desk: str


@dataclass(frozen=True)
class Cell:
    """One figure that a repair changed."""

    where: str
    label: str
    before: str
    after: str
    name: str = ""


def offers(codes: set[str], user: User, day: date, funds: set[str]) -> list[Offer]:
    """The acts that answer `codes`, each with whether the user may do it. One query."""
    desks = desks_of(user, day, funds)
    return [Offer(act, act.desk in desks, DESK_WORDS[act.desk]) for act in acts_for(codes)]


def desks_of(user: User, day: date, funds: set[str]) -> set[Role]:
    """The desks where the user works on that day, for a family of `funds`."""
    posts = (
        Posting.objects.in_force_on(day).filter(user_id=user.pk, role__in=list(BODY_OF)).values_list("role", "serves")
    )
    return {Role(role) for role, fund in posts if role != FUND or fund in funds}


def funds_of_family(account: Account, rights: Sequence[Right]) -> set[str]:
    """The funds that know the family."""
    return {account.fund or "", *(right.fund for right in rights)} - {""}


def choices_of(act: Act, account: Account) -> list[Right]:
    """The rights an act may be about: those of the side it works on, the open ones first. One query."""
    if not act.needs_right:
        return []
    side = Side.PAJEMPLOI if act.code == "END_COPY" else Side.FUND
    found = [right for right in rights_of(account) if right.side == side]
    return sorted(found, key=lambda right: (right.status != "ACTIVE", right.ends_on is not None, right.pk))


def right_words(right: Right) -> str:
    """A right in one line, to choose among several."""
    who = right.child_first_name or f"l’enfant né le {right.child_birth_date:%d/%m/%Y}"
    return f"{who}, {MODE_WORDS.get(right.care_mode, right.care_mode)}, {right.fund} n° {right.right_no}, " + (  # type: ignore[call-overload]
        f"depuis le {right.starts_on:%d/%m/%Y}" if right.ends_on is None
        else f"du {right.starts_on:%d/%m/%Y}, non couvert dès le {right.ends_on:%d/%m/%Y}"
    )  # fmt: skip


def version_of(account: Account) -> str:
    """What is known of a family now: its last repair, and a digest of its current rows. Changes with any of them."""
    last = Repair.objects.filter(employer_no=account.employer_no).order_by("-pk").values_list("pk", flat=True).first()
    employees = Employee.objects.filter(employer_no=account.employer_no, known_until__isnull=True)
    keys = [account.pk, *sorted(right.pk for right in rights_of(account)), 0, *sorted(employees.values_list("pk", flat=True))]  # fmt: skip
    return f"{last or 0}:{hashlib.sha256(repr(keys).encode()).hexdigest()[:16]}"


def repair_since(account: Account, version: str) -> Repair | None:
    """The last repair of the family that whoever read `version` has not seen."""
    seen = version.partition(":")[0]
    found = Repair.objects.filter(employer_no=account.employer_no, pk__gt=int(seen) if seen.isdecimal() else 0)
    return found.order_by("-pk").first()


def act_words(code: str) -> str:
    """The words of an act kept with a repair, undone ones included."""
    if code in ACTS:
        return ACTS[code].label
    if code.startswith(UNDONE):
        return f"Annulation de « {act_words(code.removeprefix(UNDONE))} »"
    return OTHER_WORDS.get(code, code)


def changed_cells(repair: Repair) -> list[Cell]:
    """What a repair changed, cell by cell; one query a table."""
    rows = list(repair.rows.order_by("pk"))
    found = _rows_by_table(rows)
    cells = []
    for one in rows:
        former, new = found.get((one.table, one.former_id)), found.get((one.table, one.new_id))
        cells += _cells(one.table, former, new)
    return cells


def _rows_by_table(rows: Sequence[RepairedRow]) -> dict[tuple[str, Any], models.Model]:
    found: dict[tuple[str, Any], models.Model] = {}
    for table in {row.table for row in rows}:
        keys = {key for row in rows if row.table == table for key in (row.former_id, row.new_id) if key}
        found |= {(table, one.pk): one for one in TABLES[table]._default_manager.filter(pk__in=keys)}
    return found


def _cells(table: str, former: models.Model | None, new: models.Model | None) -> list[Cell]:
    before = content_of(former) if former is not None else {}
    after = content_of(new) if new is not None else {}
    where = _where(table, new or former)
    if not after:
        return [Cell(where, "Cette ligne", "connue", "prend fin")]
    return [
        Cell(where, label, _shown(name, before), _shown(name, after), name)
        for name, label in COLUMNS.items()
        if name in after and before.get(name) != after[name] and (before or after[name] is not None)
    ]


def _where(table: str, row: models.Model | None) -> str:
    if isinstance(row, Right):
        return f"Droit, {'caisse' if row.side == Side.FUND else 'Pajemploi'}"
    return ROW_WORDS[table]


def _shown(name: str, content: Mapping[str, Any]) -> str:
    if name not in content:
        return "–"
    if name in SECRET:
        return "connu" if content[name] else "–"
    if name in ASKINGS:
        return in_words(content[name], ASKINGS[name].kind, ASKINGS[name].choices)
    return in_words(content[name], "date" if isinstance(content[name], date) else "text")
