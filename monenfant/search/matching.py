"""How much of a need a place serves: half-day by half-day, from the bytes of its months. Pure.

A place of the whole day serves both its halves. Age groups are separate places: a half-day is served by any of those that
take the child.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from monenfant.rules.availability import place_of
from monenfant.search.hours import is_closed_on, is_open, opens_atypically, spans_of
from monenfant.search.need import Need

Months = Mapping[date, bytes]
# A half-day asked for: its month, the byte of the half, that of the whole day.
Asked = tuple[date, int, int]


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


def asked_halves(need: Need, opening: Opening) -> tuple[list[Asked], int]:
    """The half-days that this place could serve, and how many count.

    A day when it is not open at the hours asked for counts and is not served. The days of a closed period do not count
    for a weekly need, whose child stays at home then too.
    """
    days = need.days
    if need.is_regular:
        days = tuple(day for day in days if not is_closed_on(day, opening.closed_periods))
    able = [day for day in days if _is_open_on(day, need, opening)]
    halves = [(day.replace(day=1), place_of(day, half), place_of(day, "FULL")) for day in able for half in need.halves]
    return halves, len(days) * len(need.halves)


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


def fit_of(halves: Sequence[Asked], asked: int, months: Months) -> Fit:
    """What these months serve of the half-days."""
    free = [max(row[half], row[whole]) for month, half, whole in halves if (row := months.get(month))]
    served = [places for places in free if places]
    return Fit(len(served), asked, min(served, default=0))


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
