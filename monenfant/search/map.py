"""The map of a search as numbers for a template to draw: outlines, the commune asked for, the places that may be shown.

The frame is made of what is shown alone: a hidden place moves nothing. Places that would cover each other share a marker.
"""

import gzip
import json
from array import array
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from math import cos, radians
from typing import Any

from monenfant.rules.availability import KM_PER_DEGREE
from monenfant.search.need import Need
from monenfant.search.shown import Card
from portal.organisations.communes import Commune, communes
from portal.organisations.outlines import ALL, NoOutline, packed_outlines

SIDE, MIDDLE = 480, 240
# The frame holds this share of the circle at least.
LEAST_SHARE, MARGIN = 0.6, 1.1
# Beyond this the communes are too many to be read: the départements alone.
COMMUNES_KM = 15
CLOSE = 22
SCALES_KM = (0.5, 1, 2, 5, 10, 20)
NUMBERS_MOST = 3
NAMES_MOST, NAME_WIDTH, NAME_HEIGHT = 9, 110, 30


@dataclass
class Marker:
    x: float
    y: float
    cards: list[Card] = field(default_factory=list)

    @property
    def label(self) -> str:
        numbers = [str(card.number) for card in self.cards]
        more = len(numbers) - NUMBERS_MOST
        return ", ".join(numbers[:NUMBERS_MOST]) + (f" +{more}" if more > 0 else "")

    @property
    def width(self) -> int:
        return 14 + 8 * len(self.label)

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def first(self) -> Card:
        return self.cards[0]


# South, west, north, east, in degrees.
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Ring:
    """An outer line: of which commune or département, within what, its points one after the other (lon, lat)."""

    number: str
    box: Box
    degrees: "array[float]"


@dataclass(frozen=True, slots=True)
class Name:
    """A commune, where its name is written."""

    name: str
    x: float
    y: float
    lat: float
    lon: float


@dataclass(frozen=True)
class Map:
    outlines: list[str]
    names: list[Name]
    markers: list[Marker]
    scale_width: float
    scale_words: str
    # South, west, north, east: where a script lays the same outlines.
    bounds: Box
    side: int = SIDE
    middle: int = MIDDLE


def map_of(need: Need, cards: Sequence[Card]) -> Map:
    shown = [card for card in cards if card.lat is not None]
    half_km = max([need.radius_km * LEAST_SHARE, *(card.distance_km for card in shown)]) * MARGIN
    across = _Frame(need.commune.lat, need.commune.lon, half_km)
    scale_km = max((km for km in SCALES_KM if km <= half_km / 2), default=SCALES_KM[0])
    return Map(
        _outlines(across, half_km), _names(across, need.commune, half_km),
        _markers(across, shown),
        scale_km * across.pixels, f"{scale_km:g} km".replace(".", ","), across.bounds,
    )  # fmt: skip


class _Frame:
    """From degrees to the drawing, on the flat map of so short a way."""

    def __init__(self, lat: float, lon: float, half_km: float) -> None:
        self.lat, self.lon, self.pixels = lat, lon, MIDDLE / half_km
        self.east = cos(radians(lat)) * KM_PER_DEGREE * self.pixels
        self.north = KM_PER_DEGREE * self.pixels

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        return MIDDLE + (lon - self.lon) * self.east, MIDDLE - (lat - self.lat) * self.north

    @property
    def bounds(self) -> Box:
        north, east = MIDDLE / self.north, MIDDLE / self.east
        return self.lat - north, self.lon - east, self.lat + north, self.lon + east

    def holds(self, box: Box) -> bool:
        """Whether something of this box may be seen."""
        south, west, north, east = self.bounds
        return box[0] <= north and box[2] >= south and box[1] <= east and box[3] >= west

    def path(self, ring: Ring) -> str:
        """The line of a ring; points that fall on one spot of the drawing count once."""
        points = zip(ring.degrees[::2], ring.degrees[1::2], strict=True)
        spots = [f"{MIDDLE + (lon - self.lon) * self.east:.0f} {MIDDLE - (lat - self.lat) * self.north:.0f}"
                 for lon, lat in points]  # fmt: skip
        return "M" + "L".join(spot for spot, before in zip(spots, ["", *spots], strict=False) if spot != before) + "Z"


def _outlines(across: _Frame, half_km: float) -> list[str]:
    """Of the communes while they can be read, else of the départements."""
    seen = [ring for ring in _rings(ALL) if across.holds(ring.box)]
    if half_km <= COMMUNES_KM:
        numbers = dict.fromkeys(ring.number for ring in seen)
        seen = [ring for number in numbers for ring in _rings(number) if across.holds(ring.box)]
    return [across.path(ring) for ring in seen]


@cache
def _rings(name: str) -> list[Ring]:
    """The outer lines of a collection of outlines, small enough to be kept for the whole country."""
    with suppress(NoOutline):
        return [
            ring for feature in json.loads(gzip.decompress(packed_outlines(name)))["features"] for ring in _of(feature)
        ]
    return []


def _of(feature: dict[str, Any]) -> Iterator[Ring]:
    shape = feature["geometry"]
    for polygon in [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]:
        degrees = array("d", chain.from_iterable(polygon[0]))
        lons, lats = degrees[::2], degrees[1::2]
        yield Ring(feature["properties"]["number"], (min(lats), min(lons), max(lats), max(lons)), degrees)


def _names(across: _Frame, middle: Commune, half_km: float) -> list[Name]:
    """The commune asked for, then the largest others that leave each other room."""
    names = [Name(middle.name, MIDDLE, MIDDLE, middle.lat, middle.lon)]
    for one in _communes_of(middle.departement) if half_km <= COMMUNES_KM else ():
        x, y = across.at(one.lat, one.lon)
        inside = NAME_WIDTH / 2 < x < SIDE - NAME_WIDTH / 2 and NAME_HEIGHT < y < SIDE - NAME_HEIGHT
        if inside and all(abs(other.x - x) > NAME_WIDTH or abs(other.y - y) > NAME_HEIGHT for other in names):
            names.append(Name(one.name, x, y, one.lat, one.lon))
        if len(names) == NAMES_MOST:
            break
    return names


@cache
def _communes_of(departement: str) -> list[Commune]:
    """The largest first."""
    found = (one for one in communes().values() if one.departement == departement)
    return sorted(found, key=lambda one: (-one.population, one.code))


def _markers(across: _Frame, cards: Sequence[Card]) -> list[Marker]:
    """One for each point, in the order of the list; those too close share one."""
    markers: list[Marker] = []
    for card in cards:
        assert card.lat is not None
        assert card.lon is not None
        x, y = across.at(card.lat, card.lon)
        near = next((one for one in markers if abs(one.x - x) < CLOSE and abs(one.y - y) < CLOSE), None)
        if near is None:
            markers.append(near := Marker(x, y))
        near.cards.append(card)
    return markers
