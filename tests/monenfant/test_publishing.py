"""From files to places: what is shown, from when, and what never is."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from monenfant.models import AvailabilityMonth, CarePlace, Manager
from monenfant.publishing import hidden_point, publish_offer
from monenfant.rules.availability import cell_of
from portal.audit.models import JournalEntry
from portal.organisations.communes import commune_of, distance_km
from tests.monenfant.files import HOUSE, row, take_in

pytestmark = pytest.mark.django_db
STRUCTURES, APPROVALS = "care-structures", "childminder-approvals"
TODAY = date(2026, 11, 25)
ELSEWHERE = {"insee_code": "63300", "postcode": "63200", "city": "Riom", "lat": "45.8937", "lon": "3.1127"}


def place(number: str) -> CarePlace:
    return CarePlace.objects.get(number=number)


def test_a_listed_structure_is_shown_and_another_is_not(tmp_path: Path) -> None:
    draft = row(STRUCTURES, cnaf_id="S2", listing_status="DRAFT")
    take_in(tmp_path, STRUCTURES, row(STRUCTURES), draft, row(STRUCTURES, cnaf_id="S3", **HOUSE))

    assert publish_offer(on=TODAY) == 3
    assert place("S0000001").published_from == date(2026, 1, 5)
    assert place("S2").published_from is None
    assert place("S0000001").cell == cell_of(45.7801, 3.0822)
    assert list(Manager.objects.values_list("siret", "name")) == [("21750001600019", "Ville")]


@pytest.mark.parametrize(
    ("cells", "first", "until"),
    [
        ({}, date(2024, 1, 1), date(2029, 1, 1)),
        ({"publication_authorised_on": "2024-06-01"}, date(2024, 6, 1), date(2029, 1, 1)),
        ({"publication_authorised_on": ""}, None, date(2029, 1, 1)),
        ({"employer_kind": "LEGAL_PERSON"}, None, date(2029, 1, 1)),
        ({"stopped_on": "2026-03-01"}, date(2024, 1, 1), date(2026, 3, 1)),
    ],
)
def test_a_childminder_is_shown_while_approved_and_authorised(
    tmp_path: Path, cells: dict[str, str], first: date | None, until: date
) -> None:
    take_in(tmp_path, APPROVALS, row(APPROVALS, **cells))
    publish_offer(on=TODAY)

    assert (place("AM1").published_from, place("AM1").published_until) == (first, until)


def test_a_renewal_takes_over_on_its_first_day(tmp_path: Path) -> None:
    renewed = row(APPROVALS, approval_number="A2", start="2027-01-01", end="2037-01-01", max_children="3")
    take_in(tmp_path, APPROVALS, row(APPROVALS), renewed)

    publish_offer(on=date(2026, 12, 31))
    assert place("AM1").most_places == 4
    publish_offer(on=date(2027, 1, 1))
    assert place("AM1").most_places == 3
    assert CarePlace.objects.count() == 1


def test_a_hidden_address_is_in_no_column_of_the_place(tmp_path: Path) -> None:
    take_in(tmp_path, APPROVALS, row(APPROVALS, hides_address=1, lat="45.7700", lon="3.1200"))
    publish_offer(on=TODAY)

    shown, middle = place("AM1"), commune_of("63113")
    assert distance_km(shown.lat, shown.lon, middle.lat, middle.lon) < 0.5
    assert shown.cell == cell_of(shown.lat, shown.lon)
    assert not {"address", "phone", "email", "last_name"} & {field.name for field in CarePlace._meta.get_fields()}


def test_a_second_time_changes_nothing_and_a_move_takes_the_free_places_along(tmp_path: Path) -> None:
    take_in(tmp_path, STRUCTURES, row(STRUCTURES))
    publish_offer(on=TODAY)
    kept = place("S0000001")
    AvailabilityMonth.objects.create(
        place=kept, cell=kept.cell, month=date(2026, 12, 1), kind="REGULAR", age_group="0-12", free_days=1, places=b"\1"
    )
    entries = JournalEntry.objects.count()

    assert publish_offer(on=TODAY) == 0
    assert JournalEntry.objects.count() == entries

    moved = row(
        STRUCTURES, lat="45.6", lon="3.3", updated_at="2026-11-01T08:00:00+01:00", manager_name="Ville de Clermont"
    )
    take_in(tmp_path, STRUCTURES, moved)
    assert publish_offer(on=TODAY) == 1
    assert place("S0000001").pk == kept.pk
    assert AvailabilityMonth.objects.get().cell == cell_of(45.6, 3.3) != kept.cell
    assert Manager.objects.get().name == "Ville de Clermont"


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    take_in(tmp_path, STRUCTURES, row(STRUCTURES))
    said = StringIO()
    call_command("publish_childcare", day=TODAY, stdout=said)

    assert said.getvalue() == "1 lieux d’accueil créés ou modifiés\n"


@pytest.mark.parametrize(("commune", "is_hidden"), [({}, True), (ELSEWHERE, False)])
def test_an_address_that_a_file_hides_is_hidden_with_that_file(
    tmp_path: Path, commune: dict[str, str], is_hidden: bool
) -> None:
    """Before any publication; whoever is to move is not placed in the next commune for all that."""
    take_in(tmp_path / "before", APPROVALS, row(APPROVALS))
    publish_offer(on=TODAY)
    shown = place("AM1")
    AvailabilityMonth.objects.create(
        place=shown, cell=shown.cell, month=date(2026, 12, 1), kind="REGULAR", age_group="ANY", free_days=1, places=b"1"
    )

    hidden = row(APPROVALS, hides_address="1", updated_at="2026-11-20T08:00:00+01:00", **commune)
    take_in(tmp_path / "after", APPROVALS, hidden)

    now, home = place("AM1"), hidden_point("63113")
    assert (now.lat, now.lon) == (home if is_hidden else (shown.lat, shown.lon))
    assert now.cell == cell_of(now.lat, now.lon)
    assert now.months.get().cell == now.cell
