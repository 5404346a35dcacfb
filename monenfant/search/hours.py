"""Hours and half-days: which halves a need touches, and whether a place is open then. Pure.

Choices of the site, of November 2026 (decision 0039): the morning ends at one o'clock; hours before eight, after half past
six, or at the weekend are atypical. Minutes count from midnight.
"""

from collections.abc import Mapping, Sequence
from datetime import date

MIDDAY = 13 * 60
USUAL_START, USUAL_END = 8 * 60, 18 * 60 + 30
SATURDAY = 5
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Span = tuple[int, int]


def minutes_of(text: str) -> int:
    """``14:30`` in minutes. Raises ValueError."""
    hour, _, minute = text.partition(":")
    if not (len(hour) == len(minute) == 2 and text.replace(":", "").isascii() and int(hour) < 24 and int(minute) < 60):
        raise ValueError(text)
    return int(hour) * 60 + int(minute)


def halves_of(hours: Span | None) -> tuple[str, ...]:
    """The half-days that these hours touch; both when no hour is asked for."""
    if hours is None:
        return ("AM", "PM")
    start, end = hours
    return tuple(band for band, touched in (("AM", start < MIDDAY), ("PM", end > MIDDAY)) if touched)


def is_atypical(hours: Span | None, weekdays: Sequence[int] = ()) -> bool:
    """Whether a need asks for more than usual hours."""
    at_weekend = any(day >= SATURDAY for day in weekdays)
    return at_weekend or (hours is not None and (hours[0] < USUAL_START or hours[1] > USUAL_END))


def spans_of(text: str | None) -> list[Span]:
    """``08:00-12:00|13:30-18:00`` as spans; an empty day is closed."""
    return [(minutes_of(span[:5]), minutes_of(span[6:])) for span in (text or "").split("|") if span]


def is_open(spans: Sequence[Span], hours: Span | None, halves: Sequence[str]) -> bool:
    """Whether these hours lie within one span, without a gap; with no hour asked for, whether each half is open at all."""
    if hours is not None:
        return any(start <= hours[0] and hours[1] <= end for start, end in spans)
    open_halves = {half for span in spans for half in halves_of(span)}
    return open_halves.issuperset(halves)


def opens_atypically(week: Sequence[str | None]) -> bool:
    """Whether a week of opening hours, Monday first, holds any atypical hour."""
    return any(is_atypical(span, [day]) for day, text in enumerate(week) for span in spans_of(text))


def week_of(told: Mapping[str, str | None]) -> tuple[str | None, ...]:
    """A week told by the names of its days, Monday first."""
    return tuple(told.get(day) for day in WEEK)


def closed_days(days: Sequence[date], closed_periods: str | None) -> set[date]:
    """Those of the days that lie in one of the periods ``2026-08-03/2026-08-24|…``, whose last day is that of reopening."""
    periods = [period.partition("/") for period in (closed_periods or "").split("|") if period]
    return {day for first, _, end in periods for day in days if first <= day.isoformat() < end}
