"""What is protected opens for one person with a reason, is journaled, and told to who is in charge."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from aripa.models import Disclosure, Referent
from aripa.operations import run_days
from portal.audit.models import JournalEntry
from tests.aripa.agents import LIVED, agent, client_of, on_day, text_of
from tests.aripa.rows import forced_case, parent_row

pytestmark = pytest.mark.django_db
PAGE = "/agent/pensions/"
LOOK = f"{PAGE}proteger/V1/"


@pytest.fixture(autouse=True)
def lived(settings: Any) -> None:
    on_day(settings)
    forced_case("V1", violence=True)
    parent_row(
        "P-V1", "2026-01-02", birth_name="Martin", first_names="Léa", name_key="MARTIN", address="12 rue des Gras"
    )
    run_days(until=LIVED)


@pytest.fixture
def awa() -> Client:
    user = agent("awa")
    Referent.objects.create(case_no="V1", user=user, since=LIVED)
    return client_of(user)


def asked(**more: str) -> dict[str, str]:
    return {"reason": "adresse pour l’ordre L11", "key": str(uuid4())} | more


def test_a_colleague_with_a_reason_sees_and_the_person_in_charge_is_told(awa: Client) -> None:
    mehdi = client_of(agent("mehdi"))

    answer = mehdi.post(LOOK, asked(), follow=True)

    assert "12 rue des Gras" in text_of(answer)
    assert "Awa Test en est averti" in text_of(answer)
    entry = JournalEntry.objects.get(action="aripa.protected.read")
    assert (entry.actor, entry.detail) == ("mehdi", {"reason": "adresse pour l’ordre L11", "told": "awa"})
    told = awa.get(PAGE)
    assert "Mehdi Test" in text_of(told)
    awa.post(f"{PAGE}consultations/", {"seen": [one.pk for one in told.context["told"]]})
    assert awa.get(PAGE).context["told"] == []


def test_without_a_reason_nothing_opens(awa: Client) -> None:
    answer = awa.post(LOOK, asked(reason="voir"), follow=True)

    assert "Dites pourquoi" in text_of(answer)
    assert "12 rue des Gras" not in text_of(answer)
    assert Disclosure.objects.count() == 0


def test_sent_twice_it_is_one_look_and_ones_own_is_not_told(awa: Client) -> None:
    form = asked()
    awa.post(LOOK, form)
    awa.post(LOOK, form)

    assert Disclosure.objects.count() == 1
    assert awa.get(PAGE).context["told"] == []


def test_it_opens_ten_minutes_for_the_person_alone(awa: Client) -> None:
    awa.post(LOOK, asked())
    look = Disclosure.objects.get()
    path = f"{PAGE}consultations/{look.pk}/"
    assert awa.get(path).status_code == 200
    assert client_of(agent("mehdi")).get(path).status_code == 404

    Disclosure.objects.update(at=timezone.now() - timedelta(minutes=11))
    over = awa.get(path)

    assert over.status_code == 410
    assert "12 rue des Gras" not in text_of(over)


def test_the_key_of_somebody_else_and_a_foreign_case_open_nothing(awa: Client) -> None:
    form = asked()
    awa.post(LOOK, form)

    assert client_of(agent("mehdi")).post(LOOK, form).status_code == 404
    assert client_of(agent("lille", "CAF59")).post(LOOK, asked()).status_code == 404
    assert Disclosure.objects.count() == 1
