"""The six files of a population, the same bytes for the same arguments, written some families at a time."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import polars as pl

from portal.benefits.flows.kinds import BOARDING, CHILDREN, DECISIONS, FAMILIES, RESOURCES, SCHOOLING
from portal.benefits.population import facts, households
from portal.exchange.flows import FlowKind
from portal.fiction.draws import Draws
from portal.fiction.shares import shared_out, weight_of
from portal.organisations import directory

AT_ONCE = 200_000
# Mayotte has few families of the country's: enough of them all the same for its own rules to be seen.
MAYOTTE, MAYOTTE_TIMES = "CAF976", 3
FIRST_YEAR = 2018


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written: rows by kind, the files in the order to import them."""

    rows: dict[str, int]
    files: tuple[Path, ...]

    def __str__(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in self.rows.items())


def generate(
    families: int, seed: int, out: Path, *, school_year: int = 2026, funds: Sequence[str] | None = None
) -> Summary:
    """Write so many families to the folder `out`, over France and Mayotte unless `funds` are named.

    Raises ValueError for counts and years out of bounds, UnknownFund for a code that is none.
    """
    if not 1 <= families <= households.NUMBERS:
        raise ValueError(f"Il faut de 1 à {households.NUMBERS} familles.")
    if school_year < FIRST_YEAR:
        raise ValueError(f"La rentrée la plus ancienne est celle de {FIRST_YEAR}.")
    draws, shares = Draws(seed), shared_out(families, _weights(funds))
    out.mkdir(parents=True, exist_ok=True)
    files: dict[str, _File] = {}
    for part in _parts(households.families(shares, draws)):
        for kind, frame in _written(part, draws, school_year):
            files.setdefault(kind.name, _File(out / f"{kind.name}.csv", kind)).write(frame, school_year)
    return Summary({name: one.rows for name, one in files.items()}, tuple(one.path for one in files.values()))


def _weights(funds: Sequence[str] | None) -> dict[str, Fraction]:
    """As people live there; Mayotte somewhat more."""
    codes = funds or [one.code for one in directory.funds().values() if one.body != "URSSAF"]
    return {code: weight_of(code) * (MAYOTTE_TIMES if code == MAYOTTE else 1) for code in codes}


def _parts(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield from rows.iter_slices(AT_ONCE)


def _written(part: pl.DataFrame, draws: Draws, school_year: int) -> Iterator[tuple[FlowKind, pl.DataFrame]]:
    yield FAMILIES, households.identities(part, draws)
    children = households.children(part, draws, school_year)
    yield CHILDREN, children
    yield RESOURCES, facts.resources(part, draws, school_year)
    yield SCHOOLING, facts.schooling(children, draws, school_year)
    told = facts.decisions(children, draws, school_year)
    yield DECISIONS, told
    yield BOARDING, facts.boarding(told, draws, school_year)


@dataclass(slots=True)
class _File:
    """One file being written: the header with the first rows."""

    path: Path
    kind: FlowKind
    rows: int = 0
    is_begun: bool = False

    def write(self, frame: pl.DataFrame, school_year: int) -> None:
        # Before the terms that it tells of begin, and before any day of the demonstration.
        heard = pl.lit(f"{school_year}-08-01T06:00:00+02:00").alias("updated_at")
        buffer = io.BytesIO()
        shown = frame.with_columns(heard).select([column.name for column in self.kind.columns])
        shown.write_csv(buffer, include_header=not self.is_begun, line_terminator="\n", null_value="")
        with self.path.open("ab" if self.is_begun else "wb") as file:
            file.write(buffer.getvalue())
        self.rows, self.is_begun = self.rows + frame.height, True
