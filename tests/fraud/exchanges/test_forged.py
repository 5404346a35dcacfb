"""Envelopes that are rightly signed and say what they may not: refused at the door, kept nowhere."""

from typing import Any
from uuid import uuid4

import pytest

from fraud.envelopes.sending import deliver, send
from fraud.exchanges.messages import answer_message, exchange_message, read_message
from fraud.models import AuthorisedOfficer, BodyNature, InfoExchange, OutgoingEnvelope
from fraud.rules import exchange as rules
from fraud.rules.figures import control_parameters
from tests.fraud.envelopes.scene import make_body, make_keys, make_officer
from tests.fraud.exchanges.world import (
    AGENCY,
    CAF,
    DAY,
    NOON,
    PERIODS,
    STAY,
    answered,
    asked,
    decide,
    drafted,
    given,
    refused,
    sides,
)

FIRST_ITEM: dict[str, Any] = {
    "code": STAY,
    "outcome": "",
    "refusal": "",
    "content": {},
    "data_format": "",
    "data_sha256": "",
}


def posted(officer: AuthorisedOfficer, recipient: str, message: dict[str, Any]) -> OutgoingEnvelope:
    sent = send(
        message=message, documents=[], sender=officer.body_id, recipient=recipient, officer_pk=officer.pk, at=NOON
    )  # fmt: skip
    done = deliver(envelope_pk=sent.pk)
    assert done is not None
    return done


@pytest.mark.parametrize(
    ("case", "changes", "code"),
    [
        ("as it is", {}, ""),
        ("an item that the agency does not hold", {"items": [FIRST_ITEM | {"code": "PAY_BY_MONTH"}]}, "OUT_OF_SCOPE"),
        ("medical data", {"items": [FIRST_ITEM | {"code": "MEDICAL_FILE"}]}, "OUT_OF_SCOPE"),
        ("an item of no list", {"items": [FIRST_ITEM | {"code": "EVERYTHING"}]}, "MALFORMED"),
        ("twice the same item", {"items": [FIRST_ITEM, FIRST_ITEM]}, "MALFORMED"),
        ("nothing asked", {"items": []}, "MALFORMED"),
        ("a mailbox instead of somebody", {"recipient": {"first_name": "Service", "last_name": "Courrier", "act_no": ""}},
         "NOT_DESIGNATED"),
        ("a purpose that the text does not allow", {"purpose": rules.INFORMING}, "PURPOSE_UNLAWFUL"),
        ("a text that nobody wrote", {"legal_basis": "L999"}, "PURPOSE_UNLAWFUL"),
        ("outside the scope of the designations", {"scope": "HOUSING"}, "OUT_OF_SCOPE"),
        ("nobody named", {"person": {"nir": "", "last_name": "F", "first_name": "", "born_on": ""}}, "MALFORMED"),
        ("neither case nor reason", {"reason": ""}, "MALFORMED"),
        ("no last day", {"due_on": ""}, "MALFORMED"),
        ("a reference that is none", {"reference": "../../1"}, "MALFORMED"),
        ("a list instead of a text", {"number": ["x"]}, "MALFORMED"),
    ],
)  # fmt: skip
def test_a_request_is_checked_again_where_it_arrives(pair, case, changes, code):
    made = drafted(pair)
    message = exchange_message(made, rules.due_on(control_parameters(), DAY))

    done = posted(pair[0], AGENCY, message | changes)

    assert done.refusal == code, case
    assert InfoExchange.objects.filter(direction="IN").count() == (0 if code else 1)


def test_only_the_body_that_was_asked_answers(pair):
    out, side = asked(pair)
    decide(side, pair[1], **{STAY: given(), PERIODS: refused()})
    make_body("CAF59", BodyNature.SCHEME)
    make_keys("CAF59")
    stranger = make_officer("CAF59", "SCHEME_CONTROL", "stranger", act_no="2025-59")
    message = answer_message(side)

    assert posted(stranger, CAF, message).refusal == "MALFORMED"
    assert posted(stranger, CAF, read_message(side, NOON)).refusal == "MALFORMED"
    out.refresh_from_db()
    assert (out.state, out.read_at) == (rules.ACKNOWLEDGED, None)


def test_an_answer_is_whole_or_is_none(pair):
    out, side = asked(pair)
    decide(side, pair[1], **{STAY: given(), PERIODS: refused()})
    message = answer_message(side)
    first, second = message["items"]
    for items in (
        [first], [first, second | {"outcome": ""}], [first, second | {"refusal": ""}], [first, second | {"refusal": "SECRET"}],
        [first, second | {"code": "CARER_REGISTRATION"}], [first | {"refusal": "TOO_OLD"}, second],
    ):  # fmt: skip
        assert posted(pair[1], CAF, message | {"items": items}).refusal == "MALFORMED"
    assert posted(pair[1], CAF, message | {"reference": str(uuid4())}).refusal == "MALFORMED"
    out.refresh_from_db()
    assert not out.items.exclude(outcome="").exists()


def test_a_second_answer_changes_nothing(pair):
    out, side = asked(pair)
    answered(side, pair[1], **{STAY: given(), PERIODS: refused()})
    message = answer_message(side)
    message["items"][1] |= {"outcome": "GIVEN", "refusal": ""}

    assert posted(pair[1], CAF, message).refusal == "REPLAYED"
    assert sides(out)[0].state == rules.PARTIAL


def test_the_asker_does_not_answer_itself(pair):
    out, _side = asked(pair)
    message = answer_message(out)
    for item in message["items"]:
        item |= {"outcome": "GIVEN"}

    assert posted(pair[0], AGENCY, message).refusal == "MALFORMED"
