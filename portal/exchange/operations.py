"""Receiving files: kept whole, every row classified, applied in one transaction; and replaying one corrected row."""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from portal.audit.operations import journal
from portal.bulk import copy_in
from portal.exchange.agreeing import disagreements_with_held
from portal.exchange.applying import Applied, apply_rows, refusals_of_whole
from portal.exchange.checking import check, sealed_rows, unread_errors
from portal.exchange.errors import RowError, error
from portal.exchange.flows import FlowKind, kind_named
from portal.exchange.lanes import beside_each_other, lanes_of
from portal.exchange.models import FileChunk, FileOrigin, FileState, ReceivedFile, RejectedRow, RowState
from portal.exchange.preparing import Prepared, Ready, prepare, prepare_file, prepare_rows
from portal.exchange.reading import LINE, Incoming, Refusal
from portal.people.vault import keep
from portal.turns import one_at_a_time

ROWS_AT_ONCE = 10_000


@dataclass
class FileReport:
    """What became of a file: counts, refusals of the whole, and by line the errors and the sealed cells (`raw`, to be
    read by `vault.decrypt_row`) of the rejected rows; `file` is the number under which an applied one is kept."""

    name: str
    kind: str
    read: int = 0
    applied: int = 0
    rejected: int = 0
    unchanged: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    errors: dict[int, list[RowError]] = field(default_factory=dict)
    raw: dict[int, bytes] = field(default_factory=dict)
    file: int | None = None


def import_files(paths: Iterable[Path], *, received_at: datetime | None = None) -> list[FileReport]:
    """Take in files one after the other, each in its own transaction; a refused one never stops the others."""
    return list(each_import(paths, received_at=received_at))


def each_import(
    paths: Iterable[Path], *, received_at: datetime | None = None, workers: int = 1
) -> Iterator[FileReport]:
    """`import_files`, each report as soon as its file is in. Meanwhile the next file is read and checked.

    With several `workers`, each on a connection of its own, kinds enter beside each other: files of one kind still
    enter in the order given. When one stops on an error, the others finish their file, and the error is raised.
    A caller's transaction keeps everything on its own connection.
    """
    in_order = partial(_one_after_the_other, received_at=received_at)
    return (
        in_order(paths)
        if workers == 1 or connection.in_atomic_block
        else beside_each_other(lanes_of(paths), in_order, workers)
    )


def _one_after_the_other(paths: Iterable[Path], *, received_at: datetime | None) -> Iterator[FileReport]:
    with ThreadPoolExecutor(1) as reader:
        left = iter(paths)
        ahead = deque(reader.submit(prepare_file, path) for path in islice(left, 1))
        while ahead:
            prepared = ahead.popleft().result()
            ahead.extend(reader.submit(prepare_file, path) for path in islice(left, 1))
            yield _take_in(prepared, received_at or timezone.now())


def import_file(
    path: Path, *, received_at: datetime | None = None, origin: FileOrigin = FileOrigin.FLOW
) -> FileReport:  # fmt: skip
    """Take in one file. The same content a second time changes nothing."""
    return _take_in(replace(prepare_file(path), origin=origin), received_at or timezone.now())


def import_rows(incoming: Incoming, kind: FlowKind, *, received_at: datetime, origin: FileOrigin) -> FileReport:
    """Take in rows that did not come as a file of commas: `incoming.content` is kept whole as it came."""
    return _take_in(replace(prepare(incoming, kind), origin=origin), received_at)


def _take_in(prepared: Prepared, now: datetime) -> FileReport:
    incoming, kind = prepared.incoming, prepared.kind
    if kind is None or incoming.refusals:
        return _refuse(prepared, now)
    return _apply(prepared, kind, now)


def _record(prepared: Prepared, now: datetime, state: FileState) -> ReceivedFile:
    incoming = prepared.incoming
    file = ReceivedFile.objects.create(
        name=incoming.name[:200],
        kind=prepared.kind.name if prepared.kind else "",
        sender=_sender(prepared),
        sequence_no=incoming.manifest.get("sequence_no"),
        sha256=incoming.sha256,
        size=len(incoming.content),
        state=state,
        origin=prepared.origin,
        received_at=now,
        rows_read=prepared.count,
        scope=prepared.scope[:200],
        refusals=[refusal.as_dict() for refusal in incoming.refusals],
    )
    for number, piece in enumerate(prepared.pieces):
        FileChunk.objects.create(file=file, number=number, content=piece)
    return file


def _sender(prepared: Prepared) -> str:
    return str(prepared.incoming.manifest.get("sender") or "")[:120]


def _refuse(prepared: Prepared, now: datetime) -> FileReport:
    """Keep the file and why it was refused; nothing of it is applied."""
    refusals = prepared.incoming.refusals
    report = FileReport(
        prepared.incoming.name, prepared.kind.name if prepared.kind else "", read=prepared.count, refusals=refusals
    )
    with transaction.atomic():
        if _already_refused(prepared):
            return report
        file = _record(prepared, now, FileState.REFUSED)
        journal(
            actor="portail", action="flow.refused", subject=f"file:{file.pk}",
            detail={"name": file.name, "codes": [refusal.code for refusal in refusals]}, at=now,
        )  # fmt: skip
    return report


def _already_refused(prepared: Prepared) -> bool:
    """The same file was refused for the same reasons: it is kept once, however often it is tried."""
    incoming = prepared.incoming
    return ReceivedFile.objects.filter(
        state=FileState.REFUSED, sha256=incoming.sha256, name=incoming.name[:200], sender=_sender(prepared),
        sequence_no=incoming.manifest.get("sequence_no"),
        refusals=[refusal.as_dict() for refusal in incoming.refusals],
    ).exists()  # fmt: skip


def _apply(prepared: Prepared, kind: FlowKind, now: datetime) -> FileReport:
    incoming, checked = prepared.incoming, prepared.checked
    errors, raw = unread_errors(incoming)
    errors, raw = errors | checked.errors, raw | checked.raw
    with transaction.atomic():
        hold_flow(kind)
        if known := _already_applied(prepared, kind):
            return _report_again(prepared, known)
        incoming.refusals += refusals_of_whole(prepared.ready.rows, kind)
        if incoming.refusals:
            return _refuse(prepared, now)
        file = _record(prepared, now, FileState.APPLIED)
        done = _enter(prepared.ready, kind, file.pk, now)
        if done.errors:
            raw |= sealed_rows(incoming.rows, done.errors)
            errors |= done.errors
        _keep_rejected(file, errors, raw)
        file.rows_applied, file.rows_unchanged, file.rows_rejected = done.applied, done.unchanged, len(errors)
        file.sum_cents = int(str(incoming.manifest.get("sum_cents") or 0))
        file.save(update_fields=["rows_applied", "rows_unchanged", "rows_rejected", "sum_cents"])
        journal(
            actor="portail", action="flow.applied", subject=f"file:{file.pk}",
            detail={"name": file.name, "applied": done.applied, "rejected": len(errors)}, at=now,
        )  # fmt: skip
    return FileReport(
        incoming.name, kind.name, read=file.rows_read, applied=done.applied, rejected=len(errors),
        unchanged=done.unchanged, errors=errors, raw=raw, file=file.pk,
    )  # fmt: skip


def _keep_rejected(file: ReceivedFile, errors: dict[int, list[RowError]], raw: dict[int, bytes]) -> None:
    lines = iter(sorted(errors))
    while part := list(islice(lines, ROWS_AT_ONCE)):
        contents = [r"\x" + raw[line].hex() for line in part]
        told = [json.dumps(errors[line], ensure_ascii=False) for line in part]
        rows = pl.DataFrame({"line": part, "content": contents, "errors": told})
        fixed = {"file_id": file.pk, "state": RowState.REJECTED.value, "handled_by": ""}
        copy_in(rows.with_columns(pl.lit(value).alias(name) for name, value in fixed.items()), "exchange_rejectedrow")


def _already_applied(prepared: Prepared, kind: FlowKind) -> ReceivedFile | None:
    """The same content, applied under the same number, or under any when this file has none. Two lots of different
    numbers may well be equal (nothing new that day): the second has arrived too."""
    same = ReceivedFile.objects.filter(kind=kind.name, sha256=prepared.incoming.sha256, state=FileState.APPLIED)
    number = prepared.incoming.manifest.get("sequence_no")
    if number is not None:
        same = same.filter(sender=_sender(prepared), sequence_no=number)
    return same.order_by("pk").first()


def _report_again(prepared: Prepared, known: ReceivedFile) -> FileReport:
    """What is still to be corrected in a file that has been applied before; nothing else of it is new."""
    left = known.rejected_rows.filter(state=RowState.REJECTED).order_by("line")
    report = FileReport(prepared.incoming.name, known.kind, read=prepared.count)
    for line, errors, content in left.values_list("line", "errors", "content").iterator():
        report.errors[line] = [error(**told) for told in errors]
        report.raw[line] = bytes(content)
    report.rejected = len(report.errors)
    report.unchanged = report.read - report.rejected
    return report


def hold_flow(kind: FlowKind) -> None:
    """Files of one kind wait for each other, so that two never decide about the same rows; other kinds go on. Until the
    end of the caller's transaction: who looks at what is held before entering rows takes it first."""
    one_at_a_time(f"flow:{kind.name}")


def _enter(ready: Ready, kind: FlowKind, file_pk: int, now: datetime) -> Applied:
    if ready.rows.is_empty():
        return Applied(0, 0, {})
    rows = ready.rows.rename({LINE: "line"}).with_columns(file_id=pl.lit(file_pk))
    differing = disagreements_with_held(rows, kind)
    agreeing = rows.filter(~pl.col("line").is_in(list(differing))) if differing else rows
    done = apply_rows(agreeing, kind, now=now)
    done = replace(done, errors=differing | done.errors)
    # Last: a file of another kind that brings the same people waits from here to the end of this one.
    for of_kind, keys in ready.identifiers:
        keep(keys, of_kind)
    return done


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
        hold_flow(kind)
        ready = prepare_rows(checked.valid, kind)
        if refusals := refusals_of_whole(ready.rows, kind):
            return ReplayReport([error(kind.key[0], one.code, one.message, one.remedy) for one in refusals])
        done = _enter(ready, kind, row.file_id, now)
        if done.errors:
            return ReplayReport(done.errors[row.line])
        row.state, row.handled_by, row.handled_at = RowState.REPLAYED, by, now
        row.save(update_fields=["state", "handled_by", "handled_at"])
        journal(actor=by, action="flow.row_replayed", subject=f"file:{row.file_id}", detail={"line": row.line}, at=now)
    return ReplayReport([])
