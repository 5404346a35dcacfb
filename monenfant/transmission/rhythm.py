"""How often places are told: three times a week by software, once a week when typed (CASF D. 214-10, choices of the site).

`missed_periods` is what reminders count; two make a structure one that does not report.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from django.utils import timezone

PERIODS = {"AUTOMATED": timedelta(hours=56), "MANUAL": timedelta(days=7)}
TYPED = "MANUAL"


class Told(Protocol):
    """What is read of a place."""

    declared_at: datetime | None
    declared_mode: str
    published_from: date | None


def next_due(declared_at: datetime, mode: str) -> datetime:
    """When the next report is due at the latest: hours that go by, also when clocks change meanwhile. Raises KeyError for
    a mode that is none."""
    return declared_at.astimezone(UTC) + PERIODS[mode]


def missed_periods(place: Told, now: datetime) -> int:
    """How many due moments went by since the last report. A place that never reported is counted from the day it was
    published, at the rhythm of what is typed; one that is not published misses nothing."""
    if place.published_from is None:
        return 0
    since = place.declared_at or timezone.make_aware(datetime.combine(place.published_from, time()))
    period = PERIODS[place.declared_mode or TYPED]
    # At the very moment it is due, nothing is missed yet.
    return max(0, -((since.astimezone(UTC) - now.astimezone(UTC)) // period) - 1)
