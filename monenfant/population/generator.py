"""The three files of an offer, the same bytes for the same arguments."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from monenfant.flows.kinds import APPROVALS, DESKS, STRUCTURES
from monenfant.population.childminders import childminders
from monenfant.population.desks import desks
from monenfant.population.ground import EVERYWHERE, ground
from monenfant.population.numbers import SIRENS
from monenfant.population.structures import STRUCTURES_OF_A_MANAGER, structures
from portal.exchange.flows import FlowKind
from portal.fiction.draws import Draws

# Before the day of the demonstration: a structure is listed from the day its row tells.
UPDATED_AT = "2026-09-01T06:00:00+02:00"
STRUCTURES_MOST = SIRENS * STRUCTURES_OF_A_MANAGER


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written."""

    rows: dict[str, int]
    files: tuple[Path, ...]

    def __str__(self) -> str:
        return ", ".join(f"{count} {name}" for name, count in self.rows.items())


def generate(
    structure_count: int, childminder_count: int, seed: int, out: Path, departements: frozenset[str] = EVERYWHERE
) -> Summary:
    """Write so many structures and childminders, with desks in proportion.

    Raises ValueError for counts out of bounds, and for départements without a commune.
    """
    if ground(departements).is_empty():
        raise ValueError("Aucune commune dans ces départements.")
    if not 1 <= structure_count <= STRUCTURES_MOST or childminder_count < 1:
        raise ValueError(f"Il faut de 1 à {STRUCTURES_MOST} structures, et au moins une assistante maternelle.")
    draws = Draws(seed)
    offer = structures(structure_count, draws, UPDATED_AT, departements)
    houses = offer.filter(pl.col("type") == "CHILDMINDER_HOUSE")
    frames = (
        (STRUCTURES, offer),
        (APPROVALS, childminders(childminder_count, houses, draws, UPDATED_AT, departements)),
        (DESKS, desks(structure_count, draws, UPDATED_AT, departements)),
    )
    out.mkdir(parents=True, exist_ok=True)
    written = [(kind.name, _write(out, kind, frame), len(frame)) for kind, frame in frames]
    return Summary({name: count for name, _path, count in written}, tuple(path for _name, path, _count in written))


def _write(folder: Path, kind: FlowKind, frame: pl.DataFrame) -> Path:
    """The columns of the kind in their order; what was not drawn is not known."""
    names = [column.name for column in kind.columns]
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in names if name not in frame.columns]
    path = folder / f"{kind.name}.csv"
    frame.with_columns(absent).select(names).write_csv(path, line_terminator="\n", null_value="")
    return path
