"""Childminders: what an approval allows, and what is shown of a person (CASF L. 421-3, L. 421-4, R. 421-39)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from monenfant.rules.availability import Slot

# Simultaneously, by derogation; the ordinary number is four (L. 421-4).
CHILDREN_MOST = 6
APPROVAL_YEARS_MOST = 10


class BothContactsHidden(Exception):
    """The e-mail or the phone may be hidden, never both (R. 421-39)."""


class TooManyPlaces(Exception):
    """More places than the approval leaves beside the children who are there."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a childminder asked not to show."""

    address: bool = False
    email: bool = False
    phone: bool = False

    def __post_init__(self) -> None:
        if self.email and self.phone:
            raise BothContactsHidden


@dataclass(frozen=True, slots=True)
class Contacts:
    """How a family finds and reaches a childminder; empty is not shown."""

    address: str
    email: str
    phone: str


def shown_contacts(contacts: Contacts, hidden: Hidden, *, at_home: bool) -> Contacts:
    """What may be read by anybody. An address is hidden only where the childminder lives: a house of childminders is a
    place open to families."""
    return Contacts(
        "" if hidden.address and at_home else contacts.address,
        "" if hidden.email else contacts.email,
        "" if hidden.phone else contacts.phone,
    )


def check_free_places(places: int, *, approved: int, present: int) -> bool:
    """Whether to warn that nothing is left beside these places (as many as the approval leaves).

    What is declared prevails under that: an approval for four with two contracts obliges nobody to show two places.
    Raises TooManyPlaces above it.
    """
    left = approved - present
    if places > left:
        raise TooManyPlaces(f"{places} > {approved} − {present}")
    return places == left and places > 0


@dataclass(frozen=True, slots=True)
class Received:
    """What an approval allows, and the children who are there on a half-day of an ordinary week."""

    approved: int
    present: Mapping[tuple[int, str], int]

    def there(self, day: date, band: str) -> int:
        return self.present.get((day.weekday(), band), 0)

    def left(self, day: date, band: str) -> int:
        return max(0, self.approved - self.there(day, band))


class Excess(NamedTuple):
    """A half-day on which children and places together pass the approval."""

    day: date
    band: str
    present: int
    places: int


def excesses(slots: Iterable[Slot], received: Received) -> list[Excess]:
    """The half-days on which more is declared than the approval leaves, each once, in their order.

    Kinds of care are the same place told twice: the largest counts. A whole day counts in both its halves.
    """
    most: dict[tuple[date, str], int] = {}
    for slot in slots:
        for band in ("AM", "PM") if slot.band == "FULL" else (slot.band,):
            most[slot.date, band] = max(slot.places, most.get((slot.date, band), 0))
    return [
        Excess(day, band, received.there(day, band), places)
        for (day, band), places in sorted(most.items())
        if places > received.left(day, band)
    ]


def check_declared(slots: Iterable[Slot], received: Received) -> None:
    """`check_free_places` on each half-day of a declaration. Raises TooManyPlaces."""
    for found in excesses(slots, received):
        check_free_places(found.places, approved=received.approved, present=found.present)


def lowered(slots: Iterable[Slot], received: Received) -> list[Slot]:
    """The slots with no more places than the approval leaves."""
    found = []
    for slot in slots:
        bands = ("AM", "PM") if slot.band == "FULL" else (slot.band,)
        places = min(slot.places, *(received.left(slot.date, band) for band in bands))
        if places:
            found.append(replace(slot, places=places))
    return found
