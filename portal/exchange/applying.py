"""Applying parsed rows: what is new or newer enters, what is known changes nothing, what is older is let be."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db import connection

from portal.bulk import copy_in, read_frame
from portal.exchange.checking import RowError, error
from portal.exchange.flows import FlowKind

WHERE_FROM = ("file_id", "line")
FEW = 100_000


@dataclass(frozen=True)
class Applied:
    """How many rows entered, how many changed nothing, and the errors found against what is already known."""

    applied: int
    unchanged: int
    errors: dict[int, list[RowError]]


def apply_rows(rows: pl.DataFrame, kind: FlowKind, *, now: datetime) -> Applied:
    """Enter `rows` (the columns of the kind's table, with `file_id` and `line`) in the caller's transaction."""
    if rows.is_empty():
        return Applied(0, 0, {})
    kept, unchanged, errors = _once_per_key(rows, kind)
    content = [name for name in rows.columns if name not in WHERE_FROM]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE incoming (LIKE {kind.table}) ON COMMIT DROP")
        cursor.execute("ALTER TABLE incoming ALTER id DROP NOT NULL, ALTER known_from DROP NOT NULL")
        copy_in(kept, "incoming")
        cursor.execute("ANALYZE incoming")
        if _meets_known_rows(cursor, kind, kept.height):
            unchanged += _drop_known(cursor, kind, content)
            errors |= _conflicts(cursor, kind)
            if not kind.immutable:
                unchanged += _drop_stale(cursor, kind)
                _end_former(cursor, kind, now)
        listed = ", ".join(f'"{name}"' for name in rows.columns)
        cursor.execute(
            f"INSERT INTO {kind.table} ({listed}, known_from) SELECT {listed}, %s FROM incoming ORDER BY bucket"
            if "bucket" in rows.columns
            else f"INSERT INTO {kind.table} ({listed}, known_from) SELECT {listed}, %s FROM incoming",
            (now,),
        )
        applied = cursor.rowcount
        cursor.execute("DROP TABLE incoming")
    return Applied(applied, unchanged, errors)


def _once_per_key(rows: pl.DataFrame, kind: FlowKind) -> tuple[pl.DataFrame, int, dict[int, list[RowError]]]:
    """One row per key: the newest by the kind's order; two different ones of the same age are an error of the later."""
    content = [name for name in rows.columns if name not in WHERE_FROM]
    key = list(kind.key)
    if rows.select(key).n_unique() == rows.height:
        return rows, 0, {}
    distinct = rows.unique(content, keep="first", maintain_order=True)
    copies = rows.height - distinct.height
    if kind.order:
        newest = pl.all_horizontal(*(pl.col(name).eq_missing(pl.col(name).max().over(key)) for name in kind.order[:1]))
        latest = distinct.filter(newest)
    else:
        latest = distinct
    older = distinct.height - latest.height
    ordered = latest.sort("line")
    first = ordered.unique(key, keep="first", maintain_order=True)
    doubled = ordered.join(first.select("line"), on="line", how="anti")
    message = "La même clé figure plus haut dans ce fichier avec un autre contenu : on ne sait pas laquelle croire."
    errors = {int(line): [error(kind.key[0], "duplicate_key", message)] for line in doubled["line"]}
    return first, copies + older, errors


def _meets_known_rows(cursor: object, kind: FlowKind, count: int) -> bool:
    """Whether any incoming key is already known: a file of new keys needs no comparison at all.

    A file of a few rows probes the key's index; without that, each of a hundred funds would read the whole table.
    """
    if count < FEW:
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")  # type: ignore[attr-defined]
    cursor.execute(  # type: ignore[attr-defined]
        f"SELECT EXISTS (SELECT 1 FROM incoming i JOIN {kind.table} t ON {_same_key(kind)})"
    )
    found = bool(cursor.fetchone()[0])  # type: ignore[attr-defined]
    if not found:
        cursor.execute("SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on")  # type: ignore[attr-defined]
    return found


def _same_key(kind: FlowKind) -> str:
    keys = [*kind.key, *kind.constant]
    current = "" if kind.immutable else "t.known_until IS NULL AND "
    return current + " AND ".join(f't."{name}" = i."{name}"' for name in keys)


def _drop_known(cursor: object, kind: FlowKind, content: list[str]) -> int:
    same = ", ".join(f't."{name}"' for name in content)
    incoming = ", ".join(f'i."{name}"' for name in content)
    cursor.execute(  # type: ignore[attr-defined]
        f"DELETE FROM incoming i USING {kind.table} t WHERE {_same_key(kind)} "
        f"AND ROW({same}) IS NOT DISTINCT FROM ROW({incoming})"
    )
    return cursor.rowcount  # type: ignore[attr-defined]


def _conflicts(cursor: object, kind: FlowKind) -> dict[int, list[RowError]]:
    if not kind.immutable:
        return {}
    lines = read_frame(f"SELECT i.line FROM incoming i JOIN {kind.table} t ON {_same_key(kind)}", {"line": pl.Int64})
    cursor.execute(  # type: ignore[attr-defined]
        f"DELETE FROM incoming i USING {kind.table} t WHERE {_same_key(kind)}"
    )
    message = "Ce numéro et cette version sont déjà connus avec un autre contenu."
    remedy = "Une correction garde son numéro et augmente sa version de un ; renvoyer la ligne ainsi."
    return {int(line): [error(kind.key[0], "version_conflict", message, remedy)] for line in lines["line"]}


def _drop_stale(cursor: object, kind: FlowKind) -> int:
    """Rows older than what is known, by the first order column that both have and that differs."""
    if not kind.order:
        return 0
    older = " OR ".join(
        "(" + " AND ".join([*(f't."{before}" IS NOT DISTINCT FROM i."{before}"' for before in kind.order[:position]),
                            f'i."{name}" < t."{name}"']) + ")"
        for position, name in enumerate(kind.order)
    )  # fmt: skip
    cursor.execute(  # type: ignore[attr-defined]
        f"DELETE FROM incoming i USING {kind.table} t WHERE {_same_key(kind)} AND ({older})"
    )
    return cursor.rowcount  # type: ignore[attr-defined]


def _end_former(cursor: object, kind: FlowKind, now: datetime) -> None:
    cursor.execute(  # type: ignore[attr-defined]
        f"UPDATE {kind.table} t SET known_until = %s FROM incoming i WHERE {_same_key(kind)}", (now,)
    )
