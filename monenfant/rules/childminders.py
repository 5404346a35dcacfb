"""Childminders: what an approval allows, and what is shown of a person (CASF L. 421-3, L. 421-4, R. 421-39)."""

from dataclasses import dataclass

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
    left = max(0, approved - present)
    if places > left:
        raise TooManyPlaces(f"{places} > {approved} − {present}")
    return places == left and places > 0
