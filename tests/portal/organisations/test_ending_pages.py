"""The pages of a joint fund that works: entered by one, confirmed by another, counted before; what ended is told apart."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from portal.accounts.models import User
from portal.organisations.joint.files import withdraw
from portal.organisations.models import BodyMission, FundOrder
from portal.organisations.operations import load_directory
from tests.aripa.agents import client_of, on_day, text_of
from tests.portal.organisations.test_ending import (
    ENDS,
    ENTERED,
    EVE,
    confirmed,
    ended,
    officer,
    working,
)
from tests.portal.organisations.test_experiments import experiment, small_sums
from tests.portal.organisations.test_moving import dossier
from tests.portal.organisations.world import CANTAL, DAY, director, opened, ordered

pytestmark = pytest.mark.django_db
FUND = "/agent/caisses/communes/CCSS15/"


@pytest.fixture
def client(settings: Any) -> Client:
    """The direction, on the day of an order."""
    on_day(settings, ENTERED)
    load_directory()
    return client_of(User.objects.get(pk=director().user_pk))


def form(**cells: Any) -> dict[str, Any]:
    return {"key": str(uuid4())} | cells


ORDER = {"reference": "Arrêté du 1er juin 2027", "signed_on": "01/06/2027", "ends_on": "01/01/2028"}


def test_an_end_is_entered_by_one_and_confirmed_by_another_with_counts_before(client: Client, settings: Any) -> None:
    dossier(1)
    small_sums(("CAF15", 1234))
    working()
    page = text_of(client.get(f"{FUND}fin/"))
    for told in ("Caf du Cantal répond à nouveau", "Dossiers CMG", "Petites sommes qui attendent", "12,34"):
        assert told in page, told
    sent = client.post(f"{FUND}fin/", form(**ORDER))
    order = FundOrder.objects.get()
    assert sent["Location"] == f"/agent/caisses/arretes/{order.pk}/"
    where = sent["Location"]
    page = text_of(client.get(where))
    assert "une autre personne le confirme" in page
    assert "Confirmer l’arrêté" not in page
    assert client.post(f"{where}confirmer/", form()).status_code == 409
    other = client_of(User.objects.get(pk=officer().user_pk))
    assert "Confirmer l’arrêté" in text_of(other.get(where))
    assert "1 arrêté de caisse commune à confirmer" in text_of(other.get("/agent/pilotage/"))
    assert other.post(f"{where}confirmer/", {}).status_code == 404, "a form without its key"
    assert other.post(f"{where}confirmer/", form()).status_code == 302
    assert other.post(f"{where}abandonner/", form()).status_code == 409
    assert set(BodyMission.objects.filter(body="CCSS15").values_list("ends_on", flat=True)) == {ENDS}
    assert "dernier jour, le 31/12/2027" in text_of(client.get(FUND))
    settings.PORTAL_DAY = ENDS
    assert "Rendre les dossiers maintenant" in text_of(client.get(FUND))
    assert client.post(f"{FUND}rendre/", {}).status_code == 302
    page = text_of(client.get(FUND))
    assert "Elle a servi jusqu’au 31/12/2027" in page
    assert "Dossiers rendus le samedi 1er janvier 2028" in page


def test_withdrawn_before_its_day_and_ended_after_it_worked_are_said_in_other_words(
    client: Client, settings: Any
) -> None:
    given_up = opened(replace(CANTAL, departement="43", name="Caisse commune de la Haute-Loire"))
    withdraw(creation_pk=given_up.pk, reason="Les conseils ont renoncé.", who=director())
    worked = working()
    confirmed()
    ended()
    settings.PORTAL_DAY = ENDS
    before, after = (text_of(client.get(f"/agent/caisses/dossiers/{one.pk}/")) for one in (given_up, worked))
    assert "avant son premier jour : rien n’a été déplacé" in before
    assert "Elle a servi du 01/01/2027 au 31/12/2027" in after
    assert "rien n’a été déplacé" not in after
    home = text_of(client.get("/agent/caisses/"))
    assert "retiré avant son premier jour" in home
    assert "après avoir servi du 01/01/2027 au 31/12/2027" in home


def test_an_experiment_says_its_end_on_its_page_and_takes_the_order_that_makes_it_permanent(client: Client) -> None:
    experiment()
    page = text_of(client.get(FUND))
    for told in (
        "Son expérience finit le 31/12/2027",
        "Au plus tard",
        f"{EVE.day} décembre 2027",
        "les anciens organismes répondent",
    ):
        assert told in page, told
    asked = {"reference": "Arrêté du 1er juin 2027", "signed_on": "01/06/2027"}
    wrong = client.post(f"{FUND}perenniser/", form(**asked))
    assert (wrong.status_code, "Cochez les missions" in text_of(wrong)) == (422, True)
    assert client.post(f"{FUND}perenniser/", form(branches=["FAMILY"], **asked)).status_code == 302
    assert FundOrder.objects.get().branches == ["FAMILY"]


def test_lozere_says_that_it_was_experimental_and_is_permanent(client: Client) -> None:
    page = text_of(client.get("/agent/caisses/communes/CCSS48/"))
    assert "Expérimentale depuis le 1er janvier 2009, permanente depuis le 4 janvier 2014." in page
    assert client.get("/agent/caisses/communes/CCSS48/perenniser/").status_code == 409
    assert client.get("/agent/caisses/communes/CCSS48/autre/").status_code == 404
    assert client.get("/agent/caisses/communes/CAF48/").status_code == 404


def test_the_page_of_a_file_counts_what_would_move_before_its_day(client: Client, settings: Any) -> None:
    settings.PORTAL_DAY = DAY
    dossier(1)
    small_sums(("CAF15", 1234), ("CAF15", 566), ("CAF63", 999))
    page = text_of(client.get(f"/agent/caisses/dossiers/{ordered().pk}/"))
    assert "Ce qui serait repris, si elle commençait aujourd’hui" in page
    assert "18,00" in page
