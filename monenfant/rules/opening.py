"""Opening hours and closed days as files tell them: ``07:30-12:00|13:30-18:30``, ``2026-12-24/2027-01-04|…``.

Minutes count from midnight. The second day of a closing period is that of the reopening.
"""

from collections.abc import Mapping
from datetime import date, timedelta

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Span = tuple[int, int]


def minutes_of(text: str) -> int:
    """``14:30`` in minutes. Raises ValueError."""
    hour, _, minute = text.partition(":")
    if not (len(hour) == len(minute) == 2 and text.replace(":", "").isascii() and int(hour) < 24 and int(minute) < 60):
        raise ValueError(text)
    return int(hour) * 60 + int(minute)


def spans_of(text: str | None) -> list[Span]:
    """The hours of a day as spans; an empty day is closed."""
    return [(minutes_of(span[:5]), minutes_of(span[6:])) for span in (text or "").split("|") if span]


def week_of(told: Mapping[str, str | None]) -> tuple[str | None, ...]:
    """A week told by the names of its days, Monday first."""
    return tuple(told.get(day) for day in WEEK)


def closed_days(periods: str | None) -> set[date]:
    """The days of the closing periods."""
    found: set[date] = set()
    for period in filter(None, (periods or "").split("|")):
        first, reopened = map(date.fromisoformat, period.split("/"))
        found.update(first + timedelta(days=ahead) for ahead in range((reopened - first).days))
    return found
