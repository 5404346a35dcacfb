"""Every error of every row of a file, found at once; the rows without error, parsed."""

from dataclasses import dataclass

import polars as pl

from portal.exchange.flows import FlowKind
from portal.exchange.reading import LINE, Incoming

RowError = dict[str, str]
SENDER = "À corriger par l’émetteur, ou ici, puis rejouer cette seule ligne."


@dataclass(frozen=True)
class Checked:
    """`valid`: parsed rows of a kind, with LINE; `errors`: line -> its errors; `raw`: the cells of the wrong rows."""

    valid: pl.DataFrame
    errors: dict[int, list[RowError]]
    raw: dict[int, dict[str, str]]


def check(rows: pl.DataFrame, kind: FlowKind) -> Checked:
    """Parse and check `rows`, whose cells are texts. Optional columns that are absent count as empty."""
    for name in kind.optional:
        if name not in rows.columns:
            rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias(name))
    names = [column.name for column in kind.columns]
    parsed = rows.lazy().select(LINE, *(column.parsed().alias(column.name) for column in kind.columns)).collect()
    flags = []
    for column in kind.columns:
        flags.append((rows[column.name].is_not_null() & parsed[column.name].is_null()).alias(f"bad:{column.name}"))
        if column.required:
            flags.append(rows[column.name].is_null().alias(f"empty:{column.name}"))
    for number, rule in enumerate(kind.rules):
        flags.append(parsed.select(rule.broken.fill_null(value=False).alias(f"rule:{number}")).to_series())
    found = pl.DataFrame(flags)
    wrong = found.select(pl.any_horizontal(pl.all())).to_series()
    errors: dict[int, list[RowError]] = {}
    raw: dict[int, dict[str, str]] = {}
    if wrong.any():
        cells = rows.filter(wrong).select(LINE, *names).to_dicts()
        for row, flagged in zip(cells, found.filter(wrong).iter_rows(named=True), strict=True):
            line = int(row.pop(LINE))
            errors[line] = _row_errors(kind, row, flagged)
            raw[line] = {name: value or "" for name, value in row.items()}
    return Checked(parsed.filter(~wrong), errors, raw)


def _row_errors(kind: FlowKind, row: dict[str, str | None], flagged: dict[str, bool]) -> list[RowError]:
    found = []
    by_name = {column.name: column for column in kind.columns}
    for flag, is_wrong in flagged.items():
        if not is_wrong:
            continue
        what, _, where = flag.partition(":")
        if what == "bad":
            shown = str(row[where])[:60]
            found.append(
                error(where, "bad_value", f"« {shown} » n’est pas accepté. Attendu : {by_name[where].expected}.")
            )
        elif what == "empty":
            found.append(error(where, "required", f"La cellule est vide. Attendu : {by_name[where].expected}."))
        else:
            rule = kind.rules[int(where)]
            found.append(error(rule.column, rule.code, rule.message))
    return found


def error(column: str, code: str, message: str, remedy: str = SENDER) -> RowError:
    return {"column": column, "code": code, "message": message, "remedy": remedy}


def ragged_errors(incoming: Incoming) -> tuple[dict[int, list[RowError]], dict[int, dict[str, str]]]:
    """Lines with too many or too few cells."""
    errors, raw = {}, {}
    for line, cells in incoming.ragged:
        message = f"La ligne a {len(cells)} cellules, l’en-tête {len(incoming.header)}."
        errors[line] = [error("", "wrong_cell_count", message)]
        named = dict(zip(incoming.header, cells, strict=False))
        raw[line] = {name: named.get(name, "") for name in incoming.header}
    return errors, raw
