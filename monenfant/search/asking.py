"""The form of a search: what a family types becomes the criteria of an address, where no date of birth ever stands."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict

from monenfant.naming import DAYS
from monenfant.rules.availability import age_in_months
from monenfant.search import words
from monenfant.search.need import CRITERIA, OLDEST_MONTHS, RADII, RADIUS, WEEKDAYS, Error, Need, read_need
from portal.frame.filters import clean
from portal.frame.questions import iso_day
from portal.legislation.calendar import next_business_day
from portal.organisations.communes import Commune, UnknownCommune, commune_meant, commune_of

WHERE, BORN = "where", "child_birth_date"
BORN_LATER = "L’enfant naît après le premier jour demandé. Changez l’une des deux dates."
TOO_OLD = "Ces lieux accueillent les enfants jusqu’à six ans."
NO_DATE = "Écrivez une date, par exemple 11/02/2025, même si la naissance est à venir."


@dataclass
class Asked:
    """The form as it is shown: its values, what is wrong with them, the communes among which to choose."""

    values: QueryDict
    where: str = ""
    born: str = ""
    errors: list[Error] = field(default_factory=list)
    choices: tuple[Commune, ...] = ()

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, by field."""
        return {error["column"]: error["message"] for error in reversed(self.errors)}

    @property
    def is_open(self) -> bool:
        """Whether a criterion of the folded part is asked for, or wrong."""
        folded = ("date_to", "weekdays", "modes", "disability", "atypical_hours", "kind")
        others = {name for name in folded if self.values.get(name) not in (None, "", "OCCASIONAL")}
        return bool(others | (self.problems.keys() & set(folded)))

    def one(self, name: str) -> str:
        return str(self.values.get(name, ""))

    @property
    def kinds(self) -> list[tuple[str, str, bool]]:
        return _offered(words.KINDS.items(), [self.values.get("kind") or "OCCASIONAL"])

    @property
    def modes(self) -> list[tuple[str, str, bool]]:
        return _offered(words.MODES.items(), self.values.getlist("modes"))

    @property
    def weekdays(self) -> list[tuple[str, str, bool]]:
        return _offered(zip(WEEKDAYS, DAYS, strict=True), self.values.getlist("weekdays"))

    @property
    def radii(self) -> list[tuple[str, str, bool]]:
        offered = ((str(km), f"{km}{words.NO_BREAK}km") for km in RADII)
        return _offered(offered, [self.values.get("radius_km") or str(RADIUS)])


def _offered(choices: Any, chosen: list[str]) -> list[tuple[str, str, bool]]:
    return [(value, label, value in chosen) for value, label in choices]


def label_of(commune: Commune) -> str:
    """``Riom (63200)``, which names the same commune again."""
    return f"{commune.name} ({commune.postcodes[0]})"


def blank(on: date) -> Asked:
    """The form before anything is typed: the next working day, five kilometres."""
    values = QueryDict(mutable=True)
    values["date_from"] = next_business_day(on + timedelta(days=1)).isoformat()
    return Asked(values)


def of_address(given: QueryDict, on: date) -> tuple[Asked, Need | None]:
    """The form and the need of an address."""
    need, errors = read_need(given, on)
    try:
        where = label_of(commune_of(given.get("commune", "")))
    except UnknownCommune:
        where = ""
    return Asked(given, where, errors=errors), need


def of_form(posted: QueryDict, on: date) -> tuple[Asked, Need | None]:
    """The form as it was sent, and the need when it tells one."""
    values = QueryDict(mutable=True)
    for name in CRITERIA:
        values.setlist(name, [clean(text) for text in posted.getlist(name) if text.strip()])
    asked = Asked(values, clean(posted.get(WHERE, "")), clean(posted.get(BORN, "")))
    _choose_commune(asked)
    wrong = _count_months(asked)
    need, errors = read_need(values, on)
    if asked.choices:
        errors = [_choice_asked() if error["column"] == WHERE else error for error in errors]
    if wrong:
        errors = [error for error in errors if error["column"] != "age_months"]
    asked.errors = errors + wrong
    return asked, None if asked.errors else need


def _choice_asked() -> Error:
    message = "Plusieurs communes portent ce nom. Choisissez la vôtre."
    return {"column": "commune-0", "label": "Où", "message": message, "remedy": ""}


def _choose_commune(asked: Asked) -> None:
    """The commune typed; the one chosen among those of the name; or those among which to choose."""
    meant = commune_meant(asked.where)
    chosen = [one for one in meant if one.code == asked.one("commune")] or list(meant)
    asked.values["commune"] = chosen[0].code if len(chosen) == 1 else ""
    asked.choices = meant if len(chosen) > 1 else ()


def _count_months(asked: Asked) -> list[Error]:
    """The age in months on the first day, of a date of birth when one is given; the date goes no further."""
    if not asked.born:
        return []
    try:
        born = date.fromisoformat(iso_day(asked.born))
    except ValueError:
        return [_about_birth(NO_DATE)]
    try:
        first = date.fromisoformat(iso_day(asked.one("date_from")))
    except ValueError:
        return []
    months = age_in_months(born, first)
    if not 0 <= months <= OLDEST_MONTHS:
        return [_about_birth(BORN_LATER if months < 0 else TOO_OLD)]
    asked.values["age_months"] = str(months)
    return []


def _about_birth(message: str) -> Error:
    return {"column": BORN, "label": "Date de naissance", "message": message, "remedy": ""}
