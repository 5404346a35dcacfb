"""Desks: one in each of the largest communes, each commune served by the nearest of its département."""

import polars as pl

from monenfant.population.ground import at_home, ground
from monenfant.population.structures import NATIONAL as STRUCTURES
from monenfant.population.structures import funds_by_departement, phone
from portal.fiction.draws import Draws
from portal.fiction.identities import padded

NATIONAL = 3_240
# As many as a cell of the file takes.
SERVED_MOST = 300
NUMBERED = "desk"


def desks(structures: int, draws: Draws, updated_at: str, departements: frozenset[str]) -> pl.DataFrame:
    """Rows of `childcare-desks`, in proportion of the structures."""
    count = max(1, NATIONAL * structures // sum(STRUCTURES.values()))
    seats = ground(departements).drop("until").sort("population", "insee_code", descending=[True, False]).head(count)
    frame = at_home(seats.with_row_index(NUMBERED), draws, "desk", NUMBERED)
    return frame.join(_served(frame, departements), on=NUMBERED, how="left", maintain_order="left").with_columns(
        desk_no=pl.lit("R") + padded(pl.col(NUMBERED) + 1, 5),
        kind=pl.lit("CHILDCARE_DESK"),
        name=pl.lit("Relais petite enfance, ") + pl.col("city"),
        phone=phone(draws.below("desk.phone", 10_000, NUMBERED)),
        email=pl.lit("relais") + pl.col(NUMBERED).cast(pl.String) + "@example.org",
        fund=pl.col("departement").replace_strict(funds_by_departement(), default=None, return_dtype=pl.String),
        updated_at=pl.lit(updated_at),
    )


def _served(seats: pl.DataFrame, departements: frozenset[str]) -> pl.DataFrame:
    """The communes of which each desk is the nearest, the nearest first."""
    point = ("departement", "middle_lat", "middle_lon")
    communes = ground(departements).select("insee_code", *point)
    pairs = communes.join(seats.select(NUMBERED, *point), on="departement", suffix=":desk")
    north = pl.col("middle_lat") - pl.col("middle_lat:desk")
    east = (pl.col("middle_lon") - pl.col("middle_lon:desk")) * pl.col("middle_lat").radians().cos()
    way = pairs.with_columns(way=(north * north + east * east).round(9)).sort("way", NUMBERED, "insee_code")
    nearest = way.unique("insee_code", keep="first", maintain_order=True)
    return nearest.group_by(NUMBERED, maintain_order=True).agg(
        served=pl.col("insee_code").head(SERVED_MOST).str.join("|")
    )
