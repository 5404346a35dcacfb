"""The map of the départements: an outline and a class each; the same numbers go in a table beside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CLASSES = 5


@dataclass(frozen=True)
class Place:
    """One département: its outline, its class from 0 (lowest) to 4, None without data."""

    number: str
    name: str
    path: str
    level: int | None
    value: float | None


@dataclass(frozen=True)
class Map:
    """`bounds`: for each class its lowest and highest value, ends included."""

    places: list[Place]
    bounds: list[tuple[float, float]]
    view_box: str


@cache
def outlines() -> dict:
    """Outlines of the metropolitan départements (their licence stands in the file)."""
    found: dict = json.loads((Path(__file__).parent / "departements.json").read_text(encoding="utf-8"))
    return found


def area_map(values: Mapping[str, float]) -> Map:
    """The départements of `values` (number to value) in five classes of equal count; the others have no data."""
    bounds = _classes(sorted(values.values()))
    found = outlines()
    places = [
        Place(number, one["name"], one["path"], _level(values.get(number), bounds), values.get(number))
        for number, one in found["departements"].items()
    ]
    return Map(places, bounds, found["viewBox"])


def _classes(ordered: list[float]) -> list[tuple[float, float]]:
    """At most five runs of the ordered values; equal values are never in two classes."""
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
