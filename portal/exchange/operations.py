"""Receiving files: kept whole, every row classified, applied in one transaction; and replaying one corrected row."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl
import zstandard
from django.db import transaction
from django.utils import timezone

from portal.audit.operations import journal
from portal.exchange.applying import Applied, apply_rows
from portal.exchange.checking import Checked, RowError, check, ragged_errors
from portal.exchange.flows import FlowKind, kind_for, kind_named
from portal.exchange.models import FileChunk, FileState, ReceivedFile, RejectedRow, RowState
from portal.exchange.reading import LINE, Incoming, Refusal, read
from portal.people.vault import encrypt, encrypt_row

CHUNK = 4_000_000


@dataclass
class FileReport:
    """What became of a file: counts, refusals of the whole, and the rejected rows with their errors."""

    name: str
    kind: str
    read: int = 0
    applied: int = 0
    rejected: int = 0
    unchanged: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    errors: dict[int, list[RowError]] = field(default_factory=dict)
    raw: dict[int, dict[str, str]] = field(default_factory=dict)


def import_files(paths: Iterable[Path], *, received_at: datetime | None = None) -> list[FileReport]:
    """Take in files one after the other, each in its own transaction; a refused one never stops the others."""
    return [import_file(path, received_at=received_at) for path in paths]


def import_file(path: Path, *, received_at: datetime | None = None) -> FileReport:
    """Take in one file. The same content a second time changes nothing."""
    now = received_at or timezone.now()
    incoming = read(path)
    kind = _kind_of(incoming)
    if kind and not incoming.refusals:
        missing = sorted(kind.required_columns - set(incoming.header))
        if missing:
            incoming.refusals.append(Refusal("column_missing", "Colonnes absentes : " + ", ".join(missing) + "."))
    if kind is None and not incoming.refusals:
        incoming.refusals.append(
            Refusal("kind_unknown", "On ne reconnaît pas ce flux : ni manifeste, ni en-tête, ni nom ne le disent.")
        )
    if kind is None or incoming.refusals:
        return _refuse(incoming, kind, now)
    if ReceivedFile.objects.filter(kind=kind.name, sha256=incoming.sha256, state=FileState.APPLIED).exists():
        count = incoming.rows.height + len(incoming.ragged)
        return FileReport(incoming.name, kind.name, read=count, unchanged=count)
    checked = check(incoming.rows, kind)
    _control_totals(incoming, kind, checked)
    if incoming.refusals:
        return _refuse(incoming, kind, now)
    return _apply(incoming, kind, checked, now)


def _kind_of(incoming: Incoming) -> FlowKind | None:
    named = incoming.manifest.get("kind")
    if named:
        try:
            return kind_named(str(named))
        except KeyError:
            incoming.refusals.append(Refusal("kind_unknown", f"Le manifeste annonce un flux inconnu : « {named} »."))
            return None
    return kind_for(incoming.header, incoming.name)


def _control_totals(incoming: Incoming, kind: FlowKind, checked: Checked) -> None:
    """The manifest's count, sum and hash against the content (CMG-027): a difference refuses the whole file."""
    manifest, rows = incoming.manifest, incoming.rows
    count = rows.height + len(incoming.ragged)
    if manifest.get("rows") is not None and manifest["rows"] != count:
        incoming.refusals.append(Refusal("CMG-027", f"{manifest['rows']} lignes annoncées, {count} trouvées."))
    if manifest.get("sha256") and manifest["sha256"] != incoming.sha256:
        incoming.refusals.append(Refusal("CMG-027", "L’empreinte du fichier n’est pas celle du manifeste."))
    if manifest.get("sum_cents") is None:
        return
    total = 0
    if kind.money:
        column = next(column for column in kind.columns if column.name == kind.money)
        amounts = rows.select(raw=pl.col(kind.money), cents=column.parsed())
        if amounts.filter(pl.col("raw").is_not_null() & pl.col("cents").is_null()).height or incoming.ragged:
            # A sum cannot be proven over amounts that are not amounts: their rows are rejected one by one.
            return
        total = int(amounts["cents"].sum() or 0)
    if manifest["sum_cents"] != total:
        incoming.refusals.append(
            Refusal("CMG-027", f"Somme annoncée {manifest['sum_cents']} centimes, somme trouvée {total} centimes.")
        )


def _record(incoming: Incoming, kind: FlowKind | None, now: datetime, state: FileState) -> ReceivedFile:
    scope: list[str] = []
    if kind and kind.fund and kind.fund in incoming.rows.columns:
        column = next(column for column in kind.columns if column.name == kind.fund)
        scope = sorted(incoming.rows.select(column.parsed()).to_series().drop_nulls().unique().to_list())
    file = ReceivedFile.objects.create(
        name=incoming.name[:200],
        kind=kind.name if kind else "",
        sender=str(incoming.manifest.get("sender") or "")[:120],
        sequence_no=incoming.manifest.get("sequence_no"),
        sha256=incoming.sha256,
        size=len(incoming.content),
        state=state,
        received_at=now,
        rows_read=incoming.rows.height + len(incoming.ragged),
        scope=scope[:200],
        refusals=[refusal.as_dict() for refusal in incoming.refusals],
    )
    compressor = zstandard.ZstdCompressor(level=1)
    for number, start in enumerate(range(0, len(incoming.content), CHUNK)):
        piece = compressor.compress(incoming.content[start : start + CHUNK])
        FileChunk.objects.create(file=file, number=number, content=encrypt(piece))
    return file


def _refuse(incoming: Incoming, kind: FlowKind | None, now: datetime) -> FileReport:
    """Keep the file and why it was refused; nothing of it is applied."""
    with transaction.atomic():
        file = _record(incoming, kind, now, FileState.REFUSED)
        journal(
            actor="portail", action="flow.refused", subject=f"file:{file.pk}",
            detail={"name": file.name, "codes": [refusal.code for refusal in incoming.refusals]}, at=now,
        )  # fmt: skip
    return FileReport(incoming.name, file.kind, read=file.rows_read, refusals=incoming.refusals)


def _apply(incoming: Incoming, kind: FlowKind, checked: Checked, now: datetime) -> FileReport:
    errors, raw = ragged_errors(incoming)
    errors, raw = errors | checked.errors, raw | checked.raw
    with transaction.atomic():
        file = _record(incoming, kind, now, FileState.APPLIED)
        done = _enter(checked.valid, kind, file.pk, now)
        if done.errors:
            late = incoming.rows.filter(pl.col(LINE).is_in(list(done.errors)))
            names = [column.name for column in kind.columns if column.name in late.columns]
            raw |= {
                int(row.pop(LINE)): {k: v or "" for k, v in row.items()} for row in late.select(LINE, *names).to_dicts()
            }
            errors |= done.errors
        RejectedRow.objects.bulk_create(
            (
                RejectedRow(file=file, line=line, content=encrypt_row(raw[line]), errors=errors[line])
                for line in sorted(errors)
            ),
            batch_size=2000,
        )
        file.rows_applied, file.rows_unchanged, file.rows_rejected = done.applied, done.unchanged, len(errors)
        file.sum_cents = int(str(incoming.manifest.get("sum_cents") or 0))
        file.save(update_fields=["rows_applied", "rows_unchanged", "rows_rejected", "sum_cents"])
        journal(
            actor="portail", action="flow.applied", subject=f"file:{file.pk}",
            detail={"name": file.name, "applied": done.applied, "rejected": len(errors)}, at=now,
        )  # fmt: skip
    return FileReport(
        incoming.name, kind.name, read=file.rows_read, applied=done.applied, rejected=len(errors),
        unchanged=done.unchanged, errors=errors, raw=raw,
    )  # fmt: skip


def _enter(valid: pl.DataFrame, kind: FlowKind, file_pk: int, now: datetime) -> Applied:
    if valid.is_empty():
        return Applied(0, 0, {})
    rows = kind.derive(valid).with_columns(
        pl.lit(file_pk).alias("file_id"),
        pl.col(LINE).alias("line"),
        *(pl.lit(value).alias(name) for name, value in kind.constant.items()),
    )
    return apply_rows(rows.drop(LINE), kind, now=now)


@dataclass(frozen=True)
class ReplayReport:
    """What is still wrong with a corrected row; empty when it is applied."""

    errors: list[RowError]


def replay_row(rejected_pk: int, cells: dict[str, str], *, by: str) -> ReplayReport:
    """Apply one corrected row alone, or say every error it still has. A row already applied is not applied again."""
    now = timezone.now()
    with transaction.atomic():
        row = RejectedRow.objects.select_for_update(of=("self",)).select_related("file").get(pk=rejected_pk)
        if row.state != RowState.REJECTED:
            return ReplayReport([])
        kind = kind_named(row.file.kind)
        known = {column.name for column in kind.columns}
        values = {name: (value.strip() or None) for name, value in cells.items() if name in known}
        frame = pl.DataFrame({name: [values.get(name)] for name in known}, schema=dict.fromkeys(known, pl.String))
        checked = check(frame.with_columns(pl.lit(row.line, dtype=pl.Int64).alias(LINE)), kind)
        if checked.errors:
            return ReplayReport(checked.errors[row.line])
        done = _enter(checked.valid, kind, row.file_id, now)
        if done.errors:
            return ReplayReport(done.errors[row.line])
        row.state, row.handled_by, row.handled_at = RowState.REPLAYED, by, now
        row.save(update_fields=["state", "handled_by", "handled_at"])
        journal(actor=by, action="flow.row_replayed", subject=f"file:{row.file_id}", detail={"line": row.line}, at=now)
    return ReplayReport([])
