"""The door: what is posted, how large, how often, by whose connection; the keys that everybody may read."""

import json
from typing import Any

import pytest
from django.test import Client

from fraud.envelopes.sealing import bytes_most, now
from fraud.envelopes.sending import send
from fraud.models import BodyKey, ReceivedEnvelope
from tests.fraud.envelopes.scene import AGENCY, CAF, MESSAGE, paper

DOOR = "/api/v1/exchanges/envelopes"
JOSE = "application/jose"


@pytest.fixture
def content(officers: Any, received: Any) -> bytes:
    made = send(message=MESSAGE, documents=[paper()], sender=CAF, recipient=AGENCY, officer_pk=officers[0].pk)
    return bytes(made.sealed)


@pytest.fixture
def door() -> Client:
    """A machine that calls, without the token of any form."""
    return Client(enforce_csrf_checks=True)


def test_an_envelope_enters_without_cookie_and_its_receipt_is_given(content, door):
    answer = door.post(DOOR, content, content_type=JOSE)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, JOSE)
    assert answer.content.decode() == ReceivedEnvelope.objects.get().receipt
    assert not answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]


def test_what_is_refused_is_told_by_its_code(officers, door):
    answer = door.post(DOOR, b"bonjour", content_type=JOSE)

    assert (answer.status_code, answer.json()["code"]) == (422, "MALFORMED")


def test_sizes_types_and_methods(officers, door):
    assert door.post(DOOR, b"x" * (bytes_most(now()) + 1), content_type=JOSE).status_code == 413
    assert door.post(DOOR, b"x", content_type="application/json").status_code == 415
    assert door.get(DOOR).status_code == 405


def test_the_sixty_first_of_a_minute_waits(officers, door):
    answers = [door.post(DOOR, b"x", content_type=JOSE).status_code for _time in range(61)]

    assert answers == [422] * 60 + [429]
    assert ReceivedEnvelope.objects.count() == 0


@pytest.mark.parametrize(
    ("subject", "status", "code"),
    [
        (f"CN={CAF}", 200, ""),
        (f"CN={CAF},O=Caf du Puy-de-Dôme,C=FR", 200, ""),
        ("CN=CAF43", 422, "WRONG_CLIENT"),
        (None, 403, "WRONG_CLIENT"),
        ("", 403, "WRONG_CLIENT"),
        ("ceci n’est pas un nom".encode().decode("latin-1"), 403, "WRONG_CLIENT"),
        (f"CN={CAF}+CN=CAF43", 403, "WRONG_CLIENT"),
    ],
)
def test_the_certificate_of_the_connection_is_that_of_the_sender(content, door, settings, subject, status, code):
    settings.PORTAL_EXCHANGE_MTLS = True
    headers = {} if subject is None else {"X-Exchange-Client": subject}

    answer = door.post(DOOR, content, content_type=JOSE, headers=headers)

    assert answer.status_code == status
    assert ReceivedEnvelope.objects.count() == (1 if status == 200 else 0)
    if status == 403:
        assert answer.json()["code"] == code


def test_the_keys_of_the_bodies_here_are_published_without_anything_private(officers, door):
    found = door.get("/api/v1/exchanges/keys")

    assert {one["body"] for one in found.json()["keys"]} == {CAF, AGENCY}
    assert len(found.json()["keys"]) == 4
    assert "PRIVATE" not in found.content.decode()
    assert set(json.loads(found.content)["keys"][0]) == {"body", "use", "kid", "certificates", "valid_from", "valid_to"}
    assert BodyKey.objects.exclude(private=None).count() == 4
