"""What several rows say of one thing must be the same: inside a file, and with the rows that are held."""

from collections.abc import Sequence

import polars as pl
from django.db import connection

from portal.exchange.errors import RowError, error
from portal.exchange.flows import Agreement, FlowKind
from portal.exchange.reading import LINE


def disagreements(parsed: pl.DataFrame, is_wrong: pl.Series, kind: FlowKind) -> dict[int, list[RowError]]:
    """The errors of the rows that differ from the first sound row of the same thing, by line."""
    found: dict[int, list[RowError]] = {}
    for agreement in kind.agreements:
        reference = _reference(parsed.filter(~is_wrong), agreement)
        names = {name: name for name in agreement.facts}
        _compare(parsed, reference, agreement, names, LINE, found)
    return found


def disagreements_with_held(rows: pl.DataFrame, kind: FlowKind) -> dict[int, list[RowError]]:
    """The same for the table's rows of a file, against current rows that the file does not bring again."""
    found: dict[int, list[RowError]] = {}
    for agreement in kind.agreements:
        held = _held(rows, agreement, kind)
        if held.height:
            names = {column: name for name, column in agreement.facts.items()}
            _compare(rows, _reference(held, agreement, list(names)), agreement, names, "line", found)
    return found


def _reference(rows: pl.DataFrame, agreement: Agreement, columns: Sequence[str] = ()) -> pl.DataFrame:
    """What the first row of each thing says; where an unknown fact agrees with any, the first that is known."""
    facts = [pl.col(name) for name in columns or agreement.facts]
    firsts = [fact.drop_nulls().first() if agreement.unknown_agrees else fact.first() for fact in facts]
    return rows.group_by(agreement.of, maintain_order=True).agg(firsts)


def _compare(
    rows: pl.DataFrame, reference: pl.DataFrame, agreement: Agreement, names: dict[str, str], line: str,
    found: dict[int, list[RowError]],
) -> None:  # fmt: skip
    """Add to `found` an error per row and fact that differs; `names` gives the file's column of each column."""
    beside = rows.join(reference, on=agreement.of, how="inner", suffix=":held", maintain_order="left")
    for column, name in names.items():
        own, other = pl.col(column), pl.col(f"{column}:held")
        differs = own.ne_missing(other)
        if agreement.unknown_agrees:
            differs = differs & own.is_not_null() & other.is_not_null()
        for number in beside.filter(differs)[line]:
            problem = error(name, "disagrees", agreement.message, agreement.remedy)
            found.setdefault(int(number), []).append(problem)


def _held(rows: pl.DataFrame, agreement: Agreement, kind: FlowKind) -> pl.DataFrame:
    """Current rows of the things that `rows` name, but those whose key `rows` bring again."""
    columns = list(dict.fromkeys([agreement.of, *kind.key, *agreement.facts.values()]))
    listed = ", ".join(f'"{name}"' for name in columns)
    things = rows[agreement.of].unique().to_list()
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {listed} FROM {kind.table} WHERE known_until IS NULL AND "{agreement.of}" = ANY(%s) ORDER BY id',
            (things,),
        )
        fetched = cursor.fetchall()
    schema = {name: rows.schema[name] for name in columns}
    return pl.DataFrame(fetched, schema=schema, orient="row").join(rows, on=list(kind.key), how="anti")
