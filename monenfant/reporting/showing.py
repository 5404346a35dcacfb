"""What anybody may read of a place: the public page and the profile of the professional show the same, from here."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from django.utils import timezone

from monenfant.models import Approval, CarePlace, CareStructure, Provider
from monenfant.reporting.conditions import CONDITIONS, Conditions, conditions_of
from monenfant.reporting.contacts import Known, known_of
from monenfant.reporting.held import WEEKDAYS
from monenfant.reporting.stops import stopped_on
from monenfant.rules.availability import freshness
from monenfant.rules.childminders import Contacts

DAY_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


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
    """Raises NothingReceived."""
    told = conditions_of(place) if place.provider == Provider.CHILDMINDER else None
    return shown_as(known_of(place, on), told, on)


def shown_as(known: Known, told: Conditions | None, on: date) -> ShownPlace:
    """What would be shown with these words."""
    place, row = known.place, known.received
    stop = stopped_on(on).filter(place=place).first()
    return ShownPlace(
        name=_name(row), kind=_kind(known), city=row.city or "", contacts=known.shown, web=known.web,
        is_hidden=known.is_hidden, hours=_hours(row, told),
        rate_cents=told.hourly_rate_cents if told else None, conditions=_conditions(told), declared_at=place.declared_at,
        freshness=freshness_of(place, on), is_stopped=stop is not None, until=stop.end if stop else None,
    )  # fmt: skip


def freshness_of(place: CarePlace, on: date) -> str:
    """As `monenfant.rules.availability.freshness` says it; empty when nothing was told."""
    if place.declared_at is None:
        return ""
    declared_on = timezone.localtime(place.declared_at).date()
    return freshness(declared_on, on, by_childminder=place.provider == Provider.CHILDMINDER)


def _name(row: Approval | CareStructure) -> str:
    return f"{row.first_names or ''} {row.last_name}".strip() if isinstance(row, Approval) else row.name


def _kind(known: Known) -> str:
    row = known.received
    if isinstance(row, CareStructure):
        return row.get_type_display()
    where = "à son domicile" if known.at_home else "en maison d’assistants maternels"
    return f"Assistante maternelle ou assistant maternel, {where}"


def _hours(row: Approval | CareStructure, told: Conditions | None) -> list[tuple[str, str]]:
    """As people read them: days that follow one another with the same hours are told once (« lundi à vendredi »)."""
    week = told.opening_hours if told else {}
    given = [week.get(name) or getattr(row, name, None) or "" for name in WEEKDAYS]
    runs = [
        (text, [day for day, _text in run]) for text, run in groupby(zip(DAY_NAMES, given, strict=True), itemgetter(1))
    ]
    return [(_days(days), _said(text)) for text, days in runs if text]


def _days(days: list[str]) -> str:
    return days[0] if len(days) == 1 else f"{days[0]} à {days[-1]}" if len(days) > 2 else " et ".join(days)


def _said(text: str) -> str:
    parts = []
    for part in text.split("|"):
        parts.append(" – ".join(_hour(clock) for clock in part.split("-")))
    return ", ".join(parts)


def _hour(clock: str) -> str:
    hours, _colon, minutes = clock.partition(":")
    return f"{int(hours)} h {minutes}" if minutes != "00" else f"{int(hours)} h"


def _conditions(told: Conditions | None) -> list[str]:
    if told is None:
        return []
    said = ((words, told.answers.get(name)) for name, words in CONDITIONS.items())
    return [words[1] if answer else words[2] for words, answer in said if answer is not None]
