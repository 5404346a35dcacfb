"""« Je n’accueille pas d’enfant du … au … »: the place is shown unavailable, and the duty to declare waits.

A stop is told to the fund by standing on the page of her follow-up; nothing is asked of her while one goes beyond the deadline.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from monenfant.models import CarePlace, Gesture, Publication, Stop
from monenfant.publishing import publish_place
from monenfant.reporting.held import held_of
from monenfant.reporting.writing import Who, shut

DAY = timedelta(days=1)


class StopInThePast(Exception):
    """A stop begins today at the earliest."""


class StopReversed(Exception):
    """The last day comes before the first."""


class AlreadyStopped(Exception):
    """Another stop holds one of these days."""


def stopped_on(day: date) -> QuerySet[Stop]:
    """The stops that hold on a day, whosever they are."""
    return Stop.objects.filter(Q(end=None) | Q(end__gt=day), withdrawn_at=None, start__lte=day)


def stops_of(place: CarePlace) -> QuerySet[Stop]:
    """What a place told and did not take back, the last to begin first: its own page and its fund's read the same."""
    return Stop.objects.filter(place=place, withdrawn_at=None).order_by("-start")


def stop(
    *, place_pk: int, key: UUID, start: date, end: date | None, is_final: bool, who: Who, on: date, now: datetime
) -> Publication:
    """Receive nobody from `start`, before `end` (null: until further notice, or for good). The same key gives the first
    answer. Raises StopInThePast, StopReversed, AlreadyStopped; nothing is changed then."""
    with transaction.atomic():
        place = CarePlace.objects.select_for_update(of=("self",)).get(pk=place_pk)
        if earlier := place.publications.filter(key=key).first():
            return earlier
        _check(place, start, end, on)
        told_until = held_of(place, on).told_until or start
        # Nothing was told beyond: nothing is to be taken back there.
        last = max(start + DAY, min(end or told_until, told_until))
        made = shut(place=place, key=key, gesture=Gesture.STOP, first=start, end=last, who=who, on=on, now=now)
        Stop.objects.create(
            place=place, start=start, end=end, is_final=is_final, publication=made, told_at=now, told_by_id=who.user_pk
        )
        publish_place(place=place, on=on)
    return made


def _check(place: CarePlace, start: date, end: date | None, on: date) -> None:
    if start < on:
        raise StopInThePast
    if end is not None and end <= start:
        raise StopReversed
    overlapping = Stop.objects.filter(Q(end=None) | Q(end__gt=start), place=place, withdrawn_at=None)
    if overlapping.filter(**({"start__lt": end} if end else {})).exists():
        raise AlreadyStopped
