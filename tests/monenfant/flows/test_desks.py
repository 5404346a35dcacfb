"""Rows of `childcare-desks`, and the communes that a desk serves."""

from pathlib import Path

import pytest

from monenfant.models import ChildcareDesk
from tests.monenfant.files import problems, row, take_in

pytestmark = pytest.mark.django_db
KIND = "childcare-desks"


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({}, []),
        ({"kind": "LEISURE_CENTRE"}, []),
        ({"kind": "RAM"}, [("kind", "bad_value")]),
        ({"name": ""}, [("name", "required")]),
        ({"fund": "CAF03"}, [("fund", "not_competent")]),
        ({"served": "63113;63164"}, [("served", "bad_value")]),
        ({"lat": "48.85", "lon": "2.35"}, [("lat", "far_from_commune")]),
    ],
)
def test_rules_between_the_cells_of_a_desk(tmp_path: Path, cells: dict[str, str], found: list[tuple[str, str]]) -> None:
    report = take_in(tmp_path, KIND, row(KIND, **cells))

    assert problems(report).get(2, []) == found
    assert ChildcareDesk.objects.exists() is not bool(found)


def test_a_desk_is_found_by_each_commune_it_serves(tmp_path: Path) -> None:
    take_in(tmp_path, KIND, row(KIND), row(KIND, desk_no="R2", served=""))

    assert [desk.desk_no for desk in ChildcareDesk.objects.filter(served__contains=["63164"])] == ["R1"]
    assert ChildcareDesk.objects.filter(served__contains=["63113"]).count() == 2
