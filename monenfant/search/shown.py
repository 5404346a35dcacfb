"""The cards of a search: a name, where it lies or about how far, what it offers.

What a place shows of itself is `monenfant.reporting.contacts`: what was received, and what its professional told since.
Where nothing is known of an approval, everything is hidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from monenfant.reporting.contacts import Key, Known
from monenfant.reporting.showing import KINDS, SOMEBODY
from monenfant.search import words
from monenfant.search.selectors import Match


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
    matches: Sequence[Match], known: Mapping[Key, Known], today: date, *, is_fresh: bool = True
) -> list[Card]:  # fmt: skip
    return [
        _card(number, match, known.get((match.provider, match.number)), _age(match, today, is_fresh))
        for number, match in enumerate(matches, start=1)
    ]


def _age(match: Match, today: date, is_fresh: bool) -> str:
    if is_fresh or match.declared_on is None:
        return words.confirmed(match.declared_on, today)
    return words.told_long_ago(match.declared_on, today)


def _card(number: int, match: Match, known: Known | None, confirmed: str) -> Card:
    is_hidden = known is None or known.is_hidden
    return Card(
        number, match.pk, known.name if known else SOMEBODY, KINDS[match.kind], words.distance(match.distance, about=is_hidden),
        words.about_km(match.distance) if is_hidden else round(match.distance, 1), is_hidden,
        match.fit.places if match.fit else 0, match.fit.percent if match.fit else 0, match.declared_on,
        confirmed, None if is_hidden else match.lat, None if is_hidden else match.lon,
    )  # fmt: skip
