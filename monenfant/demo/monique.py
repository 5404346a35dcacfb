"""Monique Pereira, childminder at Cournon-d’Auvergne: approval for four, three contracts, her week confirmed two weeks ago."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from monenfant.demo.people import MONIQUE
from monenfant.models import CarePlace, Gesture, Provider
from monenfant.reporting.conditions import Conditions, tell_conditions
from monenfant.reporting.foreseeing import Wish
from monenfant.reporting.squares import EITHER, HALVES, Square
from monenfant.reporting.windows import monday_of
from monenfant.reporting.writing import Who, publish
from portal.accounts.models import User

CONFIRMED_BEFORE = timedelta(days=14)
AT = time(18, 42)
KEY = UUID("6f3f9c52-5b0d-4a53-9d3c-63990012026a")
# Three children from Monday to Friday, two on Wednesday: nobody is named anywhere.
PRESENT = {(weekday, band): 2 if weekday == 2 else 3 for weekday in range(5) for band in HALVES}
FREE = {(0, "PM"), (2, "AM"), (2, "PM")}


def tell_her_week(on: date) -> None:
    """Her children present, her week until the end of November and her conditions, by the portal’s own operations."""
    place = CarePlace.objects.get(provider=Provider.CHILDMINDER, number=MONIQUE)
    her = User.objects.get(username="monique")
    day = on - CONFIRMED_BEFORE
    now = timezone.make_aware(datetime.combine(day, AT))
    who = Who(her.get_username(), her.pk)
    publish(place_pk=place.pk, key=KEY, seen=0, wish=_wish(day), who=who, on=day, now=now)
    told = Conditions(
        opening_hours=dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "07:30-18:30"),
        hourly_rate_cents=4_50,
        answers={"has_pets": False, "is_smoke_free": True, "gives_meals": True, "welcomes_disability": None,
                 "works_atypical_hours": None},
    )  # fmt: skip
    tell_conditions(place_pk=place.pk, told=told, who=who, now=now)


def _wish(day: date) -> Wish:
    squares = {
        Square(weekday, band, "ANY", EITHER): int((weekday, band) in FREE) for weekday in range(7) for band in HALVES
    }
    return Wish(Gesture.UNTIL, monday_of(day), squares, PRESENT)
