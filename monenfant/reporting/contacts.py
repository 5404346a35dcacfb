"""Contacts of a place: what was received, what the professional told since, and what of them anybody may read.

What she tells changes at once, and is kept beside what the département or the fund sent, which stays as it was sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from monenfant.models import Approval, CarePlace, CarePlaceKind, CareStructure, ContactsTold, Provider
from monenfant.publishing import hidden_point, publish_place
from monenfant.reporting.writing import Who
from monenfant.rules.childminders import Contacts, Hidden, shown_contacts
from portal.audit.operations import journal
from portal.exchange.received import CURRENT


class NothingReceived(Exception):
    """The place is in no file any more."""


class AddressIsOpen(Exception):
    """A house of childminders, or a structure, is a place open to families: its address is shown."""


class NoContactLeft(Exception):
    """Families would have no way to reach the place."""


Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What stands of a place: the row received, and the words told since (null: none)."""

    received: Approval | CareStructure
    told: ContactsTold | None

    @property
    def name(self) -> str:
        """Identity is public, a childminder's too (CASF L. 421-3)."""
        row = self.received
        return row.full_name if isinstance(row, Approval) else row.name

    @property
    def is_hidden(self) -> bool:
        """Only how far it is may be said."""
        return self.at_home and self.hidden.address

    @property
    def at_home(self) -> bool:
        return isinstance(self.received, Approval) and self.received.place == CarePlaceKind.HOME

    @property
    def phone(self) -> str:
        return self.told.phone if self.told else self.received.phone or ""

    @property
    def email(self) -> str:
        return self.told.email if self.told else self.received.email or ""

    @property
    def web(self) -> str:
        return self.told.web if self.told else getattr(self.received, "web", None) or ""

    @property
    def hidden(self) -> Hidden:
        """What she asked to hide; what an approval received since hides is hidden, as in `publishing`."""
        row, told = self.received, self.told
        if not isinstance(row, Approval):
            return Hidden()
        if told is None:
            return Hidden(row.hides_address, row.hides_email, row.hides_phone)
        if row.updated_at <= told.told_at:
            return Hidden(told.hides_address, told.hides_email, told.hides_phone)
        # Of her contacts one stays: where both would be hidden, her own word says which.
        return Hidden(
            told.hides_address or row.hides_address,
            told.hides_email or (row.hides_email and bool(told.phone) and not told.hides_phone),
            told.hides_phone or (row.hides_phone and bool(told.email) and not told.hides_email),
        )

    @property
    def shown(self) -> Contacts:
        lines = [self.received.address, f"{self.received.postcode or ''} {self.received.city or ''}".strip()]
        whole = Contacts(", ".join(filter(None, lines)), self.email, self.phone)
        return shown_contacts(whole, self.hidden, at_home=self.at_home)


def known_of(place: CarePlace, on: date) -> Known:
    """Raises NothingReceived."""
    key = (place.provider, place.number)
    try:
        return known_of_many([key], on)[key]
    except KeyError as unknown:
        raise NothingReceived(place.number) from unknown


def known_of_many(keys: Iterable[Key], on: date) -> dict[Key, Known]:
    """Those of each (provider, number) of which something was received, in three queries."""
    numbers: dict[str, list[str]] = {kind.value: [] for kind in Provider}
    for provider, number in keys:
        numbers[provider].append(number)
    structures = CareStructure.objects.filter(CURRENT, cnaf_id__in=numbers[Provider.STRUCTURE])
    approvals = Approval.objects.filter(CURRENT, childminder_no__in=numbers[Provider.CHILDMINDER])
    told = _told(numbers)
    rows: list[tuple[Key, Approval | CareStructure]] = []
    rows += [((Provider.STRUCTURE.value, one.cnaf_id), one) for one in structures]
    rows += [((Provider.CHILDMINDER.value, one.childminder_no), one) for one in _last_shown_last(approvals, on)]
    return {key: Known(row, told.get(key)) for key, row in rows}


def _told(numbers: dict[str, list[str]]) -> dict[Key, ContactsTold]:
    """Places are found by both columns of their key: by the number alone, every place of the country would be read."""
    known = Q(pk=None)
    for provider, some in numbers.items():
        known |= Q(place__provider=provider, place__number__in=some)
    found = ContactsTold.objects.filter(known, is_last=True).select_related("place")
    return {(one.place.provider, one.place.number): one for one in found}


def _last_shown_last(approvals: Iterable[Approval], on: date) -> list[Approval]:
    """Of each person, the approval in force, else the last to begin, else the next, comes last: the one that `publishing`
    shows."""
    return sorted(
        approvals, key=lambda one: (one.start > on, abs((one.start - on).days), one.approval_number), reverse=True
    )  # fmt: skip


def tell_contacts(
    *, place_pk: int, phone: str, email: str, web: str, hidden: Hidden, who: Who, on: date, now: datetime
) -> ContactsTold | None:
    """Change contacts and what is hidden, at once. None when nothing differs: a second call changes nothing.

    Raises AddressIsOpen, NoContactLeft, NothingReceived, CarePlace.DoesNotExist; `Hidden` refuses both contacts hidden.
    """
    with transaction.atomic():
        place = CarePlace.objects.select_for_update(of=("self",)).get(pk=place_pk)
        known = known_of(place, on)
        if hidden.address and not known.at_home:
            raise AddressIsOpen
        if not (email and not hidden.email) and not (phone and not hidden.phone):
            raise NoContactLeft
        if (phone, email, web, hidden) == (known.phone, known.email, known.web, known.hidden):
            return None
        place.contacts_told.filter(is_last=True).update(is_last=False)
        made = ContactsTold.objects.create(
            place=place, phone=phone, email=email, web=web, hides_address=hidden.address, hides_email=hidden.email,
            hides_phone=hidden.phone, told_at=now, told_by_id=who.user_pk, **_point(known, hidden),
        )  # fmt: skip
        publish_place(place=place, on=on)
        # Which of them changed is told, not what they are.
        changed = [name for name, was, now_is in (("phone", known.phone, phone), ("email", known.email, email),
                   ("web", known.web, web), ("hidden", known.hidden, hidden)) if was != now_is]  # fmt: skip
        journal(
            actor=who.name, action="childcare.contacts_told", subject=f"care_place:{place.pk}",
            detail={"changed": changed}, at=now,
        )  # fmt: skip
    return made


def _point(known: Known, hidden: Hidden) -> dict[str, str | float]:
    if not hidden.address:
        return {}
    lat, lon = hidden_point(known.received.insee_code)
    return {"hidden_insee": known.received.insee_code, "hidden_lat": lat, "hidden_lon": lon}
