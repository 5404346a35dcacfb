"""Publishing what a professional tells: one transaction, the place locked, what stood before kept to be undone.

Every write of free places goes through `monenfant.operations.replace_window`, which checks again.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import zstandard
from django.db import transaction

from monenfant.models import CarePlace, ChildminderPresence, Gesture, Mode, Publication
from monenfant.operations import replace_window
from monenfant.reporting.foreseeing import Foreseen, Present, Wish, foresee
from monenfant.reporting.held import Held, held_of, last_message
from monenfant.reporting.squares import kept
from monenfant.reporting.windows import days_between, spans
from monenfant.rules.availability import Slot
from monenfant.rules.childminders import lowered
from portal.audit.operations import journal


class TooMuch(Exception):
    """Half-days pass the approval: nothing was published. `foreseen` holds them."""

    def __init__(self, foreseen: Foreseen) -> None:
        super().__init__("above the approval")
        self.foreseen = foreseen


class ChangedMeanwhile(Exception):
    """Something was published since the page was read. Nothing was published now."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who publishes: an account, or whoever holds the link that was sent (no account)."""

    name: str
    user_pk: int | None = None


PORTAL = Who("portail")


def publish(*, place_pk: int, key: UUID, seen: int, wish: Wish, who: Who, on: date, now: datetime) -> Publication:
    """Publish a gesture. The same key gives the first publication again.

    Raises ChangedMeanwhile when something was published since the page (`seen`, the number of the last message), TooMuch, NothingTold,
    PastWeek, and what `replace_window` raises; nothing is changed then.
    """
    with transaction.atomic():
        place = locked(place_pk)
        if earlier := place.publications.filter(key=key).first():
            return earlier
        if seen != last_message(place):
            raise ChangedMeanwhile
        held = held_of(place, on)
        foreseen = foresee(held, wish, on)
        if foreseen.excesses:
            raise TooMuch(foreseen)
        before = remembered(foreseen.before, held)
        if wish.present is not None:
            keep_present(place, wish.present)
        return write(place, key, foreseen.gesture, (foreseen.first, foreseen.end), foreseen.slots, before, who, now)


def shut(
    *, place: CarePlace, key: UUID, gesture: str, first: date, end: date, who: Who, on: date, now: datetime
) -> Publication:
    """Make a window free of any place: a stop, a closed day. In the caller's transaction, the place locked."""
    held = held_of(place, on)
    stood = [slot for day in days_between(first, end) for slot in kept(held.stored, day)]
    return write(place, key, gesture, (first, end), [], remembered(stood, held), who, now)


def keep_to_the_approval(*, place_pk: int, on: date, now: datetime) -> Publication | None:
    """Take away the places that an approval for fewer children no longer leaves, from today on; None when all fit.

    It is no word of hers: the date of what she told stays.
    """
    with transaction.atomic():
        place = locked(place_pk)
        held = held_of(place, on)
        if held.received is None or held.told_until is None or held.told_until <= on:
            return None
        told = [slot for day in days_between(on, held.told_until) for slot in kept(held.stored, day)]
        room = lowered(told, held.received)
        if room == told:
            return None
        window = (on, held.told_until)
        return write(place, uuid4(), Gesture.LIMIT, window, room, remembered(told, held), PORTAL, now, confirms=False)


def locked(place_pk: int) -> CarePlace:
    """The place, while the transaction lasts."""
    return CarePlace.objects.select_for_update(of=("self",)).get(pk=place_pk)


def write(
    place: CarePlace, key: UUID, gesture: str, window: tuple[date, date], slots: Sequence[Slot], before: bytes, who: Who,
    now: datetime, *, undoes: Publication | None = None, confirms: bool = True,
) -> Publication:  # fmt: skip
    sequence = place.last_sequence
    for number, (first, end) in enumerate(spans(*window)):
        sequence += 1
        inside = [slot for slot in slots if first <= slot.date < end]
        replace_window(
            place_pk=place.pk, key=uuid5(key, str(number)), sequence=sequence, mode=Mode.MANUAL, first=first, end=end,
            slots=inside, body=_body(place, first, end, inside), answer={"accepted": len(inside)}, now=now, confirms=confirms,
        )  # fmt: skip
    # What was before is kept while it may be put back, no longer.
    place.publications.exclude(before=b"").update(before=b"")
    halves = {(slot.date, half) for slot in slots for half in ("AM", "PM") if slot.band in (half, "FULL")}
    made = Publication.objects.create(
        place=place, key=key, gesture=gesture, window_start=window[0], window_end=window[1], free_half_days=len(halves),
        message_no=last_message(place), before=before, by_id=who.user_pk, at=now, undoes=undoes,
    )  # fmt: skip
    _tell(made, who)
    return made


def _tell(made: Publication, who: Who) -> None:
    detail = {
        "publication": made.pk, "gesture": made.gesture, "from": made.window_start.isoformat(),
        "to": made.window_end.isoformat(), "free_half_days": made.free_half_days,
    }  # fmt: skip
    journal(
        actor=who.name, action="childcare.places_told", subject=f"care_place:{made.place_id}", detail=detail, at=made.at
    )


def _body(place: CarePlace, first: date, end: date, slots: Sequence[Slot]) -> bytes:
    """What was told, as software would have sent it."""
    told: dict[str, Any] = {
        "schema": "1.0", "place": {"provider": place.provider, "number": place.number},
        "window": {"from": first.isoformat(), "before": end.isoformat()}, "slots": [_told(slot) for slot in slots],
    }  # fmt: skip
    return json.dumps(told, separators=(",", ":")).encode()


def _told(slot: Slot) -> dict[str, Any]:
    return asdict(slot) | {"date": slot.date.isoformat()}


def remembered(slots: Sequence[Slot], held: Held) -> bytes:
    present = held.received.present if held.received else {}
    was = {
        "slots": [_told(slot) for slot in slots],
        "present": [[*half, children] for half, children in present.items()],
    }
    return zstandard.compress(json.dumps(was, separators=(",", ":")).encode())


def keep_present(place: CarePlace, present: Present) -> None:
    place.presences.all().delete()
    ChildminderPresence.objects.bulk_create(
        ChildminderPresence(place=place, weekday=weekday, band=band, children=children)
        for (weekday, band), children in present.items()
    )
