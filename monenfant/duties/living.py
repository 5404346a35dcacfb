"""The days of the duties, lived in order, each once: the offer as it stands, follow-ups, letters, reminders, silences.

A day that was skipped is lived as of its date. Killed anywhere and begun again, a day does what was left of it: every step
reads rows. What leaves (letters, e-mails) leaves on the last day alone, so that nothing is dated before it was written.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from monenfant.duties.moving import move_places
from monenfant.duties.reminders import ask_reminders
from monenfant.duties.reminding import ask_letters
from monenfant.duties.silences import follow_structures
from monenfant.models import CarePlace, DutyDay
from monenfant.publishing import publish_offer
from portal.audit.operations import journal

PLACES_AT_ONCE = 20_000
ONE = timedelta(days=1)


def last_day() -> date | None:
    """The last day lived by every place; None before the first."""
    return DutyDay.objects.aggregate(last=Max("day"))["last"]


def live_days(*, until: date) -> list[date]:
    """Live every day not lived yet, up to `until`; the very first begins on `until` itself. A second call does nothing."""
    last = last_day()
    day, lived = until if last is None else last + ONE, []
    while day <= until:
        live_day(day=day, is_last=day == until)
        lived.append(day)
        day += ONE
    return lived


def live_day(*, day: date, is_last: bool = True) -> None:
    """One day of every place. Done already, nothing is left to do."""
    publish_offer(on=day)
    counts: Counter[str] = Counter()
    for first, end in ranges():
        with transaction.atomic():
            counts += move_places(first, end, on=day)
        if is_last:
            counts["letters"] += ask_letters(first, end, on=day)
            counts["reminders"] += ask_reminders(first, end, on=day)
    if is_last:
        counts["silences"] += follow_structures(on=day)
    _end(day, counts)


def ranges() -> Iterator[tuple[int, int]]:
    """The places by their numbers, some thousands at once: from a number, before another."""
    found = CarePlace.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if found["first"] is not None:
        for first in range(found["first"], found["last"] + 1, PLACES_AT_ONCE):
            yield first, first + PLACES_AT_ONCE


def _end(day: date, counts: Counter[str]) -> None:
    """The day was lived by all; of two workers, the first says so."""
    with transaction.atomic():
        _day, is_new = DutyDay.objects.get_or_create(
            day=day, defaults={"counts": dict(counts), "ended_at": timezone.now()}
        )
        if is_new:
            journal(
                actor="portail", action="childcare.day", subject="childcare:duties",
                detail={"day": day.isoformat(), **counts},
            )  # fmt: skip
