"""Drafts saved at each step, and the declaration sent: received like a file of any other source, kept whole."""

import csv
import io
import json
import tempfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cmg.declaring.cares import Care
from cmg.declaring.estimating import Estimate, estimate
from cmg.declaring.fields import KIND, cells_of, checked, sentence, values_of
from cmg.models import Declaration, DeclarationEstimate, DeclarationKind, FamilyDraft
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.exchange.models import FileOrigin
from portal.exchange.operations import import_file
from portal.frame.refusals import FieldsRefused

SENDER = "famille"
SUBJECT = "cmg:employer:"


class WrongCells(FieldsRefused):
    """The draft has errors: nothing was sent."""


class AlreadyDeclared(Exception):
    """The month was declared, corrected or cancelled meanwhile: the sentence says so. Nothing was sent."""


def moment(on: date) -> datetime:
    """The present hour on the portal's day: in a demonstration, the day is set and the clock goes on."""
    now = timezone.localtime()
    return now if on == now.date() else now.replace(year=on.year, month=on.month, day=on.day)


def start(
    *, employer_no: str, care: Care, month: date, copied: Declaration | None, by: User, at: datetime
) -> FamilyDraft:
    """The draft of a new declaration, with the values of `copied`; the one being written when there is one."""
    values = values_of(copied) if copied is not None else {}
    return _open(
        employer_no=employer_no, employee_no=care.employee_no, care_month=month, child_ids=care.child_ids,
        defaults={"child_birth_dates": care.child_birth_dates, "kind": DeclarationKind.ORIGINAL, "version": 1,
                  "values": values, "started_by": by, "updated_at": at},
    )  # fmt: skip


def start_change(*, declaration: Declaration, kind: DeclarationKind, by: User, at: datetime) -> FamilyDraft:
    """The draft of a correction or cancellation of the last version; a draft for the same month gives its place."""
    defaults = {
        "child_birth_dates": declaration.child_birth_dates, "kind": kind, "version": declaration.version + 1,
        "declaration_no": declaration.declaration_no, "values": values_of(declaration), "started_by": by,
        "updated_at": at,
    }  # fmt: skip
    key = {"employer_no": declaration.employer_no, "employee_no": declaration.employee_no,
           "care_month": declaration.care_month, "child_ids": declaration.child_ids}  # fmt: skip
    with transaction.atomic():
        open_drafts = FamilyDraft.objects.select_for_update(of=("self",)).filter(**key, sent_at__isnull=True)
        same = {"kind": kind, "version": declaration.version + 1, "declaration_no": declaration.declaration_no}
        open_drafts.exclude(**same).delete()
    return _open(**key, defaults=defaults)


def _open(*, defaults: dict, **key: object) -> FamilyDraft:
    """The one open draft of a key, created with its number; two at once get the same."""
    with transaction.atomic():
        draft, created = FamilyDraft.objects.get_or_create(
            **key, sent_at__isnull=True, defaults={"key": uuid4()} | defaults
        )
        if created and not draft.declaration_no:
            draft.declaration_no = f"F{draft.care_month:%y%m}-{draft.pk:07d}"
            draft.save(update_fields=["declaration_no"])
    return draft


def save(*, draft_pk: int, values: Mapping[str, str], at: datetime) -> FamilyDraft:
    """Keep what was typed, right or wrong. A draft already sent keeps what was sent."""
    with transaction.atomic():
        draft = FamilyDraft.objects.select_for_update(of=("self",)).get(pk=draft_pk)
        if draft.sent_at is None and values:
            draft.values = draft.values | dict(values)
            draft.updated_at = at
            draft.save(update_fields=["values", "updated_at"])
    return draft


def drop(*, draft_pk: int) -> None:
    """Forget a draft that was not sent."""
    FamilyDraft.objects.filter(pk=draft_pk, sent_at__isnull=True).delete()


def estimate_of(draft: FamilyDraft, *, at: datetime, on: date, compared: bool = False, told: bool = True) -> Estimate:
    """What the draft would give now; `compared`, beside the month without it; `told`, with its calculation in words.

    Raises WrongCells.
    """
    errors, row = checked(cells_of(draft, at))
    if errors:
        raise WrongCells(errors)
    return estimate(row, at=at, on=on, compared=compared, told=told)


def send(*, key: UUID, by: User, at: datetime, on: date) -> tuple[FamilyDraft, bool]:
    """Send a draft; returns it, and whether it had been sent before (then nothing is done twice).

    Raises FamilyDraft.DoesNotExist, WrongCells, AlreadyDeclared.
    """
    with transaction.atomic():
        draft = FamilyDraft.objects.select_for_update(of=("self",)).get(key=key)
        if draft.sent_at is not None:
            return draft, True
        _check_still_possible(draft)
        found = estimate_of(draft, at=at, on=on)
        declaration = _received(draft, at)
        if draft.kind != DeclarationKind.CANCELLATION:
            _keep_estimate(declaration, found, on)
        draft.sent_at, draft.declaration = at, declaration
        draft.save(update_fields=["sent_at", "declaration"])
        journal(
            actor=by.get_username(), action="cmg.declared", subject=SUBJECT + draft.employer_no,
            detail={"declaration": draft.declaration_no, "version": draft.version, "kind": draft.kind}, at=at,
        )  # fmt: skip
    return draft, False


def _check_still_possible(draft: FamilyDraft) -> None:
    """A change follows the last version; a new declaration has no living one beside it (it would be CMG-018)."""
    if draft.kind != DeclarationKind.ORIGINAL:
        last = Declaration.objects.filter(declaration_no=draft.declaration_no).order_by("-version").first()
        if last is None or last.version + 1 != draft.version or last.kind == DeclarationKind.CANCELLATION:
            raise AlreadyDeclared("Cette déclaration a changé pendant que vous écriviez. Relisez-la, puis recommencez.")
        return
    same = Declaration.objects.filter(
        employer_no=draft.employer_no, employee_no=draft.employee_no, care_month=draft.care_month, child_ids=draft.child_ids
    )  # fmt: skip
    latest = same.values("declaration_no").annotate(last=Max("version"))
    if any(
        same.filter(declaration_no=one["declaration_no"], version=one["last"])
        .exclude(kind=DeclarationKind.CANCELLATION)
        .exists()
        for one in latest
    ):
        raise AlreadyDeclared("Ce mois est déjà déclaré pour cette garde. Vous pouvez corriger la déclaration.")


def _received(draft: FamilyDraft, at: datetime) -> Declaration:
    """The declaration, entered as a one-row file of the family. Raises WrongCells, AlreadyDeclared."""
    name = f"{draft.declaration_no}-v{draft.version}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name[:60].replace('/', '-')}.csv"
        path.write_text(_content(cells_of(draft, at)), encoding="utf-8")
        manifest = {"kind": KIND, "sender": SENDER, "rows": 1}
        path.with_suffix(".manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        report = import_file(path, received_at=at, origin=FileOrigin.FAMILY)
    errors = [error for line in report.errors.values() for error in line]
    if any(error["code"] == "version_conflict" for error in errors):
        raise AlreadyDeclared("Cette déclaration a changé pendant que vous écriviez. Relisez-la, puis recommencez.")
    if errors or report.refusals:
        raise WrongCells({error["column"]: sentence(error) for error in errors} or {"": report.refusals[0].message})
    return Declaration.objects.get(declaration_no=draft.declaration_no, version=draft.version)


def _content(cells: Mapping[str, str]) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(cells), lineterminator="\n")
    writer.writeheader()
    writer.writerow(cells)
    return written.getvalue()


def _keep_estimate(declaration: Declaration, found: Estimate, on: date) -> None:
    steps = [
        {"name": line.name, "label": line.label, "value": line.value}
        for chapter in found.chapters
        for line in chapter.lines
    ]
    facts = [{"name": fact.name, "label": fact.label, "value": fact.value} for fact in found.facts]
    DeclarationEstimate.objects.create(
        declaration=declaration, made_on=on, status=found.status, all_in_one=found.all_in_one,
        payout_blocked=found.payout_blocked, debit_cents=found.debit_cents, payout_cents=found.payout_cents,
        total_debit_cents=found.total_debit_cents, codes="|".join(found.codes)[:120], facts=facts, steps=steps,
    )  # fmt: skip
