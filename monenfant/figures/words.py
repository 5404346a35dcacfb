"""What the pages of figures say: the finding, the map, the free places of the week, 2019 beside today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from monenfant.figures.published import Area, Published
from monenfant.models import DeskKind, StructureType
from monenfant.naming import DAYS
from monenfant.rules.figures import monenfant_parameters
from monenfant.templatetags.figures import tenths
from portal.frame.maps import Map, area_map
from portal.frame.templatetags.portal import count

THEN = date(2019, 12, 31)
# What a volume of 2019 is made of today.
TODAY: dict[str, tuple[str, ...]] = {
    "collective_structure": (StructureType.COLLECTIVE.value, StructureType.MICRO.value),
    "parental_creche": (StructureType.PARENTAL.value,),
    "family_creche": (StructureType.FAMILY.value,),
    "childminder_house": (StructureType.CHILDMINDER_HOUSE.value,),
    **{kind.lower(): (kind,) for kind in DeskKind.values},
}
LABELS = {
    "collective_structure": "Crèches collectives et micro-crèches", "parental_creche": "Crèches parentales",
    "family_creche": "Crèches familiales", "childminder_house": "Maisons d’assistants maternels",
    "childcare_desk": "Relais petite enfance", "early_years_info_point": "Lieux d’information petite enfance",
    "leisure_centre": "Accueils de loisirs", "parent_child_place": "Lieux d’accueil enfants-parents",
    "family_mediation": "Services de médiation familiale", "contact_centre": "Espaces de rencontre",
}  # fmt: skip


@dataclass(frozen=True)
class Volume:
    label: str
    then: int
    now: int


@dataclass(frozen=True)
class Weekday:
    """The places free in the morning and the afternoon of a day; None: nobody is shown."""

    label: str
    structures: tuple[int | None, int | None]
    childminders: tuple[int | None, int | None]


def finding(area: Area) -> str:
    """The title of a page: in whole places for ten children, or what stands without children."""
    if area.coverage is not None:
        return f"{(area.coverage + 50) // 100} places d’accueil pour 10 enfants de moins de 3 ans"
    if area.places is not None:
        return f"{count(area.places)} places d’accueil référencées"
    return "Trop peu de lieux d’accueil pour un chiffre public"


def coverage_map(published: Published) -> Map:
    values = {one.number: one.coverage for one in published.departements if one.coverage is not None}
    return area_map(
        "Places d’accueil pour 100 enfants de moins de 3 ans",
        f"Carte des départements en cinq classes au plus ; {len(values)} ont des données, dans le tableau qui suit.",
        values,
        lambda value: f"{tenths(value)} places",
    )


def week(area: Area) -> list[Weekday]:
    """The days of the week on which anything is free; none where nobody is shown."""
    structures = area.structure_free if area.structures_heard else None
    childminders = area.childminder_free if area.childminders_heard else None
    days = [
        Weekday(name.capitalize(), _halves(structures, place), _halves(childminders, place))
        for place, name in enumerate(DAYS)
    ]
    return [one for one in days if any(one.structures + one.childminders)]


def _halves(free: list[int] | None, weekday: int) -> tuple[int | None, int | None]:
    return (free[2 * weekday], free[2 * weekday + 1]) if free else (None, None)


def volumes(counts: Mapping[str, int]) -> list[Volume]:
    told = monenfant_parameters()
    return [
        Volume(
            label, int(told.value(f"reference.volume.{name}", THEN)), sum(counts.get(kind, 0) for kind in TODAY[name])
        )
        for name, label in LABELS.items()
    ]


def reference(name: str) -> Any:
    """A rate told to Parliament, of 2017: `coverage`, `real_occupancy` (for a hundred), `unfilled_places`."""
    return monenfant_parameters().value(f"reference.{name}", THEN)
