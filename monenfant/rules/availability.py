"""Free places: half-days, age groups, how they are packed by month, and how long what is reported is fresh.

A month of one place, kind of care and age group is three bytes a day: places free in the morning, in the afternoon, and
for the whole day. Zero is what nobody reported. Nothing of a child has a place in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, cos, floor, radians

BANDS = ("AM", "PM", "FULL")
AGE_GROUPS = ("0-12", "13-24", "25-36", "37-72", "ANY")
KINDS = ("REGULAR", "OCCASIONAL", "EMERGENCY")
# The last month of life that each group takes in: « 0-12 » is the thirteen first.
LAST_MONTHS = (12, 24, 36, 72)
PLACES_MOST = 255
WINDOW_DAYS_MOST = 183
DAYS_OF_MONTH = 31
# Choices of the site: grey after a week, hidden after three.
GREY_DAYS, HIDDEN_DAYS = 7, 21
# What a childminder declares holds six months; it is shown as fresh for five weeks.
CHILDMINDER_FRESH_DAYS = 35
# Squares of some 2.2 km by 1.5: a town is several, so that the nearest places are found without reading them all.
CELLS_PER_DEGREE = 50
CELLS_AROUND = 360 * CELLS_PER_DEGREE
KM_PER_DEGREE = 111.195


class PlacesOutOfBounds(Exception):
    """Places are whole numbers from 0 to 255."""


class BandsOverlap(Exception):
    """For the same date, age and kind, the whole day and a half of it are told, or the same moment twice."""


class AboveCapacity(Exception):
    """More places than the structure is authorised to receive children: each date, band and kind of them, in order."""

    def __init__(self, above: list[tuple[date, str, str]]) -> None:
        super().__init__(above)
        self.above = above


@dataclass(frozen=True, slots=True)
class Slot:
    """Free places of one date and band, for an age group and a kind of care."""

    date: date
    band: str
    age_group: str
    kind: str
    places: int


Series = tuple[date, str, str]


def age_in_months(born_on: date, on: date) -> int:
    """Complete months: the day of birth must be reached."""
    return (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)


def age_group_of(months: int) -> str | None:
    """The group of a child of so many complete months; before birth (expected) the first; None past six years."""
    return next((group for group, last in zip(AGE_GROUPS[:-1], LAST_MONTHS, strict=True) if months <= last), None)


def packed(slots: Iterable[Slot]) -> dict[Series, bytes]:
    """The bytes of each month, kind and age group. Raises PlacesOutOfBounds, BandsOverlap."""
    listed, months = list(slots), dict[Series, bytearray]()
    _check_told_once(listed)
    for slot in listed:
        if not 0 <= slot.places <= PLACES_MOST:
            raise PlacesOutOfBounds(slot)
        row = months.setdefault((slot.date.replace(day=1), slot.kind, slot.age_group), empty_month())
        row[place_of(slot.date, slot.band)] = slot.places
    for row in months.values():
        _check_bands(row)
    return {series: bytes(row) for series, row in months.items()}


def _check_told_once(slots: list[Slot]) -> None:
    """Of two numbers for one moment, the last would win in silence."""
    moments = {(slot.date, slot.band, slot.age_group, slot.kind) for slot in slots}
    if len(moments) < len(slots):
        raise BandsOverlap


def _check_bands(row: bytearray) -> None:
    for day in range(DAYS_OF_MONTH):
        morning, afternoon, whole = row[3 * day : 3 * day + 3]
        if whole and (morning or afternoon):
            raise BandsOverlap(day + 1)


def empty_month() -> bytearray:
    return bytearray(len(BANDS) * DAYS_OF_MONTH)


def place_of(day: date, band: str) -> int:
    """The byte of a day and band in its month."""
    return len(BANDS) * (day.day - 1) + BANDS.index(band)


def overlaid(kept: bytes, told: bytes, month: date, first: date, end: date) -> bytes:
    """The month `kept` with the days of the window from `first`, before `end`, as they are `told`."""
    row = bytearray(kept)
    for day in range(DAYS_OF_MONTH):
        if first <= month + timedelta(days=day) < end and (month + timedelta(days=day)).month == month.month:
            row[3 * day : 3 * day + 3] = told[3 * day : 3 * day + 3]
    return bytes(row)


def free_days(row: bytes) -> int:
    """A bit a day, the first of the month lowest: 1 where any place is free."""
    return sum(1 << day for day in range(DAYS_OF_MONTH) if any(row[3 * day : 3 * day + 3]))


def months_of(first: date, end: date) -> list[date]:
    """The first days of the months that a window touches."""
    months, month = [], first.replace(day=1)
    while month < end:
        months.append(month)
        month = (month + timedelta(days=DAYS_OF_MONTH)).replace(day=1)
    return months


def freshness(declared_on: date, on: date, *, by_childminder: bool) -> str:
    """`FRESH`, `GREY` (shown with its date, greyed) or `HIDDEN` (in no list of free places). What a childminder declares
    holds to the end of its window: it greys, it is not hidden."""
    days = (on - declared_on).days
    if by_childminder:
        return "FRESH" if days <= CHILDMINDER_FRESH_DAYS else "GREY"
    if days <= GREY_DAYS:
        return "FRESH"
    return "GREY" if days <= HIDDEN_DAYS else "HIDDEN"


def cell_of(lat: float, lon: float) -> int:
    """The square of a fiftieth of a degree in which a point lies."""
    return floor((lat + 90) * CELLS_PER_DEGREE) * CELLS_AROUND + floor((lon + 180) * CELLS_PER_DEGREE)


def squares_around(lat: float, lon: float, radius_km: float) -> tuple[range, range]:
    """The rows and columns of squares that a circle may touch: no point of the circle lies outside them."""
    north = radius_km / KM_PER_DEGREE
    east = north / max(0.1, cos(radians(min(89.0, abs(lat) + north))))
    rows = range(floor((lat - north + 90) * CELLS_PER_DEGREE), ceil((lat + north + 90) * CELLS_PER_DEGREE))
    columns = range(floor((lon - east + 180) * CELLS_PER_DEGREE), ceil((lon + east + 180) * CELLS_PER_DEGREE))
    return rows, columns


def check_capacity(slots: Iterable[Slot], capacity: int) -> None:
    """The ages of one date, band and kind together hold the authorised capacity at most; a whole day counts in both its
    halves. What a structure may take above its capacity for a moment never makes a place. Raises AboveCapacity."""
    free: dict[tuple[date, str, str], int] = {}
    for slot in slots:
        for band in ("AM", "PM") if slot.band == "FULL" else (slot.band,):
            told = (slot.date, band, slot.kind)
            free[told] = free.get(told, 0) + slot.places
    above = sorted(told for told, places in free.items() if places > capacity)
    if above:
        raise AboveCapacity(above)
