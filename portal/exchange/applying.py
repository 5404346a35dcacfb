"""Applying parsed rows: what is new or newer enters, what is known changes nothing, what is older is let be."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from portal.bulk import copy_in
from portal.exchange.errors import RowError, error
from portal.exchange.flows import FlowKind
from portal.exchange.reading import Refusal

WHERE_FROM = ("file_id", "line")


@dataclass(frozen=True)
class Applied:
    """How many rows entered, how many changed nothing, and the errors found against what is already known."""

    applied: int
    unchanged: int
    errors: dict[int, list[RowError]]


def apply_rows(rows: pl.DataFrame, kind: FlowKind, *, now: datetime) -> Applied:
    """Enter `rows` (the columns of the kind's table, with `file_id` and `line`) in the caller's transaction.

    Rows go straight into the table; when the unique key meets one that is known, all are laid beside it first.
    """
    if rows.is_empty():
        return Applied(0, 0, {})
    kept, unchanged, errors = _once_per_key(rows, kind)
    if "bucket" in kept.columns:
        kept = kept.sort("bucket", maintain_order=True)
    try:
        with transaction.atomic():
            return Applied(
                copy_in(kept.with_columns(known_from=pl.lit(now.isoformat())), kind.table), unchanged, errors
            )
    except IntegrityError:
        applied, known, conflicts = _apply_beside_known(kept, kind, now)
        return Applied(applied, unchanged + known, errors | conflicts)


def refusals_of_whole(rows: pl.DataFrame, kind: FlowKind) -> list[Refusal]:
    """Why the file cannot be taken in at all, given what is held. In the caller's transaction, files of the kind waiting."""
    if kind.whole is None or rows.is_empty():
        return []
    listed = ", ".join(f'"{name}"' for name in kind.key)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {listed} FROM {kind.table} WHERE known_until IS NULL")
        held = pl.DataFrame(cursor.fetchall(), schema={name: rows.schema[name] for name in kind.key}, orient="row")
    return kind.whole(rows, held)


def _apply_beside_known(
    kept: pl.DataFrame, kind: FlowKind, now: datetime
) -> tuple[int, int, dict[int, list[RowError]]]:
    """Rows entered, rows that change nothing, and the errors of those that contradict an immutable row."""
    content = [name for name in kept.columns if name not in WHERE_FROM]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE incoming (LIKE {kind.table}) ON COMMIT DROP")
        cursor.execute("ALTER TABLE incoming ALTER id DROP NOT NULL, ALTER known_from DROP NOT NULL")
        copy_in(kept, "incoming")
        # `id` names the known row of the same key. A scalar subquery probes the key's index row by row, however
        # many rows there are and whatever the planner believes of them.
        cursor.execute(f"UPDATE incoming i SET id = (SELECT t.id FROM {kind.table} t WHERE {_same_key(kind)})")
        cursor.execute("ANALYZE incoming")
        unchanged = _drop_known(cursor, kind, content)
        errors = _conflicts(cursor, kind) if kind.immutable else {}
        if not kind.immutable:
            unchanged += _drop_stale(cursor, kind)
            cursor.execute(f"UPDATE {kind.table} t SET known_until = %s FROM incoming i WHERE t.id = i.id", (now,))
        listed = ", ".join(f'"{name}"' for name in kept.columns)
        cursor.execute(f"INSERT INTO {kind.table} ({listed}, known_from) SELECT {listed}, %s FROM incoming", (now,))
        applied = cursor.rowcount
        cursor.execute("DROP TABLE incoming")
    return applied, unchanged, errors


def _once_per_key(rows: pl.DataFrame, kind: FlowKind) -> tuple[pl.DataFrame, int, dict[int, list[RowError]]]:
    """One row per key: the newest by the kind's order; two different ones of the same age are an error of the later."""
    content = [name for name in rows.columns if name not in WHERE_FROM]
    key = list(kind.key)
    if rows.select(key).n_unique() == rows.height:
        return rows, 0, {}
    distinct = rows.unique(content, keep="first", maintain_order=True)
    copies = rows.height - distinct.height
    latest = distinct
    for name in kind.order:
        latest = latest.filter(pl.col(name).eq_missing(pl.col(name).max().over(key)))
    older = distinct.height - latest.height
    ordered = latest.sort("line")
    first = ordered.unique(key, keep="first", maintain_order=True)
    doubled = ordered.join(first.select("line"), on="line", how="anti")
    message = "La même clé figure plus haut dans ce fichier avec un autre contenu : on ne sait pas laquelle croire."
    errors = {int(line): [error(kind.key[0], "duplicate_key", message)] for line in doubled["line"]}
    return first, copies + older, errors


def _same_key(kind: FlowKind) -> str:
    keys = [*kind.key, *kind.constant]
    current = "" if kind.immutable else "t.known_until IS NULL AND "
    return current + " AND ".join(f't."{name}" = i."{name}"' for name in keys)


def _drop_known(cursor: CursorWrapper, kind: FlowKind, content: list[str]) -> int:
    same = ", ".join(f't."{name}"' for name in content)
    incoming = ", ".join(f'i."{name}"' for name in content)
    cursor.execute(
        f"DELETE FROM incoming i USING {kind.table} t WHERE t.id = i.id AND ROW({same}) IS NOT DISTINCT FROM ROW({incoming})"
    )
    return cursor.rowcount


def _conflicts(cursor: CursorWrapper, kind: FlowKind) -> dict[int, list[RowError]]:
    cursor.execute("DELETE FROM incoming WHERE id IS NOT NULL RETURNING line")
    problem = error(kind.key[0], "version_conflict", *kind.conflict)
    return {int(line): [problem] for (line,) in cursor.fetchall()}


def _drop_stale(cursor: CursorWrapper, kind: FlowKind) -> int:
    """Rows older than what is known, by the first order column that differs. An empty cell is older than any value
    (a request not yet decided), so that files may come in any order."""
    if not kind.order:
        return 0
    older = " OR ".join(
        "(" + " AND ".join([*(f't."{before}" IS NOT DISTINCT FROM i."{before}"' for before in kind.order[:position]),
                            f'(i."{name}" < t."{name}" OR i."{name}" IS NULL AND t."{name}" IS NOT NULL)']) + ")"
        for position, name in enumerate(kind.order)
    )  # fmt: skip
    cursor.execute(f"DELETE FROM incoming i USING {kind.table} t WHERE t.id = i.id AND ({older})")
    return cursor.rowcount
