"""The four files of a population, as the contract has them, to be imported as they are."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import polars as pl

from aripa.flows.kinds import EVENTS, PARENTS, PRICES, TITLES
from aripa.life.facts import Event, Price
from aripa.population.cast import Person, Row
from portal.exchange.flows import FlowKind
from portal.fiction.identities import iban, nir
from portal.legislation.trace import euros

# Accounts of one person: the first, then one at each change.
ACCOUNTS = 32
AMOUNTS = ("monthly_total", "cash_share", "amount", "value")
MONTHS = ("month", "base_month")


def write(folder: Path, kind: FlowKind, rows: Iterable[Row]) -> tuple[Path, int]:
    """The file of a kind, and how many rows it has."""
    path, count = folder / f"{kind.name}.csv", 0
    with path.open("w", encoding="utf-8", newline="") as handle:
        columns = [column.name for column in kind.columns]
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_text(name, row.get(name)) for name in columns])
            count += 1
    return path, count


def _text(name: str, value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if name in AMOUNTS and isinstance(value, int):
        return euros(value)
    if name in MONTHS and isinstance(value, date):
        return f"{value:%Y-%m}"
    return str(value)


def parents(rows: list[Row]) -> list[Row]:
    """Rows in the order of their days, with the numbers of the people they are about."""
    ordered = sorted(rows, key=lambda row: (row["updated_at"], row["parent_no"]))
    numbers, accounts = _numbers([row["nir"] for row in ordered]), _accounts([row["iban"] for row in ordered])
    return [
        row | {"nir": number, "iban": account} for row, number, account in zip(ordered, numbers, accounts, strict=True)
    ]


def _numbers(people: list[Person]) -> list[str]:
    frame = pl.DataFrame({
        "person": [one.number for one in people], "sex": [one.sex for one in people], "born": [one.born_on for one in people],
    })  # fmt: skip
    return frame.select(number=nir(pl.col("person"), pl.col("sex"), pl.col("born")))["number"].to_list()


def _accounts(owners: list[tuple[int, int] | None]) -> list[str | None]:
    numbers = [None if one is None else one[0] * ACCOUNTS + one[1] for one in owners]
    frame = pl.DataFrame({"account": pl.Series(numbers, dtype=pl.Int64)})
    return frame.select(iban=pl.when(pl.col("account").is_not_null()).then(iban(pl.col("account"))))["iban"].to_list()


def price_rows(found: list[Price]) -> Iterator[Row]:
    for one in found:
        yield {
            "series": one.series, "base": one.base, "month": one.month, "value": one.value,
            "published_on": one.published_on,
        }  # fmt: skip


def event_rows(told: Iterable[tuple[Event, str]]) -> Iterator[Row]:
    """Numbered in the order of their days; those of one family and day keep their order."""
    for number, (one, text) in enumerate(told, 1):
        yield {
            "event_no": number, "day": one.day, "case_no": one.case, "kind": one.kind, "party": one.party,
            "child_id": one.child, "letter": one.letter, "month": one.month, "means": one.means, "reason": one.reason,
            "amount": one.amount, "effective_on": one.effective_on, "ref": one.ref, "text": text,
        }  # fmt: skip


__all__ = ["EVENTS", "PARENTS", "PRICES", "TITLES", "event_rows", "parents", "price_rows", "write"]
