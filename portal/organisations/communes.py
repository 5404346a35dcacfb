"""The communes of France: number (INSEE), name, postcodes, département, people, and a point on the map.

`data/communes.csv.gz` holds them, read once; Paris, Lyon and Marseille are listed by arrondissement. The point is the
town hall, or the middle of the commune where none is known. `build_communes` made the file; its sources are in
docs/dependencies.md. Pure module: no database, no clock.
"""

import csv
import gzip
import io
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

LIST = Path(__file__).parent / "data" / "communes.csv.gz"
COLUMNS = ("code", "name", "postcodes", "departement", "population", "lat", "lon")
EARTH_KM = 6371.0088


class UnknownCommune(LookupError):
    """No commune bears this number."""


@dataclass(frozen=True, slots=True)
class Commune:
    code: str
    name: str
    postcodes: tuple[str, ...]
    departement: str
    population: int
    lat: float
    lon: float


@cache
def communes() -> dict[str, Commune]:
    """Every commune by number, in the order of numbers."""
    text = gzip.decompress(LIST.read_bytes()).decode("utf-8")
    return {row["code"]: _commune(row) for row in csv.DictReader(io.StringIO(text))}


def _commune(row: dict[str, str]) -> Commune:
    return Commune(
        row["code"], row["name"], tuple(row["postcodes"].split("|")), row["departement"], int(row["population"]),
        float(row["lat"]), float(row["lon"]),
    )  # fmt: skip


def commune_of(code: str) -> Commune:
    """Raises UnknownCommune."""
    try:
        return communes()[code]
    except KeyError:
        raise UnknownCommune(code) from None


@cache
def _by_postcode() -> dict[str, tuple[Commune, ...]]:
    found: dict[str, list[Commune]] = {}
    for commune in communes().values():
        for postcode in commune.postcodes:
            found.setdefault(postcode, []).append(commune)
    return {postcode: tuple(sorted(many, key=lambda one: -one.population)) for postcode, many in found.items()}


def communes_of_postcode(postcode: str) -> tuple[Commune, ...]:
    """Those that share the postcode, the largest first; none for a postcode that does not exist."""
    return _by_postcode().get(postcode, ())


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Along a great circle."""
    north, east = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    part = sin(north) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east) ** 2
    return 2 * EARTH_KM * asin(sqrt(part))
