"""The days on which a place receives nobody, whoever asks: its hours and closing periods, the days closed since, its stops."""

from dataclasses import dataclass
from datetime import date

from monenfant.models import CarePlace, CareStructure
from monenfant.rules.opening import WEEK, closed_days


@dataclass(frozen=True, slots=True)
class Shut:
    """Closed weekdays (Monday is 0), closed days, and stops: from a day, before another (null: until further notice)."""

    weekdays: frozenset[int] = frozenset()
    days: frozenset[date] = frozenset()
    stops: tuple[tuple[date, date | None], ...] = ()

    def is_stopped(self, day: date) -> bool:
        return any(start <= day and (end is None or day < end) for start, end in self.stops)

    def __contains__(self, day: date) -> bool:
        return day.weekday() in self.weekdays or day in self.days or self.is_stopped(day)


def shut_of(place: CarePlace | None, structure: CareStructure | None) -> Shut:
    """What is known today; nothing of hours for a childminder, nothing told for a structure that is not published."""
    weekdays = {day for day, name in enumerate(WEEK) if structure and not getattr(structure, name)}
    days = closed_days(structure.closed_periods if structure else None)
    if place is None:
        return Shut(frozenset(weekdays), frozenset(days))
    days.update(place.closed_days.filter(withdrawn_at=None).values_list("day", flat=True))
    stops = place.stops.filter(withdrawn_at=None).values_list("start", "end")
    return Shut(frozenset(weekdays), frozenset(days), tuple(stops))
