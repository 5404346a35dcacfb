"""What anybody may read of a place: the public page and the profile of the professional show the same, from here."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from django.utils import timezone

from monenfant.models import Approval, CarePlace, CarePlaceKind, CareStructure, Provider, StructureType
from monenfant.naming import DAYS
from monenfant.reporting.conditions import CONDITIONS, Conditions, conditions_of
from monenfant.reporting.contacts import Known, NothingReceived, known_of
from monenfant.reporting.stops import stopped_on
from monenfant.rules.availability import freshness
from monenfant.rules.childminders import Contacts
from monenfant.rules.opening import WEEK, spans_of

KINDS = dict(StructureType.choices) | {
    CarePlaceKind.HOME: "Accueil à son domicile", CarePlaceKind.MAM: "En maison d’assistants maternels",
}  # fmt: skip
SOMEBODY = "Lieu d’accueil"


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """`is_hidden`: only how far it is may be said. `until` is set while nobody is received; null beside `is_stopped`: until
    further notice."""

    name: str
    kind: str
    city: str
    contacts: Contacts
    web: str
    is_hidden: bool
    hours: list[tuple[str, str]]
    rate_cents: int | None
    conditions: list[str]
    declared_at: datetime | None
    freshness: str
    is_stopped: bool
    until: date | None


def shown_place(place: CarePlace, on: date) -> ShownPlace:
    """Where nothing is known of an approval, everything is hidden."""
    told = conditions_of(place) if place.provider == Provider.CHILDMINDER else None
    try:
        return shown_as(place, known_of(place, on), told, on)
    except NothingReceived:
        return shown_as(place, None, None, on)


def shown_as(place: CarePlace, known: Known | None, told: Conditions | None, on: date) -> ShownPlace:
    """What would be shown with these words."""
    stop = stopped_on(on).filter(place=place).first()
    return ShownPlace(
        name=known.name if known else SOMEBODY, kind=KINDS[place.kind], city=(known.received.city or "") if known else "",
        contacts=known.shown if known else Contacts("", "", ""), web=known.web if known else "",
        is_hidden=known is None or known.is_hidden, hours=_hours(known.received, told) if known else [],
        rate_cents=told.hourly_rate_cents if told else None, conditions=[_ages(place), *_conditions(told)],
        declared_at=place.declared_at, freshness=freshness_of(place, on), is_stopped=stop is not None,
        until=stop.end if stop else None,
    )  # fmt: skip


def freshness_of(place: CarePlace, on: date) -> str:
    """As `monenfant.rules.availability.freshness` says it; empty when nothing was told."""
    if place.declared_at is None:
        return ""
    declared_on = timezone.localtime(place.declared_at).date()
    return freshness(declared_on, on, by_childminder=place.provider == Provider.CHILDMINDER)


def _ages(place: CarePlace) -> str:
    return f"Enfants de {place.age_min_months} mois à {place.age_max_months} mois"


def _hours(row: Approval | CareStructure, told: Conditions | None) -> list[tuple[str, str]]:
    """As people read them: days that follow one another with the same hours are told once (« lundi à vendredi »)."""
    week = told.opening_hours if told else {}
    given = [week.get(name) or getattr(row, name, None) or "" for name in WEEK]
    runs = [(text, [day for day, _text in run]) for text, run in groupby(zip(DAYS, given, strict=True), itemgetter(1))]
    return [(_days(days), _said(text)) for text, days in runs if text]


def _days(days: list[str]) -> str:
    return days[0] if len(days) == 1 else f"{days[0]} à {days[-1]}" if len(days) > 2 else " et ".join(days)


def _said(text: str) -> str:
    return ", ".join(f"{_hour(start)} – {_hour(end)}" for start, end in spans_of(text))


def _hour(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour} h {minute:02d}" if minute else f"{hour} h"


def _conditions(told: Conditions | None) -> list[str]:
    if told is None:
        return []
    said = ((words, told.answers.get(name)) for name, words in CONDITIONS.items())
    return [words[1] if answer else words[2] for words, answer in said if answer is not None]
