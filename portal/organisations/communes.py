"""The communes of France: number (INSEE), name, postcodes, département, people, and a point on the map.

`data/communes.csv.gz` holds them, read once; Paris, Lyon and Marseille are listed by arrondissement. The point is the
town hall, or the middle of the commune where none is known. `build_communes` made the file; its sources are in
docs/dependencies.md. Pure module: no database, no clock.
"""

import csv
import gzip
import io
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from portal.people.identity import name_key

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


NAMED_MOST = 20
SHORT = {"ST": "SAINT", "STE": "SAINTE", "ARRONDISSEMENT": ""}
ARTICLES = {"LE", "LA", "LES", "L"}


def _typed_key(text: str) -> str:
    """The name as it is compared: no accent, hyphen or apostrophe, « St » written whole, arrondissements by number."""
    words = [SHORT.get(word, word) for word in name_key(text).split()]
    return " ".join(re.sub(r"^(\d+)(ER|E|EME|ND|NDE)$", r"\1", word) for word in words if word)


def _keys(commune: Commune) -> list[str]:
    """The name as it is compared; without its article too."""
    key = _typed_key(commune.name)
    first, _, rest = key.partition(" ")
    return [key, rest] if first in ARTICLES else [key]


@cache
def _by_name() -> list[tuple[str, Commune]]:
    """Every name as it is compared, in order."""
    found = [(key, one) for one in communes().values() for key in _keys(one)]
    return sorted(found, key=lambda named: (named[0], named[1].code))


def communes_named(text: str, most: int = NAMED_MOST) -> tuple[Commune, ...]:
    """Those that somebody may mean by a name, a postcode, the beginning of either, or both; the likeliest first.

    Whole names come before names that begin so, and large communes before small ones.
    """
    key, postcode = _read(text)
    if postcode and not key:
        return communes_of_postcode(postcode)[:most]
    return (_beginning_by(key) if re.fullmatch(r"\d{2,4}", key) else _named(key, postcode))[:most]


def commune_meant(text: str) -> tuple[Commune, ...]:
    """The one that is meant, else those among which to choose: whole names when there are, else all the likely ones."""
    found, (key, _postcode) = communes_named(text), _read(text)
    whole = tuple(one for one in found if key in _keys(one))
    return whole or found


def _read(text: str) -> tuple[str, str]:
    """The name as it is compared and the postcode, of what was typed; either may be empty."""
    postcode = re.search(r"\b\d{5}\b", text)
    return _typed_key(text.replace(postcode[0], " ") if postcode else text), postcode[0] if postcode else ""


def _named(key: str, postcode: str) -> tuple[Commune, ...]:
    found = _beginning_with(key) if key else []
    ordered = sorted(found, key=lambda named: (named[0] != key, -named[1].population, named[1].code))
    return tuple(dict.fromkeys(one for _key, one in ordered if not postcode or postcode in one.postcodes))


def _beginning_with(key: str) -> list[tuple[str, Commune]]:
    names = _by_name()
    start = bisect_left(names, key, key=lambda named: named[0])
    end = bisect_left(names, key + "\uffff", key=lambda named: named[0])
    return names[start:end]


def _beginning_by(digits: str) -> tuple[Commune, ...]:
    found = {one for code, many in _by_postcode().items() if code.startswith(digits) for one in many}
    return tuple(sorted(found, key=lambda one: (-one.population, one.code)))


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Along a great circle."""
    north, east = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    part = sin(north) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east) ** 2
    return 2 * EARTH_KM * asin(sqrt(part))
