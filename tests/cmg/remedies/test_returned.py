"""A transfer that came back because its account is closed: the same day in somebody's queue, until it has arrived."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from cmg.models import Account
from cmg.remedies import following
from cmg.remedies.returned import after_bank_message, returned_of
from portal.accounts.models import User
from portal.banking.models import PaymentOrder
from portal.casework.models import Dossier, DossierEvent
from tests.cmg.closing.issued import Portal, booking, receive, statement
from tests.cmg.files import iban_with_key

DAY, BACK = date(2026, 10, 26), date(2026, 10, 29)
SUBJECT = "cmg:employer:E1"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo_day(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, BACK


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    portal = Portal(tmp_path)
    portal.issue()
    receive(statement(booking(PaymentOrder.objects.get()), number=1))
    return portal


def comes_back(reason: str = "AC04") -> PaymentOrder:
    order = PaymentOrder.objects.get()
    receive(statement(booking(order, returned=reason), number=2))
    after_bank_message(BACK)
    order.refresh_from_db()
    return order


def agent(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def said(client: Client, address: str) -> str:
    return client.get(address).content.decode().replace("\xa0", " ")


def test_the_same_day_it_has_an_owner_a_date_and_its_words(portal: Portal) -> None:
    comes_back()
    after_bank_message(BACK)

    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.body, dossier.reasons) == ("OPEN", "PAJEMPLOI", "CMG-033")
    assert dossier.owner is not None
    assert dossier.opened_on == DAY
    assert dossier.deadline == date(2026, 11, 2), "five business days of a refund"
    assert "Versement revenu, autre compte à demander" in said(agent(dossier.owner.username), "/agent/")
    event = DossierEvent.objects.get(kind="RETURNED")
    assert event.text.replace("\xa0", " ") == (
        "Versement de 428,70 € revenu (compte fermé) : autre compte à demander à la famille."
    )


def test_a_bank_out_of_reach_asks_nothing_of_the_family(portal: Portal) -> None:
    comes_back("TM01")

    assert not Dossier.objects.exists()


def test_once_another_account_is_given_the_dossier_proposes_to_send_again_and_ends_with_the_money(
    portal: Portal,
) -> None:
    order = comes_back()
    family, thomas = "/agent/familles/E1/", agent("thomas")
    assert "Renvoyer 428,70 €" not in said(thomas, family)
    portal.send("accounts", iban=iban_with_key("2"), updated_at="2026-10-29T10:00:00+01:00")

    assert [one.another for one in returned_of([SUBJECT])[SUBJECT]] == [True]
    assert "Renvoyer 428,70 € sur l’autre compte" in said(thomas, family)
    sent = thomas.post(f"/agent/remedes/virement/{order.pk}/renvoyer/", {"from": "family"})
    assert sent["Location"] == family
    again = PaymentOrder.objects.get(end_to_end_id=f"{order.end_to_end_id}-R")
    assert (again.amount_cents, again.iban_key) == (42_870, Account.objects.get(known_until__isnull=True).iban_key)
    assert "Renvoyer" not in said(thomas, family)
    after_bank_message(BACK)
    assert Dossier.objects.get().state == "OPEN", "sent is not arrived"

    PaymentOrder.objects.filter(pk=again.pk).update(state="BOOKED")
    after_bank_message(BACK)

    assert Dossier.objects.get().state == "CLOSED"


def test_a_dossier_at_hand_keeps_its_owner_its_date_and_its_other_reasons(portal: Portal) -> None:
    nathalie = User.objects.get(username="nathalie")
    Dossier.objects.create(
        subject=SUBJECT, title="Martin Anne", fund="CAF63", body="FUND", owner=nathalie, opened_on=DAY,
        deadline=date(2026, 11, 9), reasons="CMG-013", held_cents=1,
    )  # fmt: skip

    comes_back()

    dossier = Dossier.objects.get()
    assert (dossier.owner, dossier.deadline, dossier.reasons) == (nathalie, date(2026, 11, 9), "CMG-013|CMG-033")


def test_it_is_not_closed_by_hand_while_the_money_waits(portal: Portal) -> None:
    comes_back()
    dossier = Dossier.objects.get()
    assert dossier.owner is not None

    assert "un versement revenu de la banque n’a pas été renvoyé" in said(
        agent(dossier.owner.username), "/agent/familles/E1/"
    )
    assert following.returned_credits("E1")


@pytest.mark.django_db(transaction=True)
def test_a_message_read_outside_any_transaction_opens_it_too(tmp_path: Path) -> None:
    """As the command and the worker read them."""
    portal = Portal(tmp_path)
    portal.issue()
    order = PaymentOrder.objects.get()
    receive(statement(booking(order), number=1))
    receive(statement(booking(order, returned="AC04"), number=2))

    assert Dossier.objects.get().reasons == "CMG-033"
