"""One place as everybody may see it: what is free in the next weeks, when it was told, hours, contacts, distance."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from monenfant.models import AvailabilityMonth, CarePlace, CareStructure, Funding, Provider
from monenfant.reporting.conditions import conditions_of
from monenfant.reporting.contacts import Known
from monenfant.reporting.showing import ShownPlace, shown_place
from monenfant.rules.availability import Series, place_of
from monenfant.rules.opening import WEEK, week_of
from monenfant.search import words
from monenfant.search.hours import SATURDAY
from monenfant.search.matching import Fit, Opening, fit_of, merged, plan_of, with_places
from monenfant.search.need import Need
from portal.exchange.received import CURRENT
from portal.organisations.communes import distance_km

WEEKS_SHOWN, DAYS_OF_WEEK = 4, 7
GROUP_WORDS = {
    "0-12": "jusqu’à 12 mois", "13-24": "de 13 à 24 mois", "25-36": "de 25 à 36 mois", "37-72": "de 37 mois à 6 ans",
    "ANY": "tous les âges",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Week:
    """The places free on each day of a week, in the morning and in the afternoon."""

    days: list[date]
    halves: list[tuple[str, list[int]]]


@dataclass(frozen=True, slots=True)
class Free:
    """The next weeks of one kind of care and age group."""

    kind: str
    ages: str
    weeks: list[Week]


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """`told`: what its professional and its files tell of it, the same as on their own page."""

    place: CarePlace
    told: ShownPlace
    distance: str
    freshness: str
    confirmed: str
    free: list[Free]
    fit: Fit | None

    @property
    def commune(self) -> str:
        """For a desk: never that of an address that is hidden."""
        return "" if self.told.is_hidden else self.place.insee_code


def published(pk: int, on: date) -> CarePlace:
    """Raises CarePlace.DoesNotExist, also for a place that is not shown (yet, or any more)."""
    return published_on(on).get(pk=pk)


def published_on(on: date) -> QuerySet[CarePlace]:
    """The places that have a page for families on that day."""
    still = Q(published_until=None) | Q(published_until__gt=on)
    return CarePlace.objects.filter(still, published_from__lte=on)


def place_shown(place: CarePlace, need: Need | None, on: date) -> PlaceShown:
    told = shown_place(place, on)
    declared = timezone.localtime(place.declared_at).date() if place.declared_at else None
    age = told.freshness or "HIDDEN"
    free = [] if age == "HIDDEN" else _free(place, need, on)
    fit = _fit(place, need) if need and age != "HIDDEN" else None
    distance = _distance(place, need, about=told.is_hidden)
    return PlaceShown(place, told, distance, age, words.confirmed(declared, on), free, fit)


def _fit(place: CarePlace, need: Need) -> Fit:
    """What the place serves of the need, as the list counts it."""
    plan = plan_of(need, _opening(place))
    rows = AvailabilityMonth.objects.filter(
        place=place, kind=need.kind, age_group__in=need.groups, month__in=list(plan.masks)
    ).values_list("month", "places")
    months = merged([month for month, _places in rows], b"".join(bytes(places) for _month, places in rows))
    return with_places(fit_of(plan, months), plan, months)


def _opening(place: CarePlace) -> Opening:
    """The hours of a structure as received, those that a childminder told, or none known: as the list reads them."""
    if place.provider == Provider.STRUCTURE:
        row = CareStructure.objects.filter(CURRENT, cnaf_id=place.number).first()
        return Opening(tuple(getattr(row, day) for day in WEEK), row.closed_periods) if row else Opening()
    told = conditions_of(place).opening_hours
    return Opening(week_of(told)) if told else Opening()


def _distance(place: CarePlace, need: Need | None, *, about: bool) -> str:
    if need is None:
        return ""
    km = distance_km(need.commune.lat, need.commune.lon, place.lat, place.lon)
    return f"{words.distance(km, about=about)} de {need.commune.name}"


def _free(place: CarePlace, need: Need | None, on: date) -> list[Free]:
    """The kinds and ages that have a place in the next weeks; with a need, those that serve its child."""
    monday = on - timedelta(days=on.weekday())
    end = monday + timedelta(days=DAYS_OF_WEEK * WEEKS_SHOWN)
    rows = AvailabilityMonth.objects.filter(place=place, month__gte=monday.replace(day=1), month__lt=end)
    months: dict[Series, bytes] = {(row.month, row.kind, row.age_group): bytes(row.places) for row in rows}
    series = sorted({(kind, group) for _month, kind, group in months}, key=_order)
    wanted = [(kind, group) for kind, group in series if need is None or group in need.groups]
    shown = [
        Free(words.KINDS[kind], GROUP_WORDS[group], _weeks(months, kind, group, monday, on)) for kind, group in wanted
    ]
    return [one for one in shown if one.weeks]


def _order(series: tuple[str, str]) -> tuple[int, str]:
    return list(words.KINDS).index(series[0]), series[1]


def _weeks(months: dict[Series, bytes], kind: str, group: str, monday: date, on: date) -> list[Week]:
    """Those of the next weeks in which something is free."""
    every = (monday + timedelta(days=DAYS_OF_WEEK * number) for number in range(WEEKS_SHOWN))
    weeks = (_week(months, kind, group, first, on) for first in every)
    return [week for week in weeks if any(places for _half, row in week.halves for places in row)]


def _week(months: dict[Series, bytes], kind: str, group: str, monday: date, on: date) -> Week:
    """Monday to Friday, and the weekend when something is free then. What is past is free no more."""
    days = [monday + timedelta(days=number) for number in range(DAYS_OF_WEEK)]
    rows = [(name, [_places(months, kind, group, day, band) if day >= on else 0 for day in days])
            for name, band in (("Matin", "AM"), ("Après-midi", "PM"))]  # fmt: skip
    shown = DAYS_OF_WEEK if any(any(row[SATURDAY:]) for _name, row in rows) else SATURDAY
    return Week(days[:shown], [(name, row[:shown]) for name, row in rows])


def _places(months: dict[Series, bytes], kind: str, group: str, day: date, band: str) -> int:
    row = months.get((day.replace(day=1), kind, group))
    return max(row[place_of(day, band)], row[place_of(day, "FULL")]) if row else 0


def paid_mode(place: CarePlace, known: Known | None) -> str:
    """The mode of the comparison of costs that this place is."""
    if place.provider == Provider.CHILDMINDER or place.kind == "CHILDMINDER_HOUSE":
        return "CHILDMINDER"
    return (
        "MICRO_CRECHE"
        if known is not None and getattr(known.received, "funding", "") == Funding.MICRO_CMG
        else place.kind
    )
