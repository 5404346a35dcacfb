"""What a family asks, read from the criteria of an address: every error at once, each with what to write instead.

The child's date of birth is never one of them: the form turns it into months before there is an address.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.http import QueryDict

from monenfant.rules.availability import AGE_GROUPS, KINDS, WINDOW_DAYS_MOST, age_group_of
from monenfant.rules.opening import Span, minutes_of
from monenfant.search.hours import SATURDAY, halves_of
from portal.frame.questions import iso_day
from portal.legislation.calendar import public_holidays
from portal.organisations.communes import Commune, UnknownCommune, commune_of

RADII, RADIUS = (1, 2, 5, 10, 20, 50), 5
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
MODES = {
    "CRECHE": ("COLLECTIVE", "FAMILY", "PARENTAL"), "MICRO": ("MICRO",), "CHILDMINDER": ("HOME",),
    "HOUSE": ("MAM", "CHILDMINDER_HOUSE"),
}  # fmt: skip
PUNCTUAL_DAYS, PATTERN_WEEKS, OLDEST_MONTHS = 30, 12, 72
CRITERIA = (
    "commune", "radius_km", "kind", "date_from", "date_to", "time_from", "time_to", "weekdays", "age_months", "modes",
    "disability", "atypical_hours",
)  # fmt: skip
Error = dict[str, str]


@dataclass(frozen=True)
class Need:
    """One search. `last` is the last day asked for; no hours: the whole day; no mode: all of them."""

    commune: Commune
    radius_km: int
    kind: str
    first: date
    last: date
    weekdays: frozenset[int]
    hours: Span | None
    age_months: int
    modes: tuple[str, ...] = ()
    disability: bool = False
    atypical: bool = False

    @property
    def is_regular(self) -> bool:
        return self.kind == "REGULAR"

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days asked for. A need of one day is that day; a weekly one leaves out public holidays."""
        if self.first == self.last:
            return (self.first,)
        every = (self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))
        wanted = self.weekdays or frozenset(range(SATURDAY))
        return tuple(
            day
            for day in every
            if day.weekday() in wanted and not (self.is_regular and day in public_holidays(day.year))
        )

    @property
    def halves(self) -> tuple[str, ...]:
        return halves_of(self.hours)

    @property
    def groups(self) -> tuple[str, ...]:
        """The age groups whose places serve the child."""
        return (age_group_of(self.age_months) or AGE_GROUPS[0], "ANY")

    @property
    def kinds(self) -> list[str]:
        """The kinds of places asked for."""
        return [kind for mode in self.modes or MODES for kind in MODES[mode]]

    @property
    def criteria(self) -> QueryDict:
        """The address of this search: what is as usual is left out."""
        found = QueryDict(mutable=True)
        found["commune"], found["radius_km"], found["kind"] = self.commune.code, str(self.radius_km), self.kind
        found["date_from"], found["age_months"] = self.first.isoformat(), str(self.age_months)
        if self.last != default_last(self.kind, self.first):
            found["date_to"] = self.last.isoformat()
        if self.hours:
            found["time_from"], found["time_to"] = (f"{at // 60:02d}:{at % 60:02d}" for at in self.hours)
        found.setlist("weekdays", [WEEKDAYS[day] for day in sorted(self.weekdays)])
        found.setlist("modes", list(self.modes))
        for name, asked in (("disability", self.disability), ("atypical_hours", self.atypical)):
            if asked:
                found[name] = "1"
        return found

    def but(self, **changes: Any) -> "Need":
        return replace(self, **changes)


def default_last(kind: str, first: date) -> date:
    """One day; a weekly need is counted over twelve weeks, as far as there are days."""
    if kind != "REGULAR":
        return first
    return first + min(timedelta(days=7 * PATTERN_WEEKS - 1), date.max - first)


class Reader:
    """Reads the criteria one by one and keeps what is wrong with each."""

    def __init__(self, given: QueryDict) -> None:
        self.given = given
        self.errors: list[Error] = []

    def text(self, name: str) -> str:
        return self.given.get(name, "").strip()

    def wrong(self, name: str, label: str, message: str) -> None:
        self.errors.append({"column": name, "label": label, "message": message, "remedy": ""})

    def commune(self) -> Commune | None:
        try:
            return commune_of(self.text("commune"))
        except UnknownCommune:
            self.wrong("where", "Où", "Écrivez une commune ou un code postal, par exemple Riom ou 63200.")
            return None

    def radius(self) -> int:
        text = self.text("radius_km") or str(RADIUS)
        if text not in map(str, RADII):
            self.wrong("radius_km", "Rayon", "Choisissez 1, 2, 5, 10, 20 ou 50 km.")
            return RADIUS
        return int(text)

    def choice(self, name: str, label: str, choices: tuple[str, ...], default: str) -> str:
        text = self.text(name) or default
        if text not in choices:
            self.wrong(name, label, "Choisissez une des réponses de la liste.")
            return default
        return text

    def choices(self, name: str, label: str, choices: tuple[str, ...]) -> list[str]:
        found = self.given.getlist(name)
        if not set(found).issubset(choices):
            self.wrong(name, label, "Choisissez parmi les réponses de la liste.")
        return [one for one in choices if one in found]

    def day(self, name: str, label: str, default: date | None = None) -> date | None:
        text = self.text(name)
        if not text and default:
            return default
        try:
            return date.fromisoformat(iso_day(text))
        except ValueError:
            self.wrong(name, label, "Écrivez une date, par exemple 29/10/2026.")
            return None

    def hours(self) -> Span | None:
        start, end = self.text("time_from"), self.text("time_to")
        if not start and not end:
            return None
        try:
            hours = minutes_of(start), minutes_of(end)
        except ValueError:
            self.wrong("time_from", "Heures", "Écrivez les deux heures, par exemple de 14:00 à 18:00, ou aucune.")
            return None
        if hours[0] >= hours[1]:
            self.wrong("time_to", "Heures", "L’heure de fin doit venir après l’heure de début.")
            return None
        return hours

    def age(self) -> int | None:
        text = self.text("age_months")
        if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= OLDEST_MONTHS):
            self.wrong("age_months", "Âge", "Écrivez l’âge en mois, de 0 à 72, ou la date de naissance.")
            return None
        return int(text)


def read_need(given: QueryDict, on: date) -> tuple[Need | None, list[Error]]:
    """The need that the criteria tell, or all that is wrong with them."""
    reader = Reader(given)
    commune, radius = reader.commune(), reader.radius()
    kind = reader.choice("kind", "Besoin", KINDS, "OCCASIONAL")
    first = reader.day("date_from", "Premier jour")
    last = reader.day("date_to", "Dernier jour", default_last(kind, first) if first else on)
    hours, age = reader.hours(), reader.age()
    weekdays = frozenset(WEEKDAYS.index(code) for code in reader.choices("weekdays", "Jours", WEEKDAYS))
    modes = tuple(reader.choices("modes", "Mode de garde", tuple(MODES)))
    if first and last:
        _check_days(reader, kind, first, last, on)
    if reader.errors or commune is None or first is None or last is None or age is None:
        return None, reader.errors
    need = Need(
        commune, radius, kind, first, last, weekdays, hours, age, modes, reader.text("disability") == "1",
        reader.text("atypical_hours") == "1",
    )  # fmt: skip
    if not need.days:
        reader.wrong(
            "weekdays", "Jours", "Aucun de ces jours n’est entre vos deux dates. Changez les uns ou les autres."
        )
        return None, reader.errors
    return need, []


def _check_days(reader: Reader, kind: str, first: date, last: date, on: date) -> None:
    """A punctual need lies within thirty days; a weekly one begins within six months and is counted over six at most."""
    horizon = on + timedelta(days=WINDOW_DAYS_MOST if kind == "REGULAR" else PUNCTUAL_DAYS)
    if first < on:
        reader.wrong("date_from", "Premier jour", "Ce jour est passé. Choisissez aujourd’hui ou un jour qui vient.")
    elif first > horizon:
        reader.wrong("date_from", "Premier jour", f"Choisissez un jour jusqu’au {horizon:%d/%m/%Y}.")
    elif last < first:
        reader.wrong("date_to", "Dernier jour", "Le dernier jour doit venir après le premier.")
    elif kind == "REGULAR" and (last - first).days >= WINDOW_DAYS_MOST:
        reader.wrong("date_to", "Dernier jour", "Comptez six mois au plus entre les deux dates.")
    elif kind != "REGULAR" and last > horizon:
        reader.wrong("date_to", "Dernier jour", f"Un besoin ponctuel va jusqu’au {horizon:%d/%m/%Y} au plus.")
