"""What a caseworker can do about a disagreement, as a table: who may, which codes it answers, which rows change.

A plan reads the rows and says what would change; nothing is written here (`entering` writes, `previewing` tries).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from cmg.models import Account, CareMode, Employee, Right, RightStatus, Side
from cmg.remedies.limits import RemedyRefused
from cmg.repairs.entering import Change
from portal.accounts.models import Role
from portal.people.identity import is_nir_valid, normalised_nir
from portal.people.vault import keep, lookup_key, lookup_keys

FUND, PAJEMPLOI = Role.FUND_CASEWORKER, Role.PAJEMPLOI_CASEWORKER
COPIED = (
    "employer_no", "beneficiary_no", "fund", "nir_key", "nir_valid", "child_first_name", "child_birth_date", "status",
    "starts_on", "ends_on", "annual_resources_cents", "dependent_children", "isolated_parent", "aah", "aeeh_children",
    "prepare", "shared_residence", "sequence_no", "decided_at", "transition_supplement_cents",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the person chose: the account, the right or employee concerned, and the values of the form."""

    account: Account
    at: datetime
    right: Right | None = None
    values: dict[str, Any] | None = None


Plan = Callable[[Asked], list[Change]]


@dataclass(frozen=True)
class Act:
    """One act of repair. `fields` are asked of the person; `needs_right` when it is about one right."""

    code: str
    label: str
    effect: str
    desk: Role
    answers: tuple[str, ...]
    plan: Plan
    fields: tuple[str, ...] = ()
    needs_right: bool = False


def _changed(row: Account | Right | Employee, cells: dict[str, Any]) -> list[Change]:
    """The change of `row`, when at least one cell really changes."""
    if all(getattr(row, name) == value for name, value in cells.items()):
        return []
    return [Change(type(row), row, cells)]


def fund_rights(account: Account) -> list[Right]:
    """The fund's current rights of the family: under its employer number, its own number, or its NIR."""
    current = Right.objects.filter(known_until__isnull=True, side=Side.FUND)
    found = current.filter(employer_no=account.employer_no)
    if account.nir_key is not None:
        found |= current.filter(nir_key=account.nir_key)
    if account.beneficiary_no:
        found |= current.filter(beneficiary_no=account.beneficiary_no, fund=account.fund)
    return list(found.order_by("child_id", "-starts_on", "pk")[:50])


def _open_right(account: Account) -> Right:
    """The fund's open right that names the family best. Raises RemedyRefused."""
    rights = [right for right in fund_rights(account) if right.status == RightStatus.ACTIVE and right.ends_on is None]
    if not rights:
        raise RemedyRefused("La caisse n’a aucun droit ouvert pour cette famille : il n’y a pas de numéro à reprendre.")
    return max(rights, key=lambda right: (right.starts_on, right.pk))


def relink_number(asked: Asked) -> list[Change]:
    """The Pajemploi account takes the fund and the beneficiary number of the fund's open right (CMG-013)."""
    right = _open_right(asked.account)
    cells = {"fund": right.fund, "beneficiary_no": right.beneficiary_no, "updated_at": asked.at}
    if (asked.account.fund, asked.account.beneficiary_no) == (right.fund, right.beneficiary_no):
        return []
    changes = [Change(Account, asked.account, cells)]
    copies = Right.objects.filter(
        known_until__isnull=True, side=Side.PAJEMPLOI, employer_no=asked.account.employer_no, child_id=right.child_id,
        care_mode=right.care_mode,
    ).exclude(fund=right.fund, beneficiary_no=right.beneficiary_no)  # fmt: skip
    if not _copy_of(right):
        changes += [Change(Right, copy, _taken_from(right, asked.at)) for copy in copies[:1]]
    return changes


def copy_nir(asked: Asked) -> list[Change]:
    """The account takes the NIR of the fund's right (CMG-012)."""
    right = _open_right(asked.account)
    if right.nir_key is None or not right.nir_valid:
        raise RemedyRefused("Le numéro de la caisse manque ou sa clé est fausse : demandez-le à la famille.")
    if asked.account.nir_key == right.nir_key and asked.account.nir_valid:
        return []
    return [Change(Account, asked.account, {"nir_key": right.nir_key, "nir_valid": True, "updated_at": asked.at})]


def type_nir(asked: Asked) -> list[Change]:
    """The account takes a NIR that the person typed, checked by its key (CMG-012)."""
    nir = normalised_nir((asked.values or {}).get("nir", ""))
    if not is_nir_valid(nir):
        raise RemedyRefused("Les deux derniers chiffres ne correspondent pas aux treize premiers. Vérifiez le numéro.")
    keep(lookup_keys(pl.Series([nir]), "NIR"), "NIR")
    return [
        Change(Account, asked.account, {"nir_key": lookup_key(nir, "NIR"), "nir_valid": True, "updated_at": asked.at})
    ]


def name_employer(asked: Asked) -> list[Change]:
    """The right, on both sides, takes the employer number of the account (CMG-014)."""
    right = _needed(asked)
    both = Right.objects.filter(
        known_until__isnull=True, right_no=right.right_no, fund=right.fund, child_id=right.child_id
    )
    return [
        Change(Right, one, {"employer_no": asked.account.employer_no, "bucket": asked.account.bucket})
        for one in both.order_by("side")
        if one.employer_no != asked.account.employer_no
    ]


def copy_right(asked: Asked) -> list[Change]:
    """Pajemploi takes again what the fund decided: the right exists, or its copy is brought up to date."""
    right = _needed(asked)
    if right.side != Side.FUND:
        raise RemedyRefused("Choisissez le droit de la caisse : c’est lui qui fait foi.")
    copy = _copy_of(right)
    if copy is None:
        content = {name: getattr(right, name) for name in COPIED}
        new = content | {
            "side": Side.PAJEMPLOI, "bucket": right.bucket, "right_no": right.right_no, "child_id": right.child_id,
            "care_mode": right.care_mode, "received_at": asked.at,
        }  # fmt: skip
        return [Change(Right, None, new)]
    if all(getattr(copy, name) == getattr(right, name) for name in COPIED):
        return []
    return [Change(Right, copy, _taken_from(right, asked.at))]


def _taken_from(right: Right, at: datetime) -> dict[str, Any]:
    return {name: getattr(right, name) for name in COPIED} | {
        "right_no": right.right_no, "bucket": right.bucket, "received_at": at,
    }  # fmt: skip


def _copy_of(right: Right) -> Right | None:
    return Right.objects.filter(
        known_until__isnull=True, side=Side.PAJEMPLOI, right_no=right.right_no, fund=right.fund, child_id=right.child_id
    ).first()


def end_copy(asked: Asked) -> list[Change]:
    """Pajemploi ends a right that the fund has not, or no longer (CMG-003, 006, 011)."""
    right = _needed(asked)
    if right.side != Side.PAJEMPLOI:
        raise RemedyRefused("Choisissez le droit que tient Pajemploi.")
    ends_on = (asked.values or {}).get("ends_on")
    if not isinstance(ends_on, date) or ends_on < right.starts_on:
        raise RemedyRefused("La fin est le premier jour qui n’est plus couvert, après le début du droit.")
    return _changed(right, {"status": RightStatus.CLOSED, "ends_on": ends_on})


RIGHT_FIELDS = (
    "status", "starts_on", "ends_on", "annual_resources_cents", "dependent_children", "isolated_parent", "aah",
    "aeeh_children", "prepare", "shared_residence", "child_birth_date",
)  # fmt: skip


def change_right(asked: Asked) -> list[Change]:
    """The fund decides again on a right: dates, resources, children, uplifts. Its copy is taken again at once."""
    right = _needed(asked)
    if right.side != Side.FUND:
        raise RemedyRefused("La caisse décide du droit : choisissez celui de la caisse.")
    cells = {name: (asked.values or {})[name] for name in RIGHT_FIELDS if name in (asked.values or {})}
    _check_right(right, cells)
    if not _changed(right, cells):
        return []
    decided = cells | {"decided_at": asked.at}
    copy = _copy_of(right)
    changes = [Change(Right, right, decided)]
    return changes + ([Change(Right, copy, decided | {"received_at": asked.at})] if copy is not None else [])


def _check_right(right: Right, cells: dict[str, Any]) -> None:
    starts_on, ends_on = cells.get("starts_on", right.starts_on), cells.get("ends_on", right.ends_on)
    if ends_on is not None and ends_on < starts_on:
        raise RemedyRefused("La fin est avant le début.")
    resources = cells.get("annual_resources_cents")
    if resources is not None and not 0 <= resources <= 10**11:
        raise RemedyRefused("Les ressources annuelles vont de 0 à un milliard d’euros.")
    children = cells.get("dependent_children")
    if children is not None and not 1 <= children <= 20:
        raise RemedyRefused("Le nombre d’enfants à charge va de 1 à 20.")


def open_for_child(asked: Asked) -> list[Change]:
    """The fund opens, for a declared child without right, the right that its sibling has (CMG-008, 009)."""
    right, values = _needed(asked), asked.values or {}
    if right.side != Side.FUND:
        raise RemedyRefused("Choisissez le droit de la caisse pour l’autre enfant.")
    child, birth = str(values.get("child_id") or "").strip(), values.get("child_birth_date")
    if not child or not isinstance(birth, date):
        raise RemedyRefused("Donnez l’identifiant de l’enfant et sa date de naissance.")
    if Right.objects.filter(known_until__isnull=True, side=Side.FUND, right_no=right.right_no, child_id=child).exists():
        return []
    content = {name: getattr(right, name) for name in COPIED} | {
        "bucket": right.bucket, "right_no": right.right_no, "care_mode": right.care_mode, "child_id": child,
        "child_first_name": values.get("child_first_name") or None, "child_birth_date": birth,
        "starts_on": values.get("starts_on") or right.starts_on, "decided_at": asked.at, "received_at": asked.at,
    }  # fmt: skip
    return [Change(Right, None, content | {"side": side}) for side in (Side.FUND, Side.PAJEMPLOI)]


def register_employee(asked: Asked) -> list[Change]:
    """The employee is registered, or her licence renewed (CMG-034)."""
    values = asked.values or {}
    number, ends_on = str(values.get("employee_no") or "").strip(), values.get("licence_end")
    if not number:
        raise RemedyRefused("Donnez le numéro de la personne employée.")
    known = Employee.objects.filter(
        known_until__isnull=True, employer_no=asked.account.employer_no, employee_no=number
    ).first()
    cells = {"licence_end": ends_on, "licence_no": values.get("licence_no") or (known.licence_no if known else None)}
    if known is not None:
        return _changed(known, cells)
    kind = values.get("employee_kind") or CareMode.CHILDMINDER
    return [
        Change(
            Employee, None,
            cells | {"employer_no": asked.account.employer_no, "employee_no": number, "bucket": asked.account.bucket,
                     "employee_kind": kind, "registered_on": asked.at.date()},
        )
    ]  # fmt: skip


def _needed(asked: Asked) -> Right:
    if asked.right is None or asked.right.known_until is not None:
        raise RemedyRefused("Choisissez le droit concerné : il a peut-être changé entre-temps.")
    return asked.right


ACTS = {
    act.code: act
    for act in (
        Act("RELINK_NUMBER", "Relier au nouveau numéro", "Pajemploi prend la caisse et le numéro du droit ouvert.",
            PAJEMPLOI, ("CMG-013",), relink_number),
        Act("COPY_NIR", "Reprendre le numéro de sécurité sociale de la caisse", "Pajemploi prend le NIR de la caisse.",
            PAJEMPLOI, ("CMG-012",), copy_nir),
        Act("TYPE_NIR", "Corriger le numéro de sécurité sociale", "Le numéro saisi remplace celui de Pajemploi.",
            PAJEMPLOI, ("CMG-012",), type_nir, ("nir",)),
        Act("NAME_EMPLOYER", "Relier le droit à ce compte employeur", "Le droit prend le numéro de ce compte.",
            FUND, ("CMG-014",), name_employer, needs_right=True),
        Act("COPY_RIGHT", "Reprendre le droit de la caisse", "Pajemploi reçoit de nouveau ce que la caisse a décidé.",
            PAJEMPLOI, ("CMG-001", "CMG-004", "CMG-005", "CMG-007", "CMG-025", "CMG-026", "CMG-028", "CMG-031"),
            copy_right, needs_right=True),
        Act("END_COPY", "Arrêter le droit chez Pajemploi", "Le droit de Pajemploi prend fin à la date donnée.",
            PAJEMPLOI, ("CMG-003", "CMG-006", "CMG-011"), end_copy, ("ends_on",), needs_right=True),
        Act("CHANGE_RIGHT", "Décider à nouveau du droit", "La caisse change le droit ; Pajemploi reçoit la décision.",
            FUND, ("CMG-002", "CMG-004", "CMG-005", "CMG-006", "CMG-011", "CMG-016", "CMG-028", "CMG-031", "CMG-032",
                   "CMG-035", "CMG-038", "CMG-039"), change_right, RIGHT_FIELDS, needs_right=True),
        Act("OPEN_FOR_CHILD", "Ouvrir le droit de l’autre enfant", "L’enfant reçoit le même droit que son frère ou sa sœur.",
            FUND, ("CMG-008", "CMG-009"), open_for_child, ("child_id", "child_birth_date", "child_first_name", "starts_on"),
            needs_right=True),
        Act("REGISTER_EMPLOYEE", "Enregistrer la personne employée", "L’agrément est noté avec sa date de fin.",
            PAJEMPLOI, ("CMG-034",), register_employee, ("employee_no", "employee_kind", "licence_no", "licence_end")),
    )
}  # fmt: skip


def acts_for(codes: set[str]) -> list[Act]:
    """The acts that answer at least one of `codes`, in the order of the table."""
    return [act for act in ACTS.values() if codes & set(act.answers)]
