"""Asking: who answers and why, what a form may hold, one request a form, nothing readable at rest."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection

from monenfant.appointments.asking import Errors, ask, contact_of, months_offered, read
from monenfant.appointments.routing import answerer_for
from monenfant.models import AppointmentMail, AppointmentMove, AppointmentRequest
from portal.audit.models import JournalEntry
from portal.organisations.communes import UnknownCommune, communes
from portal.organisations.directory import competent_fund
from tests.monenfant.appointments.world import CLERMONT, DAY, LILLE, NOW, RIOM, asked, desk, request

pytestmark = pytest.mark.django_db
POINT = "EARLY_YEARS_INFO_POINT"


def test_the_desk_that_serves_the_commune_answers_the_nearest_of_two() -> None:
    desk("R2", lat=45.80)
    desk("R1")
    desk("R3", served=[CLERMONT])
    desk("R4", kind="LEISURE_CENTRE")

    found = answerer_for(RIOM, DAY)

    assert (found.route, found.desk and found.desk.desk_no, found.fund) == ("DESK", "R1", "CAF63")
    assert found.why == "Ce relais reçoit les familles de Riom."


def test_without_a_desk_the_nearest_information_point_answers_within_thirty_kilometres() -> None:
    desk("P1", kind=POINT, served=[], lat=45.8939 + 0.26, lon=3.1152)
    desk("P2", kind=POINT, served=[], lat=45.8939 + 0.28, lon=3.1152)
    assert answerer_for(RIOM, DAY).desk.desk_no == "P1"  # type: ignore[union-attr]
    assert "29 km" in answerer_for(RIOM, DAY).why

    desk("P3", kind="PARENT_CHILD_PLACE", served=[])
    assert answerer_for(RIOM, DAY).desk.desk_no == "P1"  # type: ignore[union-attr]


def test_a_point_at_thirty_one_kilometres_does_not_answer() -> None:
    desk("P2", kind=POINT, served=[], lat=45.8939 + 0.28, lon=3.1152)
    # In a corner of the square around Riom, and beyond the circle.
    desk("P4", kind=POINT, served=[], lat=45.8939 + 0.26, lon=3.1152 + 0.3)

    found = answerer_for(RIOM, DAY)

    assert (found.route, found.desk, found.name) == ("FUND", None, "Caf du Puy-de-Dôme")
    assert found.why.startswith("Ni relais ni lieu d’information près de Riom")


def test_every_commune_has_a_fund_that_answers() -> None:
    assert {one.departement for one in communes().values() if competent_fund("CAF", one.departement) is None} == set()


def test_an_unknown_commune_is_nobody_s() -> None:
    with pytest.raises(UnknownCommune):
        answerer_for("99999", DAY)


def test_a_request_is_kept_sealed_with_its_promise() -> None:
    desk()
    found = request(date(2026, 10, 12))

    assert (found.desk_no, found.fund, found.departement, found.state) == ("R1", "CAF63", "63", "NEW")
    assert (found.due_on, found.erase_on) == (date(2026, 10, 26), date(2027, 10, 12))
    assert contact_of(found).email == "claire@exemple.fr"
    assert contact_of(found).reachable == "le matin"
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM monenfant_appointmentrequest r")
        kept = cursor.fetchone()[0]
    for secret in ("exemple.fr", "06 39", "quatre jours"):
        assert secret not in kept


def test_the_journal_and_the_mails_hold_no_contact() -> None:
    desk()
    found = request()

    entry = JournalEntry.objects.get(action="appointment.asked")
    assert (entry.actor, entry.subject, entry.detail) == ("famille", f"appointment:{found.pk}", {})
    assert {one.kind for one in AppointmentMail.objects.all()} == {"RECEIVED", "TO_DESK"}
    assert not any("@" in one.key + one.last_error for one in AppointmentMail.objects.all())


def test_the_same_form_twice_gives_the_first_request_and_writes_nothing() -> None:
    desk()
    key = uuid4()
    first, again = ask(key=key, asked=asked(), at=NOW)
    second, twice = ask(key=key, asked=asked(name="Autre"), at=NOW)

    assert (first.pk, again, twice) == (second.pk, False, True)
    assert AppointmentRequest.objects.get().name == "Claire Fournier"
    assert (AppointmentMove.objects.count(), AppointmentMail.objects.count()) == (1, 2)


def test_a_commune_of_another_departement_goes_to_its_own_fund() -> None:
    desk()
    found = request(insee_code=LILLE)

    assert (found.route, found.desk_no, found.fund, found.departement) == ("FUND", "", "CAF59", "59")


GOOD = {"name": "Claire", "email": "claire@exemple.fr", "phone": "", "words": "", "expected_from": "2027-01"}


def errors_of(needs: tuple[str, ...] = ("FIND",), **changes: str) -> Errors:
    return read(RIOM, GOOD | changes, needs, (), DAY)[1]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"name": "  "}, ["name"]),
        ({"name": "N" * 80}, []),
        ({"name": "N" * 81}, ["name"]),
        ({"email": ""}, ["email"]),
        ({"email": "", "phone": "06 39 98 00 12"}, []),
        ({"email": "claire@"}, ["email"]),
        ({"phone": "06 39 98 00 1"}, ["phone"]),
        ({"phone": "+33 6 39 98 00 12"}, []),
        ({"words": "m" * 500}, []),
        ({"words": "m" * 501}, ["words"]),
        ({"expected_from": ""}, []),
        ({"expected_from": "2026-10"}, []),
        ({"expected_from": "2026-09"}, ["expected_from"]),
        ({"expected_from": "2028-03"}, []),
        ({"expected_from": "2028-04"}, ["expected_from"]),
        ({"expected_from": "demain"}, ["expected_from"]),
        ({"name": "a\0b"}, []),
    ],
)
def test_what_a_form_may_hold(changes: dict[str, str], wrong: list[str]) -> None:
    assert list(errors_of(**changes)) == wrong


def test_at_least_one_need_and_only_known_ones() -> None:
    assert list(errors_of(needs=())) == ["needs"]
    assert list(errors_of(needs=("AUTRE",))) == ["needs"]
    assert read(RIOM, GOOD, ("COST", "FIND", "X"), ("EVENING", "X"), DAY)[0].needs == ("FIND", "COST")
    assert months_offered(DAY)[0] == date(2026, 10, 1)
