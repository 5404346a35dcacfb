"""Made-up children and hours around the offer of the demonstration, as two small flow files, and the first counts."""

from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

from monenfant.demo.files import write_rows
from monenfant.figures.counting import count_childcare
from monenfant.figures.flows import HOURS, POPULATION
from monenfant.figures.hours import theoretical_hours
from monenfant.models import CareStructure, StructureType
from monenfant.rules.opening import WEEK
from portal.exchange.operations import import_file
from portal.organisations.communes import communes

# Of a thousand people, children under three: about what Auvergne has. One structure in ten sends no hours.
YOUNG_PER_MILLE, SENT_PER_MILLE = 27, 900
SOURCE = "Démonstration : nombres fictifs"
UPDATED_AT = "2026-03-01T06:00:00+01:00"
Rows = list[dict[str, Any]]


def load_figures(folder: Path, on: date, departements: frozenset[str]) -> None:
    """Children and hours of the last whole year, then the figures of the day."""
    folder.mkdir(parents=True, exist_ok=True)
    year = on.year - 1
    import_file(write_rows(folder / f"{POPULATION.name}.csv", POPULATION, *_children(departements, year)))
    import_file(write_rows(folder / f"{HOURS.name}.csv", HOURS, *_hours(year)))
    count_childcare(on=on)


def _children(departements: frozenset[str], year: int) -> Rows:
    people: dict[str, int] = {}
    for commune in communes().values():
        if commune.departement in departements:
            people[commune.code] = commune.population
            people[commune.departement] = people.get(commune.departement, 0) + commune.population
    return [
        {"area": area, "year": year, "children_under_3": count * YOUNG_PER_MILLE // 1000, "source": SOURCE,
         "updated_at": UPDATED_AT}
        for area, count in people.items()
    ]  # fmt: skip


def _hours(year: int) -> Rows:
    """Between half and four fifths of the hours with a child there; a tenth more is billed; some tell the whole."""
    rows: Rows = []
    for one in CareStructure.objects.filter(known_until=None).exclude(type=StructureType.CHILDMINDER_HOUSE):
        drawn = int.from_bytes(blake2b(one.cnaf_id.encode(), digest_size=4).digest(), "big")
        if drawn % 1000 >= SENT_PER_MILLE:
            continue
        whole = theoretical_hours(one.capacity, [getattr(one, day) for day in WEEK], one.closed_periods, year)
        presence = whole * (50 + drawn // 1000 % 28) // 100
        rows.append({
            "cnaf_id": one.cnaf_id, "year": year, "presence_hours": presence, "billed_hours": presence * 11 // 10,
            "theoretical_hours": whole if drawn % 3 else "", "updated_at": UPDATED_AT,
        })  # fmt: skip
    return rows
