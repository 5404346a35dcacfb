"""Where things are drawn: communes as often as people live there, points near their town hall, addresses."""

from functools import cache

import polars as pl

from portal.fiction.draws import Draws
from portal.organisations.communes import communes

STREETS = (
    "rue des Forges", "rue de l’École", "avenue de la Gare", "rue du Moulin", "place de l’Église", "rue des Lilas",
    "chemin des Vignes", "rue Pasteur", "rue Victor-Hugo", "allée des Tilleuls", "rue du Stade", "impasse des Roses",
    "rue Jean-Jaurès", "route de la Fontaine", "rue de la Mairie", "rue des Écoliers",
)  # fmt: skip
# Steps of a ten-thousandth of a degree, some eleven metres: a village is small, a town wider.
VILLAGE_STEPS, TOWN_STEPS, TOWN_PEOPLE = 60, 220, 10_000


EVERYWHERE: frozenset[str] = frozenset()


@cache
def ground(departements: frozenset[str] = EVERYWHERE) -> pl.DataFrame:
    """Communes of these départements, of all when none is named, in the order of their numbers, with the people that live
    in them and in those before."""
    rows = [
        (one.code, one.name, one.postcodes[0], one.departement, one.population, one.lat, one.lon)
        for one in communes().values()
        if not departements or one.departement in departements
    ]
    names = ("insee_code", "city", "postcode", "departement", "population", "middle_lat", "middle_lon")
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(until=pl.col("population").cum_sum())


def settled(frame: pl.DataFrame, draws: Draws, name: str, of: str, departements: frozenset[str]) -> pl.DataFrame:
    """The rows with a commune, a point and an address, drawn by the column `of`."""
    listed = ground(departements)
    drawn = frame.select(draws.below(f"{name}.commune", int(listed["population"].sum()), of)).to_series()
    places = listed.drop("until")[listed["until"].search_sorted(drawn, side="right")]
    return at_home(pl.concat([frame, places], how="horizontal"), draws, name, of)


def at_home(frame: pl.DataFrame, draws: Draws, name: str, of: str) -> pl.DataFrame:
    """The rows, whose communes are known, with a point and an address."""
    steps = pl.when(pl.col("population") >= TOWN_PEOPLE).then(TOWN_STEPS).otherwise(VILLAGE_STEPS)

    def moved(axis: str) -> pl.Expr:
        off = draws.below(f"{name}.{axis}", 2001, of) - 1000
        return (pl.col(f"middle_{axis}") * 10_000).round().cast(pl.Int64) + off * steps // 1000

    number = draws.between(f"{name}.door", 1, 90, of).cast(pl.String)
    return frame.with_columns(
        lat=_degrees(moved("lat")), lon=_degrees(moved("lon")),
        address=number + " " + draws.pick(f"{name}.street", STREETS, of),
    )  # fmt: skip


def _degrees(ten_thousandths: pl.Expr) -> pl.Expr:
    """As text, from whole numbers: the same bytes on every machine."""
    size = ten_thousandths.abs()
    sign = pl.when(ten_thousandths < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return sign + (size // 10_000).cast(pl.String) + "." + (size % 10_000).cast(pl.String).str.zfill(4)
