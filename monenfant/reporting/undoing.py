"""Undoing the last publication of a place: what stood before it stands again, from today on."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

import zstandard
from django.db import transaction

from monenfant.models import CarePlace, Gesture, Publication, Stop
from monenfant.publishing import publish_place
from monenfant.reporting.held import held_of, last_message
from monenfant.reporting.squares import kept
from monenfant.reporting.windows import days_between
from monenfant.reporting.writing import Who, keep_present, locked, remembered, write
from monenfant.rules.availability import Slot


class CannotUndo(Exception):
    """It is not the last thing published in the place, or was undone already."""


def undo(*, place_pk: int, publication_pk: int, key: UUID, who: Who, on: date, now: datetime) -> Publication:
    """Put back what stood before the last publication of the place, from today on. The same key gives the first answer.

    Raises CannotUndo, Publication.DoesNotExist.
    """
    with transaction.atomic():
        place = locked(place_pk)
        if earlier := place.publications.filter(key=key).first():
            return earlier
        undone = place.publications.get(pk=publication_pk)
        if not may_undo(undone, last_message(place), on):
            raise CannotUndo
        was = json.loads(zstandard.decompress(bytes(undone.before)))
        held = held_of(place, on)
        first = max(on, undone.window_start)
        before = remembered(
            [slot for day in days_between(first, undone.window_end) for slot in kept(held.stored, day)], held
        )
        _take_back(place, undone, was, now)
        slots = [slot for slot in map(_slot, was["slots"]) if slot.date >= first]
        made = write(place, key, Gesture.UNDO, (first, undone.window_end), slots, before, who, now, undoes=undone)
        publish_place(place=place, on=on)
    return made


def may_undo(publication: Publication, last: int, on: date) -> bool:
    """Whether it is the last thing told of the place (`last`, its last message), by a person, with days to come."""
    return (
        publication.message_no == last
        and publication.gesture not in (Gesture.UNDO, Gesture.LIMIT)
        and publication.window_end > on
    )


def _take_back(place: CarePlace, undone: Publication, was: dict[str, Any], now: datetime) -> None:
    """What the publication brought along: children present, a stop, a closed day."""
    keep_present(place, {(weekday, band): children for weekday, band, children in was["present"]})
    Stop.objects.filter(publication=undone).update(withdrawn_at=now)
    place.closed_days.filter(publication=undone).update(withdrawn_at=now)


def _slot(told: dict[str, Any]) -> Slot:
    return Slot(**told | {"date": date.fromisoformat(told["date"])})
