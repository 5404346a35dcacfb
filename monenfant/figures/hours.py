"""Theoretical hours of a structure in a year: places × opening hours, closing periods taken out.

Public holidays are closed only where the structure tells them among its closing periods. Pure module.
"""

from collections.abc import Sequence
from datetime import date, timedelta

MINUTES = 60


def theoretical_hours(capacity: int, week: Sequence[str | None], closed: str | None, year: int) -> int:
    """`week`: the openings of Monday to Sunday (07:30-12:00|13:30-18:30; nothing: closed); rounded half up once."""
    minutes = [_minutes(opening) for opening in week]
    shut = _shut_days(closed)
    days = (date(year, 1, 1) + timedelta(days=ahead) for ahead in range((date(year + 1, 1, 1) - date(year, 1, 1)).days))
    total = sum(minutes[day.weekday()] for day in days if day not in shut)
    return (2 * capacity * total + MINUTES) // (2 * MINUTES)


def _minutes(opening: str | None) -> int:
    spans = (span.split("-") for span in (opening or "").split("|") if span)
    return sum(_clock(end) - _clock(start) for start, end in spans)


def _clock(hour: str) -> int:
    return int(hour[:2]) * MINUTES + int(hour[3:])


def _shut_days(closed: str | None) -> set[date]:
    """The second day of a period is that of the reopening."""
    found: set[date] = set()
    for period in filter(None, (closed or "").split("|")):
        first, reopened = map(date.fromisoformat, period.split("/"))
        found.update(first + timedelta(days=ahead) for ahead in range((reopened - first).days))
    return found
