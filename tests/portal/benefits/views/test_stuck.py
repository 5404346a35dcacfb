"""Money that did not reach a family is the first thing that its pages say, the parent's and the caseworker's; and small sums kept."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.accounts.models import Role
from portal.benefits.models import Award
from portal.benefits.running.paying_again import pay_again
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.portal.access import DAY
from tests.portal.benefits.rows import family_in
from tests.portal.benefits.running.world import OCTOBER, World, bank_refuses, order_of
from tests.portal.benefits.small.owed_world import overpaid
from tests.portal.benefits.small.world import lived
from tests.portal.benefits.views.test_own import HOME, parent

pytestmark = pytest.mark.django_db
SUBJECT = "family:CAF63/101"
FAMILY = "/agent/prestations/personnes/CAF63/101/"


@pytest.fixture(autouse=True)
def here(settings: Any) -> None:
    on_day(settings, DAY)


def caseworker_reads() -> str:
    return text_of(client_of(agent("caroline", "CAF63", role=Role.FUND_CASEWORKER)).get(FAMILY))


def test_without_an_account_nothing_is_said_to_be_paid(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.aeeh_family(iban="")
    world.issue(world.aeeh())

    page, seen = text_of(parent(subject=SUBJECT).get(HOME)), caseworker_reads()

    assert "153,01 € vous attendent" in page
    assert "Nous n’avons pas de compte bancaire" in page
    assert "Bruno Kermarrec suit ce versement" in page
    assert "<strong>153,01 €</strong>, qui attendent votre compte bancaire" in page
    assert "Rien n’est attendu de vous" not in page
    assert "153,01 € ne sont pas arrivés à la famille" in seen
    assert "153,01 € qui ne sont pas arrivés" in seen


def test_what_the_bank_refused_waits_for_another_account_until_it_is_sent_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    for number in ("101", "1011"):
        world.aeeh_family(number)
    world.issue(world.aeeh())
    bank_refuses(order_of("101"))
    client, other = parent(subject=SUBJECT), parent("zoe", "family:CAF63/1011")

    page = text_of(client.get(HOME))
    assert "Votre banque nous les a renvoyés, depuis le" in page
    own = text_of(client.get(f"/famille/prestations/montant/{Award.objects.get(beneficiary_no='101').pk}/"))
    assert "153,01 € en attente d’un compte" in own
    assert "153,01 € versés" not in own
    assert "que la banque nous a renvoyés : ils attendent un autre compte" in page
    assert "AC04, compte fermé" in caseworker_reads()
    assert "vous attendent" not in text_of(other.get(HOME))
    assert "Rien n’est attendu de vous" in text_of(other.get(HOME))

    world.moved("101")
    pay_again(on=OCTOBER, by="test")
    assert "vous attendent" not in text_of(client.get(HOME))


def test_a_sum_kept_is_told_with_its_month(tmp_path: Path) -> None:
    family_in(tmp_path)
    lived(date(2026, 9, 1), ("CAF63", "0123456", 12_40))

    assert "12,40 € sont gardés pour vous depuis septembre 2026" in text_of(parent().get(HOME))


@pytest.mark.parametrize(
    ("cause", "told"),
    [("RIGHT_ENDED", "La raison : droit terminé."), ("CORRECTED", "Ce mois a été calculé à nouveau")],
)
def test_a_sum_paid_in_excess_says_why(tmp_path: Path, cause: str, told: str) -> None:
    family_in(tmp_path)
    overpaid(90_00, DAY, cause=cause)

    page = text_of(parent().get(HOME))

    assert "90,00 € à rendre" in page
    assert told in page
