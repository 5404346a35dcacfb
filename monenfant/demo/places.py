"""What a family finds around Riom on the Thursday of the demonstration: told by the portal's own write, like any other.

A childminder some two kilometres away who hides her address; three places that told one long ago. The one of Les Lucioles
is told by its software.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from django.db.models import Q, QuerySet
from django.utils import timezone

from monenfant.demo.people import LUCIOLES
from monenfant.models import Approval, CarePlace, Mode, Provider
from monenfant.operations import replace_window
from monenfant.rules.availability import Slot
from portal.exchange.received import CURRENT

RIOM, BESIDE = "63300", ("63245", "63224")
THURSDAY, WINDOW_DAYS, AGE = 3, 35, 20
SPACE = UUID("5f3c1d0e-8f0b-4f0e-9c53-6f1b8f5f6399")
# How long ago the places to confirm told theirs: greyed, not hidden yet.
CRECHE_DAYS_AGO, CHILDMINDER_DAYS_AGO = 10, 48


def tell_around_riom(*, on: date) -> None:
    """Free afternoons on the Thursday that follows `on`, and on the days around it."""
    thursday = on + timedelta(days=(THURSDAY - on.weekday()) % 7)
    for place in _hidden_beside(on):
        _tell(place, [_afternoon(thursday, "ANY")], on, days_ago=4)
    for place in _around(Provider.STRUCTURE, on).exclude(number=LUCIOLES)[:1]:
        _tell(place, [_afternoon(thursday, "13-24")], on, days_ago=CRECHE_DAYS_AGO)
    for place in _around(Provider.CHILDMINDER, on)[:2]:
        _tell(place, [_afternoon(thursday, "ANY")], on, days_ago=CHILDMINDER_DAYS_AGO)


def _afternoon(day: date, group: str) -> Slot:
    return Slot(day, "PM", group, "OCCASIONAL", 1)


def _around(provider: Provider, on: date) -> "QuerySet[CarePlace]":
    """Places of Riom that are shown all that time and take a child of twenty months, in the order of their numbers."""
    lasts = Q(published_until=None) | Q(published_until__gt=on + timedelta(days=WINDOW_DAYS))
    shown = CarePlace.objects.filter(lasts, provider=provider, insee_code=RIOM, published_from__lte=on)
    return shown.filter(age_min_months__lte=AGE, age_max_months__gte=AGE).order_by("number")


def _hidden_beside(on: date) -> "QuerySet[CarePlace]":
    """The first of them; nobody, in an offer of a few."""
    hidden = Approval.objects.filter(CURRENT, hides_address=True, insee_code__in=BESIDE).values("childminder_no")
    until = on + timedelta(days=WINDOW_DAYS)
    found = CarePlace.objects.filter(
        provider=Provider.CHILDMINDER, number__in=hidden, published_from__lte=on, published_until__gt=until
    )
    return found.order_by("number")[:1]


def _tell(place: CarePlace, slots: list[Slot], on: date, *, days_ago: int) -> None:
    """A window of five weeks, told by hand at the end of that day."""
    told = timezone.make_aware(datetime.combine(on - timedelta(days=days_ago), time(18)))
    replace_window(
        place_pk=place.pk, key=uuid5(SPACE, place.number), sequence=place.last_sequence + 1, mode=Mode.MANUAL, first=on,
        end=on + timedelta(days=WINDOW_DAYS), slots=slots, body=b"", answer={}, now=told,
    )  # fmt: skip
