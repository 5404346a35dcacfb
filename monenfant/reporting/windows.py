"""Weeks, and the six months that a declaration covers (1 June to 30 November, 1 December to 31 May). Pure module."""

from collections.abc import Iterator
from datetime import date, timedelta

from monenfant.rules.follow_up import campaign_opens, deadlines_between

WEEK = timedelta(days=7)
TWO_YEARS = timedelta(days=731)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def days_between(first: date, end: date) -> Iterator[date]:
    """Each day from `first`, before `end`."""
    return (first + timedelta(days=ahead) for ahead in range((end - first).days))


def period_end(on: date) -> date:
    """The first day that « jusqu’au 31 mai » no longer covers: the end of the six months of the campaign that is open on
    that day, else of the six months that run."""
    coming = deadlines_between(on, on + TWO_YEARS)
    return coming[1] if campaign_opens(coming[0]) <= on else coming[0]


def spans(first: date, end: date) -> list[tuple[date, date]]:
    """A window cut at the deadlines: each part is of one period, and none is longer than a message may be."""
    cuts = [first, *deadlines_between(first + timedelta(days=1), end), end]
    return list(zip(cuts, cuts[1:], strict=False))
