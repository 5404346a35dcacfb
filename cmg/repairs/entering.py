"""A repair is received like a file: kept whole, its rows remember it, the rows it replaces stay in the past.

So the next closing, the history ("what did we know that day") and the undo need nothing of their own.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import zstandard
from django.db import IntegrityError, models, transaction

from cmg.models import Account, Declaration, DeclarationKind, Employee, Repair, RepairedRow, Request, Right
from cmg.remedies.limits import RemedyRefused
from portal.audit.operations import journal
from portal.casework.models import Dossier
from portal.casework.operations import add_event
from portal.exchange.models import FileChunk, FileOrigin, FileState, ReceivedFile
from portal.people.vault import encrypt

TABLES: dict[str, type[models.Model]] = {
    "account": Account, "right": Right, "request": Request, "employee": Employee, "declaration": Declaration,
}  # fmt: skip
NAMES = {model: name for name, model in TABLES.items()}
OWN = ("id", "file", "line", "known_from", "known_until")
KIND = "repair"
CHANGED = "Cette information a changé pendant votre lecture. Relisez-la avant de réparer."


class ChangedMeanwhile(RemedyRefused):
    """Somebody else changed the row since it was read: what they did is shown, nothing is overwritten."""


@dataclass(frozen=True)
class Change:
    """One row superseded: `former` with `cells` changed; no `former`: a new row; no `cells`: the row ends."""

    model: type[models.Model]
    former: models.Model | None
    cells: dict[str, Any] | None = field(default_factory=dict)


def content_of(row: models.Model) -> dict[str, Any]:
    """The columns of a received row, without where it came from."""
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if one.name not in OWN}


def enter(
    changes: Sequence[Change], *, act: str, employer_no: str, reason: str, by: str, at: datetime,
    dossier: Dossier | None = None, undoes: Repair | None = None, form_key: UUID | None = None,
) -> Repair:  # fmt: skip
    """Supersede rows, in one transaction. Raises RemedyRefused without reason or change, ChangedMeanwhile."""
    if not reason.strip():
        raise RemedyRefused("Dites en une ligne pourquoi : la suite du dossier en dépend.")
    if not changes:
        raise RemedyRefused("Les deux côtés disent déjà la même chose : il n’y a rien à changer.")
    try:
        with transaction.atomic():
            repair = Repair.objects.create(
                act=act, employer_no=employer_no, file=_kept(changes, act, by, at), reason=reason[:300], done_by=by,
                done_at=at, undoes=undoes, dossier=dossier, form_key=form_key,
            )  # fmt: skip
            rows = [_supersede(change, repair, line, at) for line, change in enumerate(changes, start=1)]
            RepairedRow.objects.bulk_create(rows)
            journal(
                actor=by, action="cmg.repair", subject=f"cmg:employer:{employer_no}",
                detail={"act": act, "repair": repair.pk, "rows": len(rows)}, at=at,
            )  # fmt: skip
            if dossier is not None:
                _tell(repair, dossier)
    except IntegrityError as refused:
        # Two new rows of the same key, or the same form twice: the first one stands.
        raise ChangedMeanwhile(CHANGED) from refused
    return repair


def _tell(repair: Repair, dossier: Dossier) -> None:
    add_event(
        dossier_pk=dossier.pk, kind="REPAIRED", text=repair.reason, by=repair.done_by, detail={"repair": repair.pk},
        at=repair.done_at,
    )  # fmt: skip


def _kept(changes: Sequence[Change], act: str, by: str, at: datetime) -> ReceivedFile:
    """The repair as a file of its own: what changed, whole, compressed and encrypted like any other."""
    told = [
        {
            "table": NAMES[change.model],
            "former": change.former.pk if change.former is not None else None,
            "cells": None if change.cells is None else {name: str(value) for name, value in change.cells.items()},
        }
        for change in changes
    ]
    content = json.dumps({"act": act, "by": by, "at": at.isoformat(), "changes": told}, ensure_ascii=False).encode()
    file = ReceivedFile.objects.create(
        name=f"{act.lower()}.json", kind=KIND, sender=f"portail:{by}"[:120], sha256=hashlib.sha256(content).hexdigest(),
        size=len(content), state=FileState.APPLIED, origin=FileOrigin.AGENT, received_at=at, rows_read=len(told), rows_applied=len(told),
    )  # fmt: skip
    FileChunk.objects.create(file=file, number=0, content=encrypt(zstandard.compress(content)))
    return file


def _supersede(change: Change, repair: Repair, line: int, at: datetime) -> RepairedRow:
    former = None
    if change.former is not None:
        former = change.model._default_manager.select_for_update(of=("self",)).get(pk=change.former.pk)
        if former.known_until is not None:  # type: ignore[attr-defined]
            raise ChangedMeanwhile(CHANGED)
        former.known_until = at  # type: ignore[attr-defined]
        former.save(update_fields=["known_until"])
    new = None
    if change.cells is not None:
        content = (content_of(former) if former is not None else {}) | change.cells
        new = change.model(**content, file_id=repair.file_id, line=line, known_from=at)
        new.save(force_insert=True)
    return RepairedRow(
        repair=repair,
        table=NAMES[change.model],
        former_id=former.pk if former else None,
        new_id=new.pk if new else None,
    )


def undo(*, repair_pk: int, reason: str, by: str, at: datetime) -> Repair:
    """Bring back what a repair replaced. Raises RemedyRefused for one undone before, ChangedMeanwhile."""
    with transaction.atomic():
        repair = Repair.objects.select_for_update(of=("self",)).get(pk=repair_pk)
        if Repair.objects.filter(undoes=repair).exists():
            raise RemedyRefused("Cette réparation est déjà annulée.")
        changes = [reverse_of(row, at) for row in repair.rows.order_by("-pk")]
        return enter(
            changes, act=f"UNDO_{repair.act}"[:24], employer_no=repair.employer_no, reason=reason, by=by, at=at,
            dossier=repair.dossier, undoes=repair,
        )  # fmt: skip


def reverse_of(row: RepairedRow, at: datetime) -> Change:
    """What brings back one row that a repair replaced, ended or added."""
    if row.table == "declaration" and row.new_id is not None:
        return _further_version(Declaration.objects.get(pk=row.new_id), at)
    model = TABLES[row.table]
    former = model._default_manager.get(pk=row.former_id) if row.former_id else None
    current = model._default_manager.get(pk=row.new_id) if row.new_id else None
    return Change(model, current, None if former is None else content_of(former))


def _further_version(added: Declaration, at: datetime) -> Change:
    """A version of a declaration is never taken back: the next one cancels it, or brings back what it cancelled."""
    kind = DeclarationKind.CANCELLATION
    if added.kind == DeclarationKind.CANCELLATION:
        kind = DeclarationKind.CORRECTION
    return Change(
        Declaration, None, content_of(added) | {"version": added.version + 1, "kind": kind, "received_at": at}
    )
