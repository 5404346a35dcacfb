"""Rows of `childminder-approvals`: each error, the look-alike that must enter, and what stays hidden."""

from pathlib import Path

import pytest

from monenfant.models import Approval
from portal.organisations.communes import commune_of, distance_km
from tests.monenfant.files import problems, row, take_in

pytestmark = pytest.mark.django_db
KIND = "childminder-approvals"
IN_HOUSE = {"place": "MAM", "house_no": "M1"}


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({}, []),
        ({"end": "2024-01-01"}, [("end", "period_reversed")]),
        ({"end": "2024-01-02"}, []),
        ({"end": "2034-01-01"}, []),
        ({"end": "2034-01-02"}, [("end", "too_long")]),
        ({"max_children": "0"}, [("max_children", "bad_value")]),
        ({"max_children": "1"}, []),
        ({"max_children": "6"}, []),
        ({"max_children": "7"}, [("max_children", "bad_value")]),
        ({"hides_email": "1", "hides_phone": "1"}, [("hides_phone", "both_hidden")]),
        ({"hides_address": "1", "hides_email": "1"}, []),
        ({"hides_address": "1", "hides_phone": "1"}, []),
        ({"hides_email": "1", "phone": ""}, [("phone", "no_contact_left")]),
        ({"hides_phone": "1", "email": ""}, [("phone", "no_contact_left")]),
        ({"hides_email": "1", "email": ""}, []),
        ({"phone": "", "email": ""}, []),
        (IN_HOUSE, []),
        (IN_HOUSE | {"house_no": ""}, []),
        (IN_HOUSE | {"hides_address": "1"}, [("hides_address", "house_is_open")]),
        ({"house_no": "M1"}, [("house_no", "not_expected")]),
        ({"stopped_on": "2023-12-31"}, [("stopped_on", "before_start")]),
        ({"stopped_on": "2024-01-01"}, []),
        ({"departement": "03"}, [("departement", "other_departement")]),
        ({"departement": "96"}, [("departement", "bad_value")]),
        ({"publication_authorised_on": ""}, []),
        ({"employer_kind": "LEGAL_PERSON"}, []),
        ({"insee_code": "63999", "lat": "", "lon": ""}, [("insee_code", "unknown_commune")]),
        ({"lat": "3.0822", "lon": "45.7801"}, [("lat", "far_from_commune")]),
    ],
)
def test_rules_between_the_cells_of_an_approval(
    tmp_path: Path, cells: dict[str, str], found: list[tuple[str, str]]
) -> None:
    report = take_in(tmp_path, KIND, row(KIND, **cells))

    assert problems(report).get(2, []) == found
    assert Approval.objects.exists() is not bool(found)


def test_a_hidden_address_leaves_nothing_but_the_point_of_its_commune(tmp_path: Path) -> None:
    """Two neighbours who hide their address are shown at one and the same point, whatever was sent of them."""
    near = row(KIND, hides_address=1, lat="45.7700", lon="3.1200")
    far = row(KIND, approval_number="A2", childminder_no="AM2", hides_address=1, lat="45.8000", lon="3.0500")
    seen = row(KIND, approval_number="A3", childminder_no="AM3")
    take_in(tmp_path, KIND, near, far, seen)

    shown = {one.approval_number: (one.shown_lat, one.shown_lon) for one in Approval.objects.all()}
    middle = commune_of("63113")
    assert shown["A63-1"] == shown["A2"]
    assert distance_km(*shown["A2"], middle.lat, middle.lon) < 0.5
    assert shown["A3"] == (45.7801, 3.0822)


def test_a_renewal_is_another_approval_of_the_same_person(tmp_path: Path) -> None:
    take_in(tmp_path, KIND, row(KIND), row(KIND, approval_number="A63-2", start="2029-01-01", end="2039-01-01"))

    assert Approval.objects.filter(childminder_no="AM1", known_until=None).count() == 2
