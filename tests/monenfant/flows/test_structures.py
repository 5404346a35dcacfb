"""Rows of `care-structures`: each error, and the look-alike that must enter."""

from datetime import date
from pathlib import Path

import pytest

from monenfant.models import CareStructure
from monenfant.rules.structures import obligation_start
from tests.monenfant.files import HOUSE, MICRO, problems, row, take_in

pytestmark = pytest.mark.django_db
KIND = "care-structures"
CLOSED = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "")


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({}, []),
        ({"siret": "21750001600018"}, [("siret", "bad_key")]),
        ({"siret": "35600000049837"}, []),
        ({"siret": "2175000160001"}, [("siret", "bad_value")]),
        ({"siret": ""}, [("siret", "required")]),
        ({"manager_siret": "21750001600018"}, [("manager_siret", "bad_key")]),
        ({"manager_siret": ""}, [("manager_siret", "required")]),
        ({"finess": "630000123"}, []),
        ({"finess": "63000012"}, [("finess", "bad_value")]),
        (HOUSE, []),
        (HOUSE | {"siret": "21750001600019"}, [("siret", "not_expected")]),
        (HOUSE | {"funding": "PSU"}, [("funding", "house_is_not_funded")]),
        (MICRO, []),
        (MICRO | {"capacity": "13"}, [("capacity", "too_large_for_micro")]),
        (MICRO | {"funding": "MICRO_CMG"}, []),
        ({"funding": "MICRO_CMG"}, [("funding", "cmg_is_for_micro")]),
        ({"capacity": "0"}, [("capacity", "bad_value")]),
        ({"capacity": "1"}, []),
        ({"capacity": "501"}, [("capacity", "bad_value")]),
        ({"age_min_months": "48"}, [("age_max_months", "ages_reversed")]),
        ({"age_min_months": "47"}, []),
        ({"age_max_months": "73"}, [("age_max_months", "bad_value")]),
        (CLOSED, [("monday", "never_open")]),
        (CLOSED | {"sunday": "09:00-17:00"}, []),
        (CLOSED | {"listing_status": "DRAFT"}, []),
        ({"monday": "18:30-07:30"}, [("monday", "bad_value")]),
        ({"insee_code": "75056", "lat": "", "lon": "", "fund": ""}, [("insee_code", "unknown_commune")]),
        ({"insee_code": "75112", "lat": "", "lon": "", "fund": "CAF75"}, []),
        ({"lat": "", "lon": ""}, []),
        ({"lon": ""}, [("lat", "half_a_place")]),
        ({"lat": "91"}, [("lat", "bad_value")]),
        ({"lat": "3.0822", "lon": "45.7801"}, [("lat", "far_from_commune")]),
        ({"lat": "46.4"}, [("lat", "far_from_commune")]),
        ({"lat": "46.2"}, []),
        ({"insee_code": "97312", "lat": "5.0", "lon": "-54.0", "fund": "CAF973"}, []),
        ({"fund": "CAF03"}, [("fund", "not_competent")]),
        ({"fund": ""}, []),
        ({"web": "exemple.fr"}, [("web", "bad_value")]),
        ({"type": "NURSERY"}, [("type", "bad_value")]),
        ({"updated_at": ""}, [("updated_at", "required")]),
    ],
)
def test_rules_between_the_cells_of_a_structure(
    tmp_path: Path, cells: dict[str, str], found: list[tuple[str, str]]
) -> None:
    report = take_in(tmp_path, KIND, row(KIND, **cells))

    assert problems(report).get(2, []) == found
    assert CareStructure.objects.exists() is not bool(found)


@pytest.mark.parametrize("cells", [{}, MICRO, MICRO | {"funding": "MICRO_CMG"}, HOUSE])
def test_the_day_of_the_duty_is_that_of_the_rule(tmp_path: Path, cells: dict[str, str]) -> None:
    take_in(tmp_path, KIND, row(KIND, **cells))

    structure = CareStructure.objects.get()
    assert structure.obligation_start == obligation_start(structure.type, structure.funding)


def test_a_micro_creche_paid_by_families_starts_on_1_april_2022(tmp_path: Path) -> None:
    take_in(tmp_path, KIND, row(KIND, **MICRO, funding="MICRO_CMG"))

    assert CareStructure.objects.get().obligation_start == date(2022, 4, 1)


def test_without_a_point_or_a_fund_those_of_the_commune_stand(tmp_path: Path) -> None:
    take_in(tmp_path, KIND, row(KIND, lat="", lon="", fund=""))

    structure = CareStructure.objects.get()
    assert (round(structure.lat, 1), round(structure.lon, 1), structure.fund) == (45.8, 3.1, "CAF63")


def test_all_the_errors_of_a_structure_are_told_at_once(tmp_path: Path) -> None:
    wrong = row(KIND, siret="21750001600018", capacity="0", age_max_months="1", fund="CAF03", funding="MICRO_CMG")

    assert problems(take_in(tmp_path, KIND, wrong))[2] == [
        ("siret", "bad_key"), ("capacity", "bad_value"), ("funding", "cmg_is_for_micro"),
        ("age_max_months", "ages_reversed"), ("fund", "not_competent"),
    ]  # fmt: skip


def test_one_manager_has_one_name(tmp_path: Path) -> None:
    rows = [row(KIND), row(KIND, cnaf_id="S2", manager_name="Autre"), row(KIND, cnaf_id="S3", manager_name="")]

    report = take_in(tmp_path, KIND, *rows)

    assert problems(report) == {3: [("manager_name", "disagrees")]}


def test_the_newer_version_ends_the_former_and_the_same_file_changes_nothing(tmp_path: Path) -> None:
    take_in(tmp_path, KIND, row(KIND))
    again = take_in(tmp_path, KIND, row(KIND))
    older = take_in(tmp_path, KIND, row(KIND, capacity=20, updated_at="2025-01-05T08:00:00+01:00"))
    newer = take_in(tmp_path, KIND, row(KIND, capacity=40, updated_at="2026-02-05T08:00:00+01:00"))

    assert (again.applied, older.applied, newer.applied) == (0, 0, 1)
    assert list(CareStructure.objects.filter(known_until=None).values_list("capacity", flat=True)) == [40]
    assert CareStructure.objects.count() == 2
