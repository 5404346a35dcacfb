"""Where a row says that it lies, beside the list of communes: read when a file is checked, not when the portal starts."""

from functools import cache

import polars as pl

from monenfant.rules.availability import KM_PER_DEGREE
from portal.exchange.flows import RowRule
from portal.organisations.communes import communes
from portal.organisations.directory import competent_fund, departements

# Farther than any corner of a commune of mainland France from its town hall; those of Guyane are larger than départements.
FARTHEST_KM, FARTHEST_IN_GUYANE_KM = 60, 300


@cache
def _listed() -> pl.DataFrame:
    rows = [
        (one.code, one.lat, one.lon, one.departement, fund.code if fund else None)
        for one in communes().values()
        for fund in [competent_fund("CAF", one.departement)]
    ]
    schema = {"insee_code": pl.String, "middle_lat": pl.Float64, "middle_lon": pl.Float64}
    return pl.DataFrame(rows, schema=schema | {"departement_of": pl.String, "fund_of": pl.String}, orient="row")


def with_commune(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with their commune's point (`middle_…`), département and competent fund; null for no known commune."""
    return frame.join(_listed(), on="insee_code", how="left", maintain_order="left")


def _is_unknown(codes: pl.Series) -> pl.Series:
    return codes.is_not_null() & ~codes.is_in(_listed()["insee_code"].implode())


def _is_far(places: pl.Series) -> pl.Series:
    """More than a commune's width from its point, on the flat map of so short a way."""
    frame = with_commune(places.struct.unnest())
    north = (pl.col("lat") - pl.col("middle_lat")) * KM_PER_DEGREE
    east = (pl.col("lon") - pl.col("middle_lon")) * KM_PER_DEGREE * pl.col("middle_lat").radians().cos()
    most = pl.when(pl.col("departement_of") == "973").then(FARTHEST_IN_GUYANE_KM).otherwise(FARTHEST_KM)
    return frame.select(far=(north * north + east * east).sqrt() > most)["far"]


def _is_of_another_fund(places: pl.Series) -> pl.Series:
    return with_commune(places.struct.unnest()).select(other=pl.col("fund") != pl.col("fund_of"))["other"]


def _is_of_another_departement(places: pl.Series) -> pl.Series:
    return with_commune(places.struct.unnest()).select(other=pl.col("departement") != pl.col("departement_of"))["other"]


PLACE_RULES = (
    RowRule(
        pl.col("insee_code").map_batches(_is_unknown, return_dtype=pl.Boolean),
        "insee_code",
        "unknown_commune",
        "Aucune commune ne porte ce code. À Paris, Lyon et Marseille, c’est celui de l’arrondissement.",
    ),
    RowRule(
        pl.col("lat").is_null() != pl.col("lon").is_null(),
        "lat",
        "half_a_place",
        "La latitude et la longitude vont ensemble : donner les deux, ou aucune.",
    ),
    RowRule(pl.col("lat").abs() > 90, "lat", "bad_value", "La latitude va de -90 à 90 degrés."),
    RowRule(
        (pl.col("lat").abs() <= 90)
        & pl.struct("insee_code", "lat", "lon").map_batches(_is_far, return_dtype=pl.Boolean),
        "lat",
        "far_from_commune",
        "Ce point est loin de la commune : latitude et longitude sont peut-être inversées, ou le code est d’une autre.",
    ),
)
FUND_RULE = RowRule(
    pl.struct("insee_code", "fund").map_batches(_is_of_another_fund, return_dtype=pl.Boolean),
    "fund",
    "not_competent",
    "Cette caisse n’est pas celle du lieu : la Caf compétente est celle du département de la structure.",
)
DEPARTEMENT_RULE = RowRule(
    pl.struct("insee_code", "departement").map_batches(_is_of_another_departement, return_dtype=pl.Boolean),
    "departement",
    "other_departement",
    "Le lieu d’accueil est dans un autre département : l’agrément vient du département où l’accueil se fait.",
)


def placed(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with a point and a fund: where none is given, those of the commune."""
    return with_commune(frame).with_columns(
        lat=pl.coalesce("lat", "middle_lat"), lon=pl.coalesce("lon", "middle_lon"), fund=pl.coalesce("fund", "fund_of")
    )


def departement_numbers() -> tuple[str, ...]:
    return tuple(departements())


BESIDE = ("middle_lat", "middle_lon", "departement_of", "fund_of")
