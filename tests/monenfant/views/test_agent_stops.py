"""What a professional told of a stop is read by their fund: who, from when, until when; and no other département's."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from monenfant.models import CarePlace
from monenfant.reporting.stops import stop
from monenfant.reporting.undoing import undo
from monenfant.reporting.writing import Who
from portal.accounts.models import Role
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.monenfant.duties.world import at
from tests.monenfant.objects import place_in

pytestmark = pytest.mark.django_db
STOPS, HOME = "/agent/enfance/arrets/", "/agent/enfance/"
DAY, WHO = date(2026, 10, 26), Who("Anne Martin")


@pytest.fixture
def client(settings: Any) -> Client:
    on_day(settings, DAY)
    return client_of(agent("nathalie", role=Role.FUND_CASEWORKER))


def told(number: str, start: date, end: date | None, *, is_final: bool = False, insee_code: str = "63113") -> CarePlace:
    place = place_in(insee_code, number)
    stop(
        place_pk=place.pk, key=uuid4(), start=start, end=end, is_final=is_final, who=WHO, on=start, now=at(start)
    )  # fmt: skip
    return place


def test_the_fund_reads_who_receives_nobody(client: Client) -> None:
    told("AM1", date(2026, 10, 26), date(2026, 11, 3))
    told("AM2", date(2026, 10, 1), None, is_final=True)
    told("AM3", date(2026, 10, 1), None)
    told("OVER", date(2026, 10, 1), DAY)
    told("ELSEWHERE", date(2026, 10, 26), None, insee_code="59350")

    page = text_of(client.get(STOPS))

    assert "3 arrêts en cours ou à venir" in page
    assert "02/11/2026" in page
    assert "arrête ce métier" in page
    assert "sans date de reprise" in page
    assert "OVER" not in page
    assert "ELSEWHERE" not in page
    for kind, number in {"until": "AM1", "final": "AM2", "open": "AM3"}.items():
        assert [line.one.place.number for line in client.get(STOPS, {"kind": kind}).context["lines"]] == [number]


def test_a_stop_taken_back_is_read_no_more(client: Client) -> None:
    place = told("AM1", DAY, None)
    assert client.get(HOME).context["stops"] == 1
    made = place.publications.get()

    undo(place_pk=place.pk, publication_pk=made.pk, key=uuid4(), who=WHO, on=DAY, now=at(DAY))

    assert client.get(HOME).context["stops"] == 0
    assert "Personne n’a dit d’arrêt" in text_of(client.get(STOPS))


def test_the_home_leads_to_families_who_wait_and_to_stops(client: Client) -> None:
    page = client.get(HOME).content.decode()
    for link in (STOPS, HOME + "rendez-vous/", "/garde/chiffres/"):
        assert f'href="{link}"' in page
