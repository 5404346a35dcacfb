"""Days on which a structure is closed although its hours say otherwise."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from monenfant.models import CarePlace, ClosedDay, Gesture, Publication
from monenfant.reporting.held import structure_of
from monenfant.reporting.shut import shut_of
from monenfant.reporting.writing import Who, shut


class NotAnOpenDay(Exception):
    """The day is past, or the structure is closed on it already."""


def close_day(*, place_pk: int, key: UUID, day: date, who: Who, on: date, now: datetime) -> Publication:
    """Close one day: families see no place on it. The same key gives the first answer. Raises NotAnOpenDay."""
    with transaction.atomic():
        place = CarePlace.objects.select_for_update(of=("self",)).get(pk=place_pk)
        if earlier := place.publications.filter(key=key).first():
            return earlier
        if day < on or day in shut_of(place, structure_of(place)):
            raise NotAnOpenDay
        window_end = day + timedelta(days=1)
        made = shut(place=place, key=key, gesture=Gesture.CLOSED, first=day, end=window_end, who=who, on=on, now=now)
        ClosedDay.objects.create(place=place, day=day, publication=made, told_at=now, told_by_id=who.user_pk)
    return made
