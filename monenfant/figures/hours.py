"""Theoretical hours of a structure in a year: places × opening hours, closing periods taken out.

Public holidays are closed only where the structure tells them among its closing periods. Pure module.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from monenfant.rules.opening import closed_days, spans_of

MINUTES = 60


def theoretical_hours(capacity: int, week: Sequence[str | None], closed: str | None, year: int) -> int:
    """`week`: the openings of Monday to Sunday (07:30-12:00|13:30-18:30; nothing: closed); rounded half up once."""
    minutes = [sum(end - start for start, end in spans_of(opening)) for opening in week]
    shut = closed_days(closed)
    days = (date(year, 1, 1) + timedelta(days=ahead) for ahead in range((date(year + 1, 1, 1) - date(year, 1, 1)).days))
    total = sum(minutes[day.weekday()] for day in days if day not in shut)
    return (2 * capacity * total + MINUTES) // (2 * MINUTES)
