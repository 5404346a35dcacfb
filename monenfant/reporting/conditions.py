"""How a childminder works: hours, rate, conditions. Her own words; nothing of it comes from the approval."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from monenfant.models import CarePlace, Childminder
from monenfant.reporting.writing import Who
from portal.audit.operations import journal

# Each with its question and the two ways of saying it: yes, no. What was not told is not shown.
CONDITIONS: Mapping[str, tuple[str, str, str]] = {
    "has_pets": ("Un animal à la maison", "Un animal à la maison", "Pas d’animal à la maison"),
    "is_smoke_free": ("Le tabac", "Maison sans tabac", "Quelqu’un fume à la maison"),
    "gives_meals": ("Les repas", "Repas fournis", "Repas apportés par les parents"),
    "welcomes_disability": (
        "Les enfants en situation de handicap",
        "Accueille des enfants en situation de handicap",
        "N’accueille pas d’enfant en situation de handicap",
    ),
    "works_atypical_hours": (
        "Tôt, tard, la nuit, le week-end",
        "Accueille tôt, tard, la nuit ou le week-end",
        "Accueille aux heures habituelles",
    ),
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """`opening_hours` by weekday (``{"monday": "07:30-18:30"}``); null: not told."""

    opening_hours: Mapping[str, str]
    hourly_rate_cents: int | None
    answers: Mapping[str, bool | None]


NONE_TOLD = Conditions({}, None, dict.fromkeys(CONDITIONS))


def conditions_of(place: CarePlace) -> Conditions:
    row = Childminder.objects.filter(number=place.number).first()
    if row is None:
        return NONE_TOLD
    return Conditions(row.opening_hours, row.hourly_rate_cents, {name: getattr(row, name) for name in CONDITIONS})


def tell_conditions(*, place_pk: int, told: Conditions, who: Who, now: datetime) -> bool:
    """Change them; whether anything differed. A second call changes nothing."""
    with transaction.atomic():
        place = CarePlace.objects.select_for_update(of=("self",)).get(pk=place_pk)
        if told == conditions_of(place):
            return False
        values = {
            "opening_hours": dict(told.opening_hours), "hourly_rate_cents": told.hourly_rate_cents, "told_at": now, **told.answers,
        }  # fmt: skip
        Childminder.objects.update_or_create(number=place.number, defaults=values)
        journal(actor=who.name, action="childcare.profile_told", subject=f"care_place:{place.pk}", detail={}, at=now)
    return True
