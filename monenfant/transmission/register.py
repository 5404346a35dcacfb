"""What is known of a structure when it speaks: what of its register decides whether a slot can be."""

from dataclasses import dataclass

from monenfant.models import CarePlace, CareStructure, ListingStatus, Provider
from monenfant.reporting.shut import Shut, shut_of
from portal.exchange.received import CURRENT


@dataclass(frozen=True)
class Register:
    """A structure; `place_pk` is null for one that nothing is published of."""

    cnaf_id: str
    place_pk: int | None
    manager_siret: str | None
    siret: str | None
    is_listed: bool
    capacity: int
    age_min_months: int
    age_max_months: int
    shut: Shut


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
        shut=shut_of(place, row),
    )  # fmt: skip
