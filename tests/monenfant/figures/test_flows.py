"""Rows of `childcare-population` and `structure-hours`."""

from pathlib import Path

import pytest

from monenfant.models import ChildPopulation, StructureHours
from tests.monenfant.figures.offer import hours
from tests.monenfant.files import problems, take_in

pytestmark = pytest.mark.django_db
POPULATION = {
    "area": "63", "year": "2025", "children_under_3": "18500", "source": "Insee", "updated_at": "2026-01-05T08:00:00+01:00",
}  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({}, []),
        ({"area": "63113"}, []),
        ({"area": "2A"}, []),
        ({"area": "99"}, [("area", "unknown_area")]),
        ({"area": "75056"}, [("area", "unknown_area")]),
        ({"year": "25"}, [("year", "bad_value")]),
        ({"children_under_3": "-4"}, [("children_under_3", "bad_value")]),
        ({"children_under_3": "0"}, []),
        ({"source": ""}, [("source", "required")]),
    ],
)
def test_children_of_an_area(tmp_path: Path, cells: dict[str, str], found: list[tuple[str, str]]) -> None:
    report = take_in(tmp_path, "childcare-population", POPULATION | cells)

    assert problems(report).get(2, []) == found
    assert ChildPopulation.objects.exists() is not bool(found)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (hours("S1", 100, 120), []),
        (hours("S1", 100, 120, 120), []),
        (hours("S1", 121, 110, 120), [("presence_hours", "above_theoretical")]),
        (hours("S1", 100, 121, 120), [("billed_hours", "above_theoretical")]),
        (hours("S1", 100, 120, year=1999), [("year", "bad_value")]),
    ],
)
def test_hours_of_a_structure(tmp_path: Path, cells: dict[str, str], found: list[tuple[str, str]]) -> None:
    report = take_in(tmp_path, "structure-hours", cells)

    assert problems(report).get(2, []) == found
    assert StructureHours.objects.exists() is not bool(found)


def test_a_later_file_corrects_a_year(tmp_path: Path) -> None:
    take_in(tmp_path, "structure-hours", hours("S1", 100, 120))
    take_in(tmp_path, "structure-hours", hours("S1", 90, 120) | {"updated_at": "2026-03-01T08:00:00+01:00"})

    assert [one.presence_hours for one in StructureHours.objects.filter(known_until=None)] == [90]
