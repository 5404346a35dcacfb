"""From the counts of a day to what may be shown of them: statistical secrecy, rates, and what stands for the rest.

Each kind of count has its own units: communes may be shown for their childminders and withheld for their structures. Where a
département is withheld, so are its communes. What is withheld is None, like what nobody told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from monenfant.figures.rates import coverage, per_mille, unfilled_places
from monenfant.figures.secrecy import LEAST, withheld
from monenfant.models import AreaFigures, FigureDay
from monenfant.models.figures import HALF_DAYS
from portal.organisations.communes import communes
from portal.organisations.directory import departements

# The unit that is counted, and what is told of it.
GROUPS = {
    "structures": ("structures", "structure_places", "structures_reporting"),
    "childminders": ("childminders", "childminder_places", "childminders_reporting"),
    "structures_heard": ("structures_heard", "structure_free"),
    "childminders_heard": ("childminders_heard", "childminder_free"),
    "hours_structures": (
        "hours_structures", "hours_places", "presence_hours", "billed_hours", "theoretical_hours",
    ),
}  # fmt: skip
MEASURES = [name for names in GROUPS.values() for name in names]
FRANCE, OTHERS = "FR", ""
Free = list[int]


@dataclass(frozen=True)
class Area:
    """A commune, a département or the country as it may be shown; number « » for the communes withheld, together."""

    number: str
    name: str
    departement: str = ""
    structures: int | None = None
    structure_places: int | None = None
    structures_reporting: int | None = None
    childminders: int | None = None
    childminder_places: int | None = None
    childminders_reporting: int | None = None
    structures_heard: int | None = None
    structure_free: Free | None = None
    childminders_heard: int | None = None
    childminder_free: Free | None = None
    hours_structures: int | None = None
    hours_places: int | None = None
    presence_hours: int | None = None
    billed_hours: int | None = None
    theoretical_hours: int | None = None
    children_under_3: int | None = None
    population_year: int | None = None
    population_source: str = ""

    @property
    def places(self) -> int | None:
        """Of formal modes: structures and childminders, both shown."""
        if self.structure_places is None or self.childminder_places is None:
            return None
        return self.structure_places + self.childminder_places

    @property
    def coverage(self) -> int | None:
        return None if self.places is None else coverage(self.places, self.children_under_3)

    @property
    def structures_rate(self) -> int | None:
        return _rate(self.structures_reporting, self.structures)

    @property
    def childminders_rate(self) -> int | None:
        return _rate(self.childminders_reporting, self.childminders)

    @property
    def real_occupancy(self) -> int | None:
        return _rate(self.presence_hours, self.theoretical_hours)

    @property
    def billed_occupancy(self) -> int | None:
        return _rate(self.billed_hours, self.theoretical_hours)

    @property
    def unfilled(self) -> int | None:
        if self.hours_places is None or self.presence_hours is None or self.theoretical_hours is None:
            return None
        return unfilled_places(self.hours_places, self.presence_hours, self.theoretical_hours)


def _rate(part: int | None, whole: int | None) -> int | None:
    return None if part is None or whole is None else per_mille(part, whole)


class Published:
    """What may be shown of a day, read once."""

    def __init__(self, day: FigureDay) -> None:
        self.day = day

    @cached_property
    def _wholes(self) -> dict[str, AreaFigures]:
        return {row.departement: row for row in self.day.areas.filter(commune="")}

    @cached_property
    def _hidden(self) -> dict[str, frozenset[str]]:
        """By unit, the départements that are withheld."""
        return _withheld(self._wholes)

    @cached_property
    def departements(self) -> list[Area]:
        """Those where something was counted, in the order of their numbers."""
        names = departements()
        return [
            _area(number, names[number].name, number, row, _units_with(number, self._hidden))
            for number, row in sorted(self._wholes.items())
            if number in names
        ]

    def departement(self, number: str) -> Area:
        """Raises KeyError where nothing was counted."""
        return {one.number: one for one in self.departements}[number]

    def communes(self, departement: str) -> list[Area]:
        """The communes of which anything may be shown, the largest first, then the others together."""
        rows = {row.commune: row for row in self.day.areas.filter(departement=departement).exclude(commune="")}
        return self._told(departement, rows)

    def every_commune(self) -> Iterable[Area]:
        """Département by département."""
        rows = self.day.areas.exclude(commune="").order_by("departement").iterator()
        for departement, many in groupby(rows, key=lambda row: row.departement):
            yield from self._told(departement, {row.commune: row for row in many})

    def _told(self, departement: str, rows: dict[str, AreaFigures]) -> list[Area]:
        hidden = _withheld(rows)
        closed = _units_with(departement, self._hidden)
        names = communes()
        shown = [
            _area(number, names[number].name, departement, row, closed | _units_with(number, hidden))
            for number, row in sorted(rows.items())
            if number in names
        ]
        told = [one for one in shown if any(getattr(one, unit) for unit in GROUPS)]
        return [*told, *self._others(departement, told)]

    def _others(self, departement: str, told: Sequence[Area]) -> list[Area]:
        """What stays of the département once the communes told are taken out; nothing when nothing stays."""
        whole = self.departement(departement)
        left = {
            name: _left(getattr(whole, name), [getattr(one, name) for one in told])
            for names in GROUPS.values()
            for name in names
        }
        others = Area(OTHERS, "Autres communes, ensemble", departement, **left)  # type: ignore[arg-type]
        return [others] if any(getattr(others, unit) for unit in GROUPS) else []

    @cached_property
    def france(self) -> Area:
        """The sum of every département, withheld or not. Coverage is another matter: `covered`."""
        rows = self._wholes.values()
        summed = {name: _sum([getattr(row, name) for row in rows]) for name in MEASURES}
        shown = {
            name: summed[name] if not 0 < (summed[unit] or 0) < LEAST else None  # type: ignore[operator]
            for unit, names in GROUPS.items() for name in names
        }  # fmt: skip
        return Area(FRANCE, "France", **shown)  # type: ignore[arg-type]

    @cached_property
    def covered(self) -> Area:
        """The départements whose coverage is shown, together: nothing else enters, so that nothing is found from it."""
        known = [one for one in self.departements if one.coverage is not None]
        if not known:
            return Area(FRANCE, "")
        sums = {name: _sum([getattr(one, name) for one in known])
                for name in ("structure_places", "childminder_places", "children_under_3")}  # fmt: skip
        sources = ", ".join(sorted({one.population_source for one in known}))
        year = max(one.population_year or 0 for one in known)
        return Area(FRANCE, "", **sums, population_source=sources, population_year=year)  # type: ignore[arg-type]


def _withheld(rows: dict[str, AreaFigures]) -> dict[str, frozenset[str]]:
    return {unit: withheld({number: getattr(row, unit) for number, row in rows.items()}) for unit in GROUPS}


def _units_with(number: str, hidden: dict[str, frozenset[str]]) -> set[str]:
    return {unit for unit in GROUPS if number in hidden[unit]}


def _area(number: str, name: str, departement: str, row: AreaFigures, hidden: set[str]) -> Area:
    told = {name: getattr(row, name) for unit, names in GROUPS.items() if unit not in hidden for name in names}
    return Area(
        number, name, departement, **told, children_under_3=row.children_under_3, population_year=row.population_year,
        population_source=row.population_source,
    )  # fmt: skip


def _sum(values: Sequence[int | Free | None]) -> int | Free:
    """Of numbers, or half-day by half-day; None adds nothing."""
    known = [value for value in values if value is not None]
    if any(isinstance(value, list) for value in known):
        return [sum(half) for half in zip(*known, strict=True)]  # type: ignore[arg-type]
    return sum(known)  # type: ignore[arg-type]


def _left(whole: int | Free | None, told: Sequence[int | Free | None]) -> int | Free | None:
    if whole is None:
        return None
    if isinstance(whole, list):
        taken = _sum(told) or [0] * HALF_DAYS
        return [all_ - part for all_, part in zip(whole, taken, strict=True)]  # type: ignore[arg-type]
    return whole - _sum(told)  # type: ignore[operator]


def latest() -> Published | None:
    """The last day counted; None before the first."""
    day = FigureDay.objects.order_by("-counted_on").first()
    return Published(day) if day else None
