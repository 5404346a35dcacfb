"""What stands of a place on a day: its free places, how far it told them, the children there, the days it is shut."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Max

from monenfant.models import CarePlace, CareStructure, Provider
from monenfant.operations import received_of
from monenfant.reporting.shut import Shut, shut_of
from monenfant.reporting.squares import ONE_LINE, Line, Square, free_on, lines_of, pattern_of
from monenfant.reporting.windows import WEEK, days_between, monday_of
from monenfant.rules.availability import DAYS_OF_MONTH, KINDS, Series
from monenfant.rules.childminders import Received
from portal.exchange.received import CURRENT

# How far before today the last week told is looked for: an ended period, and the stop before it.
LOOKED_BACK, WEEKS_BACK = timedelta(days=200), 26


@dataclass(frozen=True, slots=True)
class Held:
    """A place as it stands; `told_until` is the first day of which nothing was told (null: nothing at all)."""

    place: CarePlace
    lines: list[Line]
    stored: dict[Series, bytes]
    told_until: date | None
    windows: list[tuple[date, date]]
    shut: Shut
    received: Received | None
    last_message: int

    @property
    def by_childminder(self) -> bool:
        return self.place.provider == Provider.CHILDMINDER

    def is_told(self, day: date) -> bool:
        return any(first <= day < end for first, end in self.windows)

    def with_present(self, present: Mapping[tuple[int, str], int] | None) -> "Held":
        if present is None or self.received is None:
            return self
        return replace(self, received=Received(self.received.approved, present))


def held_of(place: CarePlace, on: date) -> Held:
    """Everything of one place, in seven queries whatever it told."""
    structure = structure_of(place)
    rows = place.months.filter(month__gte=on - LOOKED_BACK - timedelta(days=DAYS_OF_MONTH))
    stored = {(row.month, row.kind, row.age_group): bytes(row.places) for row in rows}
    windows = windows_of(place, stored, on)
    return Held(
        place=place, lines=_lines(place, stored), stored=stored, told_until=max((end for _first, end in windows), default=None),
        windows=windows, shut=shut_of(place, structure), received=received_of(place), last_message=last_message(place),
    )  # fmt: skip


def last_message(place: CarePlace) -> int:
    """The number of the last message about a place, whoever sent it; 0 when none is kept."""
    # Some hundreds at most, found by their place: the greatest number is not looked for among those of the country.
    return max(place.messages.values_list("pk", flat=True), default=0)


def windows_of(place: CarePlace, stored: Iterable[Series], on: date) -> list[tuple[date, date]]:
    """The windows told that reach into the days looked at. What came without its message (an old import) is told by the
    month."""
    found = (
        place.messages.filter(window_end__gt=on - LOOKED_BACK).values("window_start").annotate(last=Max("window_end"))
    )
    windows = list(found.values_list("window_start", "last"))
    if windows or place.messages.exists():
        return windows
    months = sorted({month for month, _kind, _group in stored})
    return [(month, (month + timedelta(days=DAYS_OF_MONTH)).replace(day=1)) for month in months]


def structure_of(place: CarePlace) -> CareStructure | None:
    if place.provider == Provider.CHILDMINDER:
        return None
    return CareStructure.objects.filter(CURRENT, cnaf_id=place.number).first()


def _lines(place: CarePlace, stored: Iterable[Series]) -> list[Line]:
    if place.provider == Provider.CHILDMINDER:
        return ONE_LINE
    used = {(group, kind) for _month, kind, group in stored}
    kinds = [kind for kind in KINDS if kind != "EMERGENCY" or any(kind == one for _group, one in used)]
    usual = lines_of(place.age_min_months, place.age_max_months, kinds=kinds)
    return usual + [Line(group, kind) for group, kind in sorted(used) if Line(group, kind) not in usual]


def last_pattern(held: Held) -> tuple[date, dict[Square, int]] | None:
    """The last whole week told, and what it holds for every week. A week with a shut day that is usually open says less than
    the one before it, which is taken then. None when nothing was told."""
    if held.told_until is None:
        return None
    last = monday_of(held.told_until) - WEEK
    mondays = [last - back * WEEK for back in range(WEEKS_BACK)]
    monday = next((one for one in mondays if held.is_told(one) and not _is_interrupted(held, one)), last)
    return monday, pattern_of(held.stored, monday, held.lines)


def _is_interrupted(held: Held, monday: date) -> bool:
    return any(
        day.weekday() not in held.shut.weekdays and day in held.shut for day in days_between(monday, monday + WEEK)
    )


def free_half_days(held: Held, monday: date) -> int:
    """Half-days of a week on which a place is free."""
    return sum(
        any(free_on(held.stored, day, band, group, kind) for _month, kind, group in held.stored)
        for day in days_between(monday, monday + WEEK)
        for band in ("AM", "PM")
    )
