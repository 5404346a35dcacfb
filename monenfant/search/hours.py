"""Hours and half-days: which halves a need touches, and whether a place is open then. Pure.

Choices of the site, of November 2026 (decision 0039): the morning ends at one o'clock; hours before eight, after half past
six, or at the weekend are atypical. Minutes count from midnight.
"""

from collections.abc import Sequence

from monenfant.rules.opening import Span, spans_of

MIDDAY = 13 * 60
USUAL_START, USUAL_END = 8 * 60, 18 * 60 + 30
SATURDAY = 5


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


def is_open(spans: Sequence[Span], hours: Span | None, halves: Sequence[str]) -> bool:
    """Whether these hours lie within one span, without a gap; with no hour asked for, whether each half is open at all."""
    if hours is not None:
        return any(start <= hours[0] and hours[1] <= end for start, end in spans)
    open_halves = {half for span in spans for half in halves_of(span)}
    return open_halves.issuperset(halves)


def opens_atypically(week: Sequence[str | None]) -> bool:
    """Whether a week of opening hours, Monday first, holds any atypical hour."""
    return any(is_atypical(span, [day]) for day, text in enumerate(week) for span in spans_of(text))
