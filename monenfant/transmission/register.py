"""What is known of a structure when it speaks: what of its register decides whether a slot can be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from monenfant.models import CarePlace, CareStructure, ListingStatus, Provider
from portal.exchange.received import CURRENT

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Register:
    """A structure: its closed weekdays (Monday is 0), its closing periods (from the first day, before the second).
    `place_pk` is null for one that nothing is published of."""

    cnaf_id: str
    place_pk: int | None
    manager_siret: str | None
    siret: str | None
    is_listed: bool
    capacity: int
    age_min_months: int
    age_max_months: int
    closed_weekdays: frozenset[int]
    closed_periods: tuple[tuple[date, date], ...]

    def is_closed_on(self, day: date) -> bool:
        return day.weekday() in self.closed_weekdays or any(first <= day < end for first, end in self.closed_periods)


def register_of(cnaf_id: str) -> Register | None:
    """The structure as it stands; capacity and ages are those of its published place."""
    row = CareStructure.objects.filter(CURRENT, cnaf_id=cnaf_id).first()
    if row is None:
        return None
    place = CarePlace.objects.filter(provider=Provider.STRUCTURE, number=cnaf_id).first()
    shown = place or row
    return Register(
        cnaf_id=cnaf_id, place_pk=place.pk if place else None, manager_siret=row.manager_siret, siret=row.siret,
        is_listed=row.listing_status == ListingStatus.LISTED and place is not None,
        capacity=place.most_places if place else row.capacity, age_min_months=shown.age_min_months,
        age_max_months=shown.age_max_months,
        closed_weekdays=frozenset(day for day, name in enumerate(WEEK) if not getattr(row, name)),
        closed_periods=tuple(_periods(row.closed_periods)),
    )  # fmt: skip


def _periods(text: str | None) -> Iterator[tuple[date, date]]:
    for one in (text or "").split("|"):
        if one:
            first, _, end = one.partition("/")
            yield date.fromisoformat(first), date.fromisoformat(end)
