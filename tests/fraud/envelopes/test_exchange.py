"""An envelope from one body to another inside one portal: sent, taken, answered by a receipt; twice is once."""

import pytest

from fraud.envelopes.receiving import RECEIVERS, receive
from fraud.envelopes.refusals import SendingRefused
from fraud.envelopes.sending import deliver, send
from fraud.models import AuthorisedOfficer, OutgoingEnvelope, OutgoingState, ReceivedEnvelope, RefusedEnvelope
from portal.audit.models import JournalEntry
from tests.fraud.envelopes.scene import AGENCY, CAF, MESSAGE, paper


def sent(officer: AuthorisedOfficer, **changes):
    said = {
        "message": MESSAGE, "documents": [paper()], "sender": CAF, "recipient": AGENCY, "officer_pk": officer.pk,
    }  # fmt: skip
    return send(**said | changes)


def test_a_message_and_its_document_arrive_whole_and_the_receipt_comes_back(officers, received):
    envelope = sent(officers[0])

    done = deliver(envelope_pk=envelope.pk)

    assert done.state == OutgoingState.ACCEPTED, done.last_error
    (opened,) = received
    assert opened.message == MESSAGE
    assert opened.documents[0].content == paper().content
    assert opened.documents[0].body == CAF
    assert opened.officer["act_no"] == officers[0].act_no
    assert opened.officer_pk == officers[0].pk
    assert done.receipt == ReceivedEnvelope.objects.get(envelope_id=envelope.envelope_id).receipt
    assert done.sealed is None
    actions = set(
        JournalEntry.objects.filter(subject=f"envelope:{envelope.envelope_id}").values_list("action", flat=True)
    )
    assert actions == {"control.envelope_sent", "control.envelope_received", "control.envelope_accepted"}


def test_the_same_bytes_twice_are_treated_once_and_get_the_same_receipt(officers, received):
    content = bytes(sent(officers[0]).sealed)

    first, second = receive(content, client=""), receive(content, client="")

    assert first == second
    assert len(received) == ReceivedEnvelope.objects.count() == 1
    assert RefusedEnvelope.objects.count() == 0


def test_what_a_receiver_refuses_comes_back_as_a_signed_refusal(officers):
    RECEIVERS["test"] = lambda _opened: "OUT_OF_SCOPE"
    try:
        done = deliver(envelope_pk=sent(officers[0]).pk)
    finally:
        del RECEIVERS["test"]

    assert (done.state, done.refusal) == (OutgoingState.REFUSED, "OUT_OF_SCOPE")
    assert done.receipt


def test_nothing_leaves_by_an_officer_of_another_body(officers):
    with pytest.raises(SendingRefused) as refused:
        sent(officers[1])

    assert refused.value.code == "WRONG_BODY"
    assert not OutgoingEnvelope.objects.exists()
