"""Every error of every row of a file, found at once; the rows without error, parsed."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

import polars as pl

from portal.exchange.agreeing import disagreements
from portal.exchange.cells import LOST, Column
from portal.exchange.errors import RowError, error
from portal.exchange.flows import FlowKind
from portal.exchange.reading import LINE, Incoming
from portal.people.vault import encrypt_row

SURPLUS = "en trop "
# Shorter than any NIR or IBAN.
SHOWN = 12


@dataclass(frozen=True)
class Checked:
    """`valid`: parsed rows of a kind, with LINE; `errors`: line -> its errors; `raw`: line -> its cells, sealed."""

    valid: pl.DataFrame
    errors: dict[int, list[RowError]]
    raw: dict[int, bytes]


def check(rows: pl.DataFrame, kind: FlowKind) -> Checked:
    """Parse and check `rows`, whose cells are texts. Optional columns that are absent count as empty."""
    given = rows
    for name in kind.optional:
        if name not in rows.columns:
            rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias(name))
    parsed = rows.lazy().select(LINE, *(column.parsed().alias(column.name) for column in kind.columns)).collect()
    found = _flags(rows, parsed, kind)
    wrong = found.select(pl.any_horizontal(pl.all())).to_series()
    errors: dict[int, list[RowError]] = {}
    if wrong.any():
        cells = rows.filter(wrong).select(LINE, *(column.name for column in kind.columns))
        for row, flagged in zip(cells.iter_rows(named=True), found.filter(wrong).iter_rows(named=True), strict=True):
            errors[int(row[LINE])] = _row_errors(kind, row, flagged)
    for line, more in disagreements(parsed, wrong, kind).items():
        told = {problem["column"] for problem in errors.get(line, [])}
        errors[line] = errors.get(line, []) + [problem for problem in more if problem["column"] not in told]
    errors = _with_the_others(rows, errors, kind)
    valid = parsed.filter(~pl.col(LINE).is_in(list(errors))) if errors else parsed
    return Checked(valid, errors, sealed_rows(given, errors))


def _with_the_others(
    rows: pl.DataFrame, errors: dict[int, list[RowError]], kind: FlowKind
) -> dict[int, list[RowError]]:
    """The rows of a thing that enters all or not at all wait for the wrong one among them."""
    if not kind.together or not errors:
        return errors
    wrong = rows.filter(pl.col(LINE).is_in(list(errors)))[kind.together].drop_nulls()
    held = rows.filter(pl.col(kind.together).is_in(wrong.to_list()))[LINE]
    waits = [
        error(
            kind.together, "waits_for_another", "Une autre ligne de la même chose est fausse : elles entrent ensemble."
        )
    ]
    return {int(line): waits for line in held} | errors


def sealed_rows(rows: pl.DataFrame, lines: Iterable[int]) -> dict[int, bytes]:
    """The cells of some lines as the file wrote them, columns nobody asked for included, ready to be kept. A whole
    file of wrong rows fits in memory so."""
    chosen = rows.filter(pl.col(LINE).is_in(list(lines))).with_columns(pl.col(pl.String).fill_null(""))
    return {row.pop(LINE): encrypt_row(row) for row in chosen.iter_rows(named=True)}


def _flags(rows: pl.DataFrame, parsed: pl.DataFrame, kind: FlowKind) -> pl.DataFrame:
    """A column of flags per thing that can be wrong with a row."""
    flags = []
    for column in kind.columns:
        flags.append((rows[column.name].is_not_null() & parsed[column.name].is_null()).alias(f"bad:{column.name}"))
        if column.required:
            flags.append(rows[column.name].is_null().alias(f"empty:{column.name}"))
    for number, rule in enumerate(kind.rules):
        flags.append(parsed.select(rule.broken.fill_null(value=False).alias(f"rule:{number}")).to_series())
    return pl.DataFrame(flags)


def _row_errors(kind: FlowKind, row: dict[str, str | None], flagged: dict[str, bool]) -> list[RowError]:
    found: list[RowError] = []
    for column in kind.columns:
        if flagged[f"bad:{column.name}"]:
            found.append(_bad_value(column, str(row[column.name])))
        elif flagged.get(f"empty:{column.name}"):
            found.append(error(column.name, "required", f"La cellule est vide. Attendu : {column.expected}."))
    told = {problem["column"] for problem in found}
    # A cell that is not even a value is told once: what it should hold comes after.
    return found + [
        error(rule.column, rule.code, rule.message)
        for number, rule in enumerate(kind.rules)
        if flagged[f"rule:{number}"] and rule.column not in told
    ]


def _bad_value(column: Column, text: str) -> RowError:
    if LOST & set(text):
        message = "La cellule contient des octets qui ne sont pas de l’UTF-8 : un caractère est perdu."
        return error(column.name, "bad_encoding", message)
    return error(column.name, "bad_value", f"{_shown(column, text)} n’est pas accepté. Attendu : {column.expected}.")


def _shown(column: Column, text: str) -> str:
    """The cell in a message, which lies readable in the table: never a NIR or an IBAN, even in the wrong column."""
    if len(text) > SHOWN or column.kind == "free" or not text.isprintable():
        return f"Ce texte de {len(text)} caractères"
    return f"« {text} »"


def unread_errors(incoming: Incoming) -> tuple[dict[int, list[RowError]], dict[int, bytes]]:
    """Lines with too many or too few cells, or with a misplaced quote: their errors, and their cells sealed."""
    errors, raw = {}, {}
    for line, cells in incoming.ragged:
        message = f"La ligne a {len(cells)} cellules, l’en-tête {len(incoming.header)}."
        errors[line] = [error("", "wrong_cell_count", message)]
        raw[line] = encrypt_row(_named(incoming.header, cells))
    for line, cells in incoming.broken:
        message = "Un guillemet est mal placé : un guillemet dans une cellule s’écrit deux fois, entre guillemets."
        errors[line] = [error("", "misplaced_quote", message)]
        raw[line] = encrypt_row(_named(incoming.header, cells))
    return errors, raw


def _named(header: list[str], cells: list[str]) -> dict[str, str]:
    """Cells under their columns; those too many are kept after them."""
    surplus = [f"{SURPLUS}{place}" for place in range(1, len(cells) - len(header) + 1)]
    return dict(zip_longest(header + surplus, cells, fillvalue=""))
