"""Two accounts that are one family (CMG-015): one account is kept, the other ends, and nothing already issued moves.

What the absorbed account declared and was never issued is declared again under the kept one: its last version is
cancelled, and a declaration with its content is received for the kept account. A declaration is never rewritten, and
the engine needs nothing of its own. See docs/decisions/0013.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from cmg.models import (
    Account,
    Declaration,
    DeclarationKind,
    Employee,
    FamilyMerge,
    MergeState,
    Repair,
    Right,
    Settlement,
)
from cmg.operations import ISSUED_STATES
from cmg.remedies.limits import RemedyRefused, count_on
from cmg.repairs.acts import PAJEMPLOI
from cmg.repairs.entering import CHANGED, Change, ChangedMeanwhile, content_of, enter, reverse_of
from cmg.repairs.previewing import MonthEffect, months_of, preview
from cmg.repairs.reading import desks_of, version_of
from cmg.selectors import SUBJECT
from portal.accounts.links import move_links
from portal.accounts.models import User
from portal.casework.models import Dossier, DossierState
from portal.casework.operations import OPEN_STATES, move_dossier

ACT = "MERGE"
NEEDED = 2
CARRIED = "-R"
NUMBER_MOST = 40
CRITERIA = {
    "NIR": "numéro de sécurité sociale", "IBAN": "compte bancaire", "NAME": "nom et naissance", "CHILD": "enfant déclaré",
}  # fmt: skip
# What the two accounts may say differently: the person chooses the one that stands.
GROUPS: dict[str, tuple[str, ...]] = {
    "number": ("fund", "beneficiary_no"),
    "nir": ("nir_key", "nir_valid"),
    "bank": ("iban_key", "iban_valid", "iban_tail", "mandate_ref", "mandate_signed_on"),
    "all_in_one": ("all_in_one",),
}


@dataclass(frozen=True)
class Pair:
    """The account kept, and the one that ends in it. `chosen`: the groups of cells taken from the second."""

    kept: Account
    absorbed: Account
    chosen: frozenset[str] = frozenset()

    @property
    def version(self) -> str:
        """Changes with anything known of either account."""
        return f"{version_of(self.kept)}/{version_of(self.absorbed)}"


def criteria_of(kept: Account, absorbed: Account) -> list[str]:
    """The keys on which two accounts agree."""
    same = {
        "NIR": kept.nir_key is not None and kept.nir_key == absorbed.nir_key,
        "IBAN": kept.iban_key is not None and kept.iban_key == absorbed.iban_key,
        "NAME": kept.birth_date is not None
        and (kept.name_key, kept.birth_date) == (absorbed.name_key, absorbed.birth_date),
        "CHILD": bool(_children(kept) & _children(absorbed)),
    }
    return [name for name, agrees in same.items() if agrees]


def _children(account: Account) -> set[str]:
    rows = Declaration.objects.filter(employer_no=account.employer_no).values_list("child_ids", flat=True).distinct()
    return {child for text in rows for child in text.split("|") if child}


def lookalikes(account: Account) -> list[tuple[Account, list[str]]]:
    """Current accounts that agree with this one on two keys at least."""
    current = Account.objects.filter(known_until__isnull=True).exclude(pk=account.pk)
    found = current.filter(name_key=account.name_key, birth_date=account.birth_date)
    if account.nir_key is not None:
        found |= current.filter(nir_key=account.nir_key)
    children = Right.objects.filter(known_until__isnull=True, child_id__in=_children(account)).values("employer_no")
    found |= current.filter(employer_no__in=list(children.values_list("employer_no", flat=True)[:20]))
    judged = [(one, criteria_of(account, one)) for one in found.order_by("employer_no")[:20]]
    return [(one, criteria) for one, criteria in judged if len(criteria) >= NEEDED]


def conflicts_of(pair: Pair) -> list[str]:
    """The groups on which the two accounts differ and the absorbed one says something."""
    return [
        name
        for name, cells in GROUPS.items()
        if any(getattr(pair.kept, cell) != getattr(pair.absorbed, cell) for cell in cells)
        and any(getattr(pair.absorbed, cell) not in (None, "") for cell in cells)
    ]


def plan_merge(pair: Pair, at: datetime) -> list[Change]:
    """The rows that change. Raises RemedyRefused: fewer than two keys, or months of the absorbed account were issued."""
    _check(pair)
    kept, number = pair.kept, pair.absorbed.employer_no
    cells = {cell: getattr(pair.absorbed, cell) for name in pair.chosen for cell in GROUPS[name]}
    changes = [Change(Account, kept, cells | {"updated_at": at})] if cells else []
    changes.append(Change(Account, pair.absorbed, None))
    to = {"employer_no": kept.employer_no, "bucket": kept.bucket}
    rights = Right.objects.filter(known_until__isnull=True, employer_no=number)
    changes += [Change(Right, right, to) for right in rights.order_by("pk")]
    employees = Employee.objects.filter(known_until__isnull=True, employer_no=number)
    own = Employee.objects.filter(known_until__isnull=True, employer_no=kept.employer_no).values("employee_no")
    changes += [Change(Employee, one, to) for one in employees.exclude(employee_no__in=own).order_by("pk")]
    return changes + _declared_again(pair, at)


def _check(pair: Pair) -> None:
    criteria = criteria_of(pair.kept, pair.absorbed)
    if len(criteria) < NEEDED:
        raise RemedyRefused("Il faut deux clés communes pour réunir deux comptes : un seul critère ne suffit jamais.")
    if _issued(Settlement.objects.filter(employer_no=pair.absorbed.employer_no)):
        raise RemedyRefused(
            "Le compte à absorber a des mois déjà émis : gardez plutôt celui-là. Si les deux en ont, reliez les droits."
        )


def _issued(rows: Any) -> bool:
    found = rows.filter(status="SETTLED", run__state__in=ISSUED_STATES, run__dry_run=False)
    return bool(found.exists())


def _declared_again(pair: Pair, at: datetime) -> list[Change]:
    """Each living declaration of the absorbed account: cancelled there, received for the kept account."""
    rows = Declaration.objects.filter(employer_no=pair.absorbed.employer_no)
    last = rows.order_by("declaration_no", "-version").distinct("declaration_no")
    changes = []
    for one in last:
        if one.kind != DeclarationKind.CANCELLATION:
            changes += [Change(Declaration, None, further(one, DeclarationKind.CANCELLATION, at)), _carried(pair, one)]
    return changes


def further(one: Declaration, kind: DeclarationKind, at: datetime) -> dict[str, Any]:
    """The next version of a declaration, with the same content."""
    return content_of(one) | {"version": one.version + 1, "kind": kind, "received_at": at}


def _carried(pair: Pair, one: Declaration) -> Change:
    """The same declaration under the kept account; brought back there, it is a version of the one carried before."""
    number = one.declaration_no[: NUMBER_MOST - len(CARRIED)] + CARRIED
    before = Declaration.objects.filter(declaration_no=number).order_by("-version").first()
    return Change(
        Declaration, None,
        content_of(one) | {
            "declaration_no": number, "version": before.version + 1 if before else 1,
            "kind": DeclarationKind.CORRECTION if before else DeclarationKind.ORIGINAL,
            "employer_no": pair.kept.employer_no, "bucket": pair.kept.bucket,
        },
    )  # fmt: skip


def try_merge(pair: Pair, *, at: datetime, on: date) -> tuple[list[MonthEffect], list[MonthEffect]]:
    """What each month would give on the kept account, and on the absorbed one. Raises RemedyRefused."""
    numbers = [pair.kept.employer_no, pair.absorbed.employer_no]
    months = sorted({month for number in numbers for month in months_of(number, on)}, reverse=True)

    def write() -> None:
        enter(plan_merge(pair, at), act=ACT, employer_no=numbers[0], reason="essai", by="essai", at=at)

    kept, absorbed = (preview(one, write, on=on, others=numbers, months=months) for one in numbers)
    return kept, absorbed


def merge(
    pair: Pair, *, version: str, reason: str, by: User, at: datetime, on: date, form_key: UUID
) -> Repair:  # fmt: skip
    """Enter the merge that was previewed; the same form again gives the first one.

    Raises RemedyRefused (another desk, two keys lacking, issued months), ChangedMeanwhile.
    """
    known = Repair.objects.filter(form_key=form_key, employer_no=pair.kept.employer_no).first()
    if known is not None:
        return known
    if PAJEMPLOI not in desks_of(by, on, set()):
        raise RemedyRefused("Réunir deux comptes revient à Pajemploi : transmettez-lui le dossier.")
    with transaction.atomic():
        _lock([pair.kept, pair.absorbed])
        if pair.version != version:
            raise ChangedMeanwhile(CHANGED)
        repair = enter(
            plan_merge(pair, at), act=ACT, employer_no=pair.kept.employer_no, reason=reason, by=by.get_username(),
            at=at, form_key=form_key, dossier=_open_dossier(pair.kept.employer_no),
        )  # fmt: skip
        former, to = SUBJECT + pair.absorbed.employer_no, SUBJECT + pair.kept.employer_no
        moved = move_links(former=former, to=to, by=by.get_username())
        FamilyMerge.objects.create(
            kept=pair.kept.employer_no, absorbed=pair.absorbed.employer_no, repair=repair, links=moved,
            criteria=criteria_of(pair.kept, pair.absorbed),
            reversible_until=on + timedelta(days=count_on("policy.merge_reversible_days", on)),
        )  # fmt: skip
        _settle_dossier(pair, by=by.get_username(), on=on)
    return repair


def _lock(accounts: Sequence[Account]) -> None:
    locked = Account.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in accounts]).order_by("pk")
    if any(one.known_until is not None for one in locked):
        raise ChangedMeanwhile(CHANGED)


def _open_dossier(employer_no: str) -> Dossier | None:
    return Dossier.objects.filter(subject=SUBJECT + employer_no, state__in=OPEN_STATES).first()


def _settle_dossier(pair: Pair, *, by: str, on: date) -> None:
    """The absorbed account's dossier is repaired: what is left to do is in the kept one's."""
    dossier = _open_dossier(pair.absorbed.employer_no)
    if dossier is not None:
        reason = f"Compte réuni avec {pair.kept.employer_no}."
        move_dossier(dossier_pk=dossier.pk, to=DossierState.RESOLVED, by=by, reason=reason, on=on)


def merge_into(absorbed: str) -> FamilyMerge | None:
    """The living merge that ended an account."""
    return FamilyMerge.objects.filter(absorbed=absorbed, state=MergeState.MERGED).first()


def undo_merge(*, merge_pk: int, reason: str, by: User, at: datetime, on: date) -> Repair:
    """Two families again: accounts, rights and employees as they were; what was issued meanwhile stays where it is.

    Raises RemedyRefused after its date, a second time, or for another desk; ChangedMeanwhile.
    """
    if PAJEMPLOI not in desks_of(by, on, set()):
        raise RemedyRefused("Défaire une fusion revient à Pajemploi : transmettez-lui le dossier.")
    with transaction.atomic():
        found = FamilyMerge.objects.select_for_update(of=("self",)).select_related("repair").get(pk=merge_pk)
        if found.state != MergeState.MERGED:
            raise RemedyRefused("Cette fusion est déjà défaite.")
        if on > found.reversible_until:
            raise RemedyRefused(f"Cette fusion pouvait se défaire jusqu’au {found.reversible_until:%d/%m/%Y}.")
        repair = enter(
            undone(found, at), act=f"UNDO_{ACT}", employer_no=found.kept, reason=reason, by=by.get_username(), at=at,
            undoes=found.repair, dossier=_open_dossier(found.kept),
        )  # fmt: skip
        move_links(former=SUBJECT + found.kept, to=SUBJECT + found.absorbed, by=by.get_username(), only=found.links)
        found.state = MergeState.UNDONE
        found.save(update_fields=["state"])
    return repair


def undone(found: FamilyMerge, at: datetime) -> list[Change]:
    """The rows brought back. A declaration carried and issued meanwhile stays with the kept account."""
    rows = list(found.repair.rows.order_by("-pk"))
    keys = [row.new_id for row in rows if row.table == "declaration"]
    declared: Mapping[int, Declaration] = Declaration.objects.in_bulk(keys)
    issued = {
        one.declaration_no.removesuffix(CARRIED)
        for one in declared.values()
        if one.employer_no == found.kept and _issued(Settlement.objects.filter(declaration_no=one.declaration_no))
    }
    return [
        reverse_of(row, at)
        for row in rows
        if row.table != "declaration" or declared[row.new_id or 0].declaration_no.removesuffix(CARRIED) not in issued
    ]
