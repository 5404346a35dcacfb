"""How much of a need a place serves: half-day by half-day, from the bytes of its months. Pure.

A place of the whole day serves both its halves. Age groups are separate places: a half-day is served by any of those that
take the child.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import compress

from monenfant.rules.availability import BANDS, DAYS_OF_MONTH
from monenfant.rules.opening import closed_days, spans_of
from monenfant.search.hours import is_open, opens_atypically
from monenfant.search.need import Need

Months = Mapping[date, bytes]
MONTH_BYTES = len(BANDS) * DAYS_OF_MONTH
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
    closed = closed_days(opening.closed_periods)
    counted = [day for day in need.days if not (need.is_regular and day in closed)]
    weekdays = _open_weekdays(need, opening)
    masks: dict[date, dict[str, int]] = {}
    for day in (day for day in counted if day.weekday() in weekdays and day not in closed):
        of_month = masks.setdefault(day.replace(day=1), dict.fromkeys(need.halves, 0))
        for half in need.halves:
            of_month[half] |= 1 << 8 * (day.day - 1)
    return Plan(masks, len(counted) * len(need.halves))


def _open_weekdays(need: Need, opening: Opening) -> set[int]:
    """The days of the week on which the place is open at the hours asked for; all of them when its hours are not known."""
    asked = {day.weekday() for day in need.days}
    if opening.week is None:
        return asked
    return {day for day in asked if is_open(spans_of(opening.week[day]), need.hours, need.halves)}


def merged(months: Sequence[date], packed: bytes) -> dict[date, bytes]:
    """The rows of these months, one after the other, as one row a month: the most places of any group, byte by byte."""
    found: dict[date, bytes] = {}
    for place, month in enumerate(months):
        row = packed[place * MONTH_BYTES : (place + 1) * MONTH_BYTES]
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
        for places in _places(months.get(month, b""), half, mask)
    )
    return replace(fit, places=min(filter(None, free), default=0))


def _days(row: bytes, band: str) -> int:
    """A byte a day, one where the band has a place."""
    return int.from_bytes(row[BANDS.index(band) :: len(BANDS)].translate(ONE_OR_NONE), "little")


def _places(row: bytes, half: str, mask: int) -> Iterator[int]:
    """The places of the half-day on the days of the mask."""
    both = map(max, row[BANDS.index(half) :: len(BANDS)], row[BANDS.index("FULL") :: len(BANDS)])
    return compress(both, mask.to_bytes(DAYS_OF_MONTH, "little"))


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
