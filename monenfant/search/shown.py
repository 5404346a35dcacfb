"""What everybody may see of a place: its name, where it lies or about how far, what it offers, how to reach it.

Identity of a childminder is public (CASF L. 421-3); of contacts, what they left to show (R. 421-39), in the words told on
the site when there are any. Where nothing is known of an approval, everything is hidden.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Model

from monenfant.models import Approval, CarePlaceKind, CareStructure, ContactsTold, Provider, StructureType
from monenfant.reporting.contacts import Words
from monenfant.rules.childminders import Contacts
from monenfant.search import words
from monenfant.search.selectors import Match
from portal.exchange.received import CURRENT

KINDS = dict(StructureType.choices) | {
    CarePlaceKind.HOME: "Accueil à son domicile", CarePlaceKind.MAM: "En maison d’assistants maternels",
}  # fmt: skip
NOBODY = Contacts("", "", "")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who receives children there, and how to reach them. `row` is what was received: never shown as it is."""

    name: str
    contacts: Contacts
    is_hidden: bool
    web: str = ""
    row: Model | None = None


UNKNOWN = Identity("Lieu d’accueil", NOBODY, is_hidden=True)


@dataclass(frozen=True, slots=True)
class Card:
    """A place in a list. `number` is its number there, and on the map when it has a point; a hidden one has none."""

    number: int
    pk: int
    name: str
    kind: str
    distance: str
    distance_km: float
    is_hidden: bool
    places: int
    percent: int
    declared_on: date | None
    confirmed: str
    lat: float | None
    lon: float | None


def cards(
    matches: Sequence[Match], known: dict[tuple[str, str], Identity], today: date, *, is_fresh: bool = True
) -> list[Card]:  # fmt: skip
    return [
        _card(number, match, known.get((match.provider, match.number), UNKNOWN), _age(match, today, is_fresh))
        for number, match in enumerate(matches, start=1)
    ]


def _age(match: Match, today: date, is_fresh: bool) -> str:
    if is_fresh or match.declared_on is None:
        return words.confirmed(match.declared_on, today)
    return words.told_long_ago(match.declared_on, today)


def _card(number: int, match: Match, who: Identity, confirmed: str) -> Card:
    return Card(
        number, match.pk, who.name, KINDS[match.kind], words.distance(match.distance, about=who.is_hidden),
        words.about_km(match.distance) if who.is_hidden else round(match.distance, 1), who.is_hidden,
        match.fit.places if match.fit else 0, match.fit.percent if match.fit else 0, match.declared_on,
        confirmed, None if who.is_hidden else match.lat, None if who.is_hidden else match.lon,
    )  # fmt: skip


def identities(places: Iterable[tuple[str, str]], today: date) -> dict[tuple[str, str], Identity]:
    """Who is behind each (provider, number), in three queries."""
    wanted: dict[str, list[str]] = {Provider.STRUCTURE: [], Provider.CHILDMINDER: []}
    for provider, number in places:
        wanted[provider].append(number)
    told = _told(wanted)
    structures = CareStructure.objects.filter(CURRENT, cnaf_id__in=wanted[Provider.STRUCTURE])
    approvals = Approval.objects.filter(CURRENT, childminder_no__in=wanted[Provider.CHILDMINDER])
    in_force = sorted(
        approvals, key=lambda one: (one.start > today, abs((one.start - today).days), one.approval_number), reverse=True
    )
    named = [(str(Provider.STRUCTURE), one.cnaf_id, one.name, one) for one in structures] + [
        (str(Provider.CHILDMINDER), one.childminder_no, f"{one.first_names or ''} {one.last_name}".strip(), one)
        for one in in_force
    ]
    return {
        (provider, number): _identity(name, Words(row, told.get((provider, number))))
        for provider, number, name, row in named
    }


def _told(wanted: dict[str, list[str]]) -> dict[tuple[str, str], ContactsTold]:
    """The last words of each of these places."""
    numbers = [number for some in wanted.values() for number in some]
    last = ContactsTold.objects.filter(is_last=True, place__number__in=numbers).select_related("place")
    return {(one.place.provider, one.place.number): one for one in last}


def _identity(name: str, known: Words) -> Identity:
    return Identity(name, known.shown, known.is_hidden, known.web, known.received)
