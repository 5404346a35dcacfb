"""A small world to search: places around Riom, made by the portal's own operations."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from monenfant.models import Approval, CarePlace, CareStructure
from monenfant.operations import replace_window
from monenfant.rules.availability import KM_PER_DEGREE, Slot, cell_of
from monenfant.search.need import Need
from portal.organisations.communes import commune_of

MONDAY, THURSDAY = date(2026, 10, 26), date(2026, 10, 29)
RIOM = commune_of("63300")
SINCE = date(2024, 1, 1)
NOON = datetime(2026, 10, 25, 12, tzinfo=UTC)
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-18:30")


def need(**changes: Any) -> Need:
    """Riom, Thursday from two to six, twenty months."""
    facts: dict[str, Any] = {
        "commune": RIOM, "radius_km": 5, "kind": "OCCASIONAL", "first": THURSDAY, "last": THURSDAY,
        "weekdays": frozenset(), "hours": (14 * 60, 18 * 60), "age_months": 20,
    }  # fmt: skip
    facts |= changes
    if "first" in changes and "last" not in changes:
        facts["last"] = changes["first"]
    return Need(**facts)


def north_of(commune: Any, km: float) -> dict[str, float]:
    """A point straight north, so many kilometres away."""
    return {"lat": commune.lat + km / KM_PER_DEGREE, "lon": commune.lon}


def slot(
    day: date = THURSDAY, band: str = "PM", group: str = "13-24", kind: str = "OCCASIONAL", places: int = 1
) -> Slot:
    return Slot(day, band, group, kind, places)


def creche(number: str, *slots: Slot, km: float = 1, told: date | None = MONDAY, **changes: Any) -> CarePlace:
    """A crèche north of Riom that told these places on that day (None: it never told any)."""
    point = north_of(RIOM, km) | {name: changes.pop(name) for name in ("lat", "lon") if name in changes}
    ages = {name: changes.pop(name) for name in ("age_min_months", "age_max_months") if name in changes}
    place = CarePlace.objects.create(
        provider="STRUCTURE", number=number, kind=changes.get("type", "COLLECTIVE"), insee_code=RIOM.code, **point,
        cell=cell_of(**point), most_places=20, published_from=SINCE, **ages,
    )  # fmt: skip
    CareStructure.objects.create(**_received(), **point, **_structure(number) | changes)
    return _told(place, slots, told)


def _structure(number: str) -> dict[str, Any]:
    return {
        "cnaf_id": number, "siret": "21750001600019", "name": f"Crèche {number}", "funding": "PSU", "capacity": 20,
        "insee_code": RIOM.code, "age_min_months": 2, "age_max_months": 48, "listing_status": "LISTED",
        "obligation_start": date(2021, 9, 1), "updated_at": NOON, "phone": "04 73 00 00 00", "type": "COLLECTIVE", **WEEK,
    }  # fmt: skip


def childminder(number: str, *slots: Slot, km: float = 1, told: date | None = MONDAY, **changes: Any) -> CarePlace:
    """A childminder north of Riom; `hides_address` puts the place where everybody may believe it to be."""
    point = north_of(RIOM, km) | {name: changes.pop(name) for name in ("lat", "lon") if name in changes}
    place = CarePlace.objects.create(
        provider="CHILDMINDER", number=number, kind="HOME", insee_code=RIOM.code, **point, cell=cell_of(**point),
        most_places=4, published_from=SINCE,
    )  # fmt: skip
    approval = {
        "approval_number": f"A-{number}", "childminder_no": number, "departement": "63", "last_name": f"Martin {number}",
        "first_names": "Anne", "start": SINCE, "end": date(2029, 1, 1), "max_children": 4, "place": "HOME",
        "employer_kind": "PARENTS", "insee_code": RIOM.code, "city": "Riom", "postcode": "63200", "phone": "06 39 98 00 01",
        "email": f"{number}@exemple.fr", "address": "8 rue des Lilas", "updated_at": NOON,
    }  # fmt: skip
    shown = {"shown_lat": point["lat"], "shown_lon": point["lon"]}
    Approval.objects.create(**_received(), **approval | point | shown | changes)
    return _told(place, slots, told)


def _received() -> dict[str, Any]:
    return {"file_id": 1, "line": 1, "known_from": NOON}


def _told(place: CarePlace, slots: tuple[Slot, ...], told: date | None) -> CarePlace:
    if told is None:
        return place
    replace_window(
        place_pk=place.pk, key=uuid4(), sequence=1, mode="MANUAL", first=MONDAY, end=MONDAY + timedelta(days=183),
        slots=slots, body=b"", answer={}, now=datetime(told.year, told.month, told.day, 9, tzinfo=UTC),
    )  # fmt: skip
    return place
