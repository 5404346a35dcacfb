"""A map of the départements, drawn by the server: outlines, five classes with their bounds, and who has no data hatched.

Mainland France on one plane; overseas départements, and Paris with its three neighbours, each in a box on a scale of its
own. Points fall on a grid, the same for both sides of a border, so that nothing gapes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians
from typing import Any

from portal.organisations.outlines import departement_outlines

CLASSES = 5
WIDTH, HEIGHT = 1200, 1160
NO_DATA = "pas de données"
PARIS = frozenset({"75", "92", "93", "94"})
Point = tuple[int, int]
Degrees = Sequence[float]


@dataclass(frozen=True)
class Frame:
    """A rectangle of the drawing and the degrees that it holds, from its north-west corner."""

    x: int
    y: int
    width: int
    height: int
    west: float
    north: float
    per_degree: float
    shrink: float

    def point(self, lon: float, lat: float) -> Point:
        return (
            self.x + round((lon - self.west) * self.shrink * self.per_degree),
            self.y + round((self.north - lat) * self.per_degree),
        )


@dataclass(frozen=True)
class Box:
    """Where a frame stands beside the mainland, and its name."""

    name: str
    numbers: frozenset[str]
    x: int
    y: int
    width: int
    height: int


MAINLAND = Frame(6, 6, WIDTH, HEIGHT, west=-5.15, north=51.1, per_degree=118, shrink=cos(radians(46.5)))
BOXES = (
    Box("Paris et petite couronne", PARIS, 930, 30, 262, 146),
    Box("Guadeloupe", frozenset({"971"}), 8, 640, 150, 130),
    Box("Martinique", frozenset({"972"}), 8, 810, 150, 130),
    Box("Guyane", frozenset({"973"}), 8, 980, 150, 150),
    Box("La Réunion", frozenset({"974"}), 730, 1020, 140, 120),
    Box("Mayotte", frozenset({"976"}), 900, 1020, 140, 120),
)


@dataclass(frozen=True)
class Place:
    """One outline: its département, its class from 0 (lowest) to 4 (None: no data), and what is told of it."""

    number: str
    name: str
    path: str
    level: int | None
    words: str


@dataclass(frozen=True)
class Map:
    """`title` says the finding, `summary` what a reader who does not see it needs; `classes` are bounds in words."""

    title: str
    summary: str
    places: list[Place]
    classes: list[str]
    boxes: tuple[Box, ...] = BOXES
    width: int = WIDTH
    height: int = HEIGHT


def area_map(title: str, summary: str, values: Mapping[str, float], told: Callable[[Any], str]) -> Map:
    """The départements of `values` (by number) in at most five classes of equal count; the others have no data."""
    bounds = classes(sorted(values.values()))
    places = [
        Place(
            number,
            name,
            path,
            _level(values.get(number), bounds),
            told(values[number]) if number in values else NO_DATA,
        )
        for number, name, path in drawn()
    ]
    named = [told(low) if low == high else f"de {told(low)} à {told(high)}" for low, high in bounds]
    return Map(title, summary, places, named)


def classes(ordered: list[float]) -> list[tuple[float, float]]:
    """At most five runs of the ordered values, by their lowest and highest; equal values are never in two."""
    distinct = sorted(set(ordered))
    if len(distinct) <= CLASSES:
        return [(value, value) for value in distinct]
    cuts = sorted({ordered[len(ordered) * part // CLASSES] for part in range(1, CLASSES)} - {distinct[0]})
    starts = [distinct[0], *cuts]
    return [
        (start, max(value for value in distinct if place + 1 == len(starts) or value < starts[place + 1]))
        for place, start in enumerate(starts)
    ]


def _level(value: float | None, bounds: list[tuple[float, float]]) -> int | None:
    if value is None:
        return None
    return next(level for level, (low, high) in enumerate(bounds) if low <= value <= high)


@cache
def drawn() -> list[tuple[str, str, str]]:
    """Number, name and path of every outline; those around Paris are drawn twice, small in their place and in a box."""
    shapes = {one["properties"]["number"]: one for one in departement_outlines()["features"]}
    boxed = {number: box for box in BOXES for number in box.numbers}
    frames = {box: _fitted(box, [shapes[number] for number in box.numbers]) for box in BOXES}
    found = []
    for number, shape in shapes.items():
        name, box = shape["properties"]["name"], boxed.get(number)
        if box is None or number in PARIS:
            found.append((number, name, _path(shape, MAINLAND)))
        if box is not None:
            found.append((number, name, _path(shape, frames[box])))
    return found


def _fitted(box: Box, shapes: Iterable[Mapping[str, Any]]) -> Frame:
    """The largest scale at which the shapes stand inside the box, in its middle."""
    lons, lats = zip(*(point for shape in shapes for ring in _rings(shape) for point in ring), strict=True)
    shrink = cos(radians((min(lats) + max(lats)) / 2))
    wide, high = (max(lons) - min(lons)) * shrink, max(lats) - min(lats)
    scale = min((box.width - 12) / wide, (box.height - 12) / high)
    left, top = (box.width - wide * scale) / 2, (box.height - high * scale) / 2
    return Frame(box.x + round(left), box.y + round(top), box.width, box.height, min(lons), max(lats), scale, shrink)


def _rings(shape: Mapping[str, Any]) -> Iterator[list[Degrees]]:
    geometry = shape["geometry"]
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in parts:
        yield from polygon


def _path(shape: Mapping[str, Any], frame: Frame) -> str:
    """One closed run a ring, in steps from point to point; a ring of less than a triangle is not seen, so not drawn."""
    rings = (_kept([frame.point(*point) for point in ring]) for ring in _rings(shape))
    return "".join(_run(ring) for ring in rings if len(ring) > 2)


def _kept(ring: list[Point]) -> list[Point]:
    """The ring on a grid of four, each point once in a row, without the closing one."""
    grid = [(round(x / 4) * 4, round(y / 4) * 4) for x, y in ring]
    found = [point for place, point in enumerate(grid) if place == 0 or point != grid[place - 1]]
    return found[:-1] if found[0] == found[-1] else found


def _run(ring: list[Point]) -> str:
    steps = (f"{x - x0} {y - y0}" for (x0, y0), (x, y) in zip(ring, ring[1:], strict=False))
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z"
