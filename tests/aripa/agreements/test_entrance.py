"""Where a parent who has an agreement, and no number yet, begins."""

import pytest
from django.test import Client

from tests.aripa.agreements import pairs

pytestmark = pytest.mark.django_db


def begins(client: Client) -> str:
    return client.get("/")["Location"]


def test_a_parent_begins_at_the_agreement_that_waits_for_their_signature(amelie: Client, romain: Client) -> None:
    assert begins(romain) == "/famille/", "nothing of theirs yet"
    pairs.both_ready(amelie, romain)

    assert begins(amelie) == begins(romain) == "/famille/pension/accord/"
    assert "AC-" in romain.get(begins(romain)).content.decode()


def test_who_stopped_out_of_fear_is_not_led_back_to_it(amelie: Client, romain: Client) -> None:
    agreement = pairs.both_ready(amelie, romain)
    agreement.second_stopped_on = pairs.DAY
    agreement.save(update_fields=["second_stopped_on"])

    assert begins(romain) == "/famille/"
    assert begins(amelie) == "/famille/pension/accord/"


def test_an_agreement_withdrawn_leads_nowhere(amelie: Client, romain: Client) -> None:
    agreement = pairs.both_ready(amelie, romain)
    agreement.state = "WITHDRAWN"
    agreement.save(update_fields=["state"])

    assert begins(romain) == "/famille/"


def test_who_has_signed_is_not_asked_to_sign_again(amelie: Client, romain: Client) -> None:
    agreement = pairs.both_ready(amelie, romain)
    path = f"/famille/pension/accord/{agreement.key}/"
    assert "Lire et signer" in amelie.get(path).content.decode()

    pairs.factor(amelie)
    pairs.sign(amelie)

    assert "Lire et signer" not in amelie.get(path).content.decode()
    assert "Lire le texte" in amelie.get(path).content.decode()
    assert "Lire et signer" in romain.get(path).content.decode()
