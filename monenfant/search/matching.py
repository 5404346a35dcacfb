"""How much of a need a place serves: half-day by half-day, from the bytes of its months. Pure.

A place of the whole day serves both its halves. Age groups are separate places: a half-day is served by any of those that
take the child.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from monenfant.rules.availability import BANDS
from monenfant.search.hours import is_closed_on, is_open, opens_atypically, spans_of
from monenfant.search.need import Need

Months = Mapping[date, bytes]
# What makes a byte of places a byte of « yes ».
ONE_OR_NONE = bytes([0, *[1] * 255])


@dataclass(frozen=True, slots=True)
class Opening:
    """When a place is open, as far as it is known: a week from Monday (None: not told) and its closed periods."""

    week: tuple[str | None, ...] | None = None
    closed_periods: str | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """Of the half-days asked for, how many are served, and how many places are free in all of these at once."""

    served: int
    asked: int
    places: int

    @property
    def is_whole(self) -> bool:
        return self.served == self.asked > 0

    @property
    def percent(self) -> int:
        """Rounded down: a hundred is every half-day."""
        return 100 * self.served // self.asked if self.asked else 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The half-days that a place could serve, by month (a bit a byte, the day's), and how many are asked for."""

    masks: dict[date, dict[str, int]]
    asked: int


def plan_of(need: Need, opening: Opening) -> Plan:
    """What a place of these hours could serve of the need.

    A day when it is not open at the hours asked for counts and is not served. The days of a closed period do not count
    for a weekly need, whose child stays at home then too.
    """
    days = need.days
    if need.is_regular:
        days = tuple(day for day in days if not is_closed_on(day, opening.closed_periods))
    masks: dict[date, dict[str, int]] = {}
    for day in (day for day in days if _is_open_on(day, need, opening)):
        of_month = masks.setdefault(day.replace(day=1), dict.fromkeys(need.halves, 0))
        for half in need.halves:
            of_month[half] |= 1 << 8 * (day.day - 1)
    return Plan(masks, len(days) * len(need.halves))


def _is_open_on(day: date, need: Need, opening: Opening) -> bool:
    if is_closed_on(day, opening.closed_periods):
        return False
    return opening.week is None or is_open(spans_of(opening.week[day.weekday()]), need.hours, need.halves)


def merged(rows: Iterable[tuple[date, bytes]]) -> dict[date, bytes]:
    """The months of several age groups as one: the most places of any group, byte by byte."""
    found: dict[date, bytes] = {}
    for month, row in rows:
        found[month] = bytes(map(max, found[month], row)) if month in found else row
    return found


def fit_of(plan: Plan, months: Months) -> Fit:
    """How many half-days these months serve; a whole day serves both."""
    served = 0
    for month, masks in plan.masks.items():
        if row := months.get(month):
            whole = _days(row, "FULL")
            served += sum(((_days(row, half) | whole) & mask).bit_count() for half, mask in masks.items())
    return Fit(served, plan.asked, 0)


def with_places(fit: Fit, plan: Plan, months: Months) -> Fit:
    """The same with the places that are free in all the half-days served at once."""
    free = (
        places
        for month, masks in plan.masks.items()
        for half, mask in masks.items()
        for day, places in enumerate(_places(months.get(month, b""), half))
        if mask >> 8 * day & 1 and places
    )
    return replace(fit, places=min(free, default=0))


def _days(row: bytes, band: str) -> int:
    """A byte a day, one where the band has a place."""
    return int.from_bytes(row[BANDS.index(band) :: len(BANDS)].translate(ONE_OR_NONE), "little")


def _places(row: bytes, half: str) -> Iterator[int]:
    return map(max, row[BANDS.index(half) :: len(BANDS)], row[BANDS.index("FULL") :: len(BANDS)])


def welcomes(
    need: Need, opening: Opening, *, is_structure: bool, disability: bool | None, atypical: bool | None
) -> bool:
    """Whether a place takes what a need asks beside its hours.

    A crèche takes disabled children too (CSP R. 2324-17); a childminder says so. Atypical hours are those that a crèche
    opens, or that a childminder says to work.
    """
    if need.disability and not (is_structure or disability):
        return False
    if not need.atypical:
        return True
    return atypical is True or (opening.week is not None and opens_atypically(opening.week))
