"""Which département somebody means: its number, its name, or one of its communes. Pure: the directory and the communes."""

from dataclasses import dataclass

from portal.organisations.communes import Commune, commune_meant
from portal.organisations.directory import departements
from portal.people.identity import name_key


@dataclass(frozen=True)
class Place:
    """The département meant, in words; or the communes among which to choose; neither when nothing is known by that name."""

    departement: str = ""
    words: str = ""
    among: tuple[Commune, ...] = ()


def place_meant(text: str) -> Place:
    """A commune may be typed with its postcode: that tells apart those of one name."""
    number = _departement(text)
    if number:
        return Place(number, f"{departements()[number].name} ({number})")
    return _of(commune_meant(text)) if text else Place()


def _departement(text: str) -> str:
    typed = text.strip().upper()
    if typed in departements():
        return typed
    key = name_key(text)
    return next((one.number for one in departements().values() if key and name_key(one.name) == key), "")


def _of(found: tuple[Commune, ...]) -> Place:
    """Several communes of one département mean it."""
    numbers = {one.departement for one in found}
    if len(numbers) != 1:
        return Place(among=found)
    number = numbers.pop()
    named = f"{found[0].name}, " if len(found) == 1 else ""
    return Place(number, f"{named}{departements()[number].name} ({number})")
