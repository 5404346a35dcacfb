"""How often a structure reports its places (arrêté of 31 August 2021), and when its silence is somebody's work.

Typed in: at least once a week. By software: at least three times in any seven days, so that the next is due 56 hours after
the last. No sanction exists for structures: a silence leads to a message, then to a call.
"""

from datetime import UTC, datetime, timedelta
from math import ceil

MANUAL, AUTOMATED = "MANUAL", "AUTOMATED"
DAYS_BY_HAND = 7
HOURS_BY_SOFTWARE = 56
# Choices of the site: what is missed before the manager is written to, and before the fund's adviser calls.
MISSED_BEFORE_MAIL, MISSED_BEFORE_TASK = 2, 3
PERIODS = {MANUAL: timedelta(days=DAYS_BY_HAND), AUTOMATED: timedelta(hours=HOURS_BY_SOFTWARE)}


def period_of(mode: str) -> timedelta:
    """The longest time between two reports; who never reported is awaited as one who types."""
    return PERIODS.get(mode, PERIODS[MANUAL])


def next_due(declared_at: datetime, mode: str) -> datetime:
    """When the next report is due after one: hours that go by, also when clocks change meanwhile."""
    return declared_at.astimezone(UTC) + period_of(mode)


def missed_periods(since: datetime, mode: str, now: datetime) -> int:
    """How many reports were due and did not come since the last one (or since the duty began). At the very hour when it
    is due, a report is not missed."""
    return max(0, ceil((now.astimezone(UTC) - since.astimezone(UTC)) / period_of(mode)) - 1)
