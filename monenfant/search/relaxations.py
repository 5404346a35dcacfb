"""When nothing fits: the nearest ways round, each with how many places serve it.

Farther: the next circle that holds any. Other days and halves: read together, circle after circle, until one of them fills
a page; then the counts are those met so far. Fewer criteria: each alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from monenfant.search import words
from monenfant.search.hours import MIDDAY, SATURDAY
from monenfant.search.need import PUNCTUAL_DAYS, RADII, Need
from monenfant.search.selectors import PAGE, search, search_together

RADII_TRIED, DAYS_TRIED, DAYS_AROUND = 2, 3, 4
MORNING, EVENING = 8 * 60, 18 * 60
ALONE_MOST = 3


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A need that differs in one thing, in words, and how many places serve it (`has_more`: that many at least)."""

    label: str
    need: Need
    count: int
    has_more: bool


def relaxations(need: Need, *, on: date) -> list[Relaxation]:
    """Those that some place serves, in the order a family would try them."""
    return [*_farther(need, on), *_at_other_times(need, on), *_with_fewer_criteria(need, on)]


def _farther(need: Need, on: date) -> Iterator[Relaxation]:
    """The first larger circle that holds a place, of the next two."""
    beyond = need.radius_km
    for radius in [one for one in RADII if one > need.radius_km][:RADII_TRIED]:
        other = need.but(radius_km=radius)
        found = search(other, on=on, beyond=beyond)
        if found.matches:
            yield Relaxation(f"À {radius}{words.NO_BREAK}km", other, len(found.matches), found.has_more)
            return
        beyond = radius


def _at_other_times(need: Need, on: date) -> Iterator[Relaxation]:
    tried = [*_other_days(need, on), *_one_half(need)]
    counts, is_whole = search_together([other for _label, other in tried], on=on)
    for (label, other), count in zip(tried, counts, strict=True):
        if count:
            yield Relaxation(label, other, min(count, PAGE), count > PAGE or not is_whole)


def _other_days(need: Need, on: date) -> Iterator[tuple[str, Need]]:
    """Of one day, the weekdays around it, the nearest first; of several, each alone."""
    if need.is_regular:
        return
    if len(need.days) > 1:
        for day in need.days[:ALONE_MOST]:
            alone = need.but(first=day, last=day, weekdays=frozenset())
            yield f"{words.when(alone).capitalize()} {day:%d/%m} seulement", alone
        return
    around = (need.first + timedelta(days=step * side) for step in range(1, DAYS_AROUND + 1) for side in (1, -1))
    usual = [day for day in around if on <= day <= on + timedelta(days=PUNCTUAL_DAYS) and day.weekday() < SATURDAY]
    for day in usual[:DAYS_TRIED]:
        other = need.but(first=day, last=day)
        yield f"{words.when(other).capitalize()} {day:%d/%m}", other


def _one_half(need: Need) -> Iterator[tuple[str, Need]]:
    """Of a whole day, each of its halves."""
    if len(need.halves) < 2:
        return
    start, end = need.hours or (MORNING, EVENING)
    yield "Le matin seulement", need.but(hours=(start, MIDDAY))
    yield "L’après-midi seulement", need.but(hours=(MIDDAY, end))


def _with_fewer_criteria(need: Need, on: date) -> Iterator[Relaxation]:
    for label, other in _fewer_criteria(need):
        found = search(other, on=on)
        if found.matches:
            yield Relaxation(label, other, len(found.matches), found.has_more)


def _fewer_criteria(need: Need) -> Iterator[tuple[str, Need]]:
    if need.modes:
        yield "Tous les modes de garde", need.but(modes=())
    if need.atypical:
        yield "Sans horaires particuliers", need.but(atypical=False)
    if need.disability:
        yield "Sans le critère du handicap, à demander au lieu", need.but(disability=False)
    if need.kind == "EMERGENCY":
        yield "Parmi les besoins ponctuels", need.but(kind="OCCASIONAL")
