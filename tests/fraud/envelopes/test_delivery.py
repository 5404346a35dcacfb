"""What happens between sending and the receipt: a body that does not answer, a receipt that is false, a worker that dies."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
import requests
from django.utils import timezone

from fraud.envelopes import jose, keys, receipts, sending, transport
from fraud.envelopes.refusals import SendingRefused
from fraud.envelopes.sealing import now
from fraud.envelopes.sending import WAITS, MoveNotAllowed, ask_again, deliver, left, send
from fraud.models import KeyUse, OutgoingEnvelope, OutgoingState, ReceivedEnvelope
from fraud.rules.figures import control_parameters
from portal.accounts.models import Posting
from portal.audit.models import JournalEntry
from tests.fraud.envelopes.scene import AGENCY, CAF, DAY, MESSAGE, paper


@pytest.fixture
def waiting(officers: Any, received: Any) -> OutgoingEnvelope:
    return send(message=MESSAGE, documents=[paper()], sender=CAF, recipient=AGENCY, officer_pk=officers[0].pk)


def again(envelope: OutgoingEnvelope) -> OutgoingEnvelope | None:
    """Its turn has come, whatever it waited for."""
    OutgoingEnvelope.objects.filter(pk=envelope.pk).update(next_try_at=timezone.now())
    return deliver(envelope_pk=envelope.pk)


def test_a_body_that_does_not_answer_is_tried_again_later_then_left_to_somebody(waiting, monkeypatch):
    monkeypatch.setattr(transport, "hand_over", Mock(side_effect=transport.NotDelivered("ConnectTimeout")))
    for number, wait in enumerate(WAITS, 1):
        done = again(waiting)
        assert (done.state, done.attempts, done.last_error) == (OutgoingState.WAITING, number, "ConnectTimeout")
        assert timedelta() < done.next_try_at - timezone.now() <= wait
        assert not left(timezone.now()).exists()

    done = again(waiting)
    assert done.state == OutgoingState.FAILED
    assert again(waiting) is None, "nobody tries it any more by itself"
    assert JournalEntry.objects.filter(action="control.envelope_failed").count() == 1

    monkeypatch.undo()
    ask_again(envelope_pk=waiting.pk, by="sylvie")
    assert again(waiting).state == OutgoingState.ACCEPTED
    with pytest.raises(MoveNotAllowed):
        ask_again(envelope_pk=waiting.pk, by="sylvie")


def test_all_the_waits_together_stay_below_the_age_that_is_accepted():
    hours = int(control_parameters().value("envelope.older_hours", DAY))

    assert sum(WAITS, timedelta()) + len(WAITS) * sending.LEASE < timedelta(hours=hours)


def test_a_receipt_lost_on_the_way_is_asked_again_and_nothing_is_done_twice(waiting, received, monkeypatch):
    hand_over = transport.hand_over

    def lost(envelope: OutgoingEnvelope) -> str:
        hand_over(envelope)
        raise transport.NotDelivered("ReadTimeout")

    monkeypatch.setattr(transport, "hand_over", lost)
    assert again(waiting).state == OutgoingState.WAITING
    monkeypatch.undo()

    assert again(waiting).state == OutgoingState.ACCEPTED
    assert len(received) == ReceivedEnvelope.objects.count() == 1


def test_a_worker_that_died_gives_it_back_after_its_lease(waiting):
    taken = sending._take(waiting.pk)

    assert taken is not None
    assert deliver(envelope_pk=waiting.pk) is None
    assert again(waiting).state == OutgoingState.ACCEPTED


def forged(envelope: OutgoingEnvelope, *, by: str, kid_of: str, **changes: str) -> str:
    said = {
        "id": str(envelope.envelope_id), "sha256": envelope.sha256, "signed": "", "recipient": AGENCY, "sender": CAF,
        "status": "ACCEPTED", "code": "", "at": now().isoformat(),
    }  # fmt: skip
    kid = keys.key_of(body_code=kid_of, use=KeyUse.SIGN, at=now()).kid
    own = jose.new_key() if by == "own" else keys.private_of(keys.key_of(body_code=by, use=KeyUse.SIGN, at=now()))
    return jose.sign(said | changes, own, kid, jose.RECEIPT)


@pytest.mark.parametrize(
    ("said", "receipt"),
    [
        ("signed by one’s own key under the recipient’s name", lambda one: forged(one, by="own", kid_of=AGENCY)),
        ("signed by the sender itself", lambda one: forged(one, by=CAF, kid_of=CAF)),
        ("of another envelope", lambda one: forged(one, by=AGENCY, kid_of=AGENCY, sha256="0" * 64)),
        ("accepted with a code", lambda one: forged(one, by=AGENCY, kid_of=AGENCY, code="EXPIRED")),
        ("a page of HTML", lambda _one: "<html>bienvenue</html>"),
        ("nothing", lambda _one: ""),
    ],
)
def test_a_forged_receipt_proves_nothing_and_is_journaled(
    waiting, monkeypatch, said: str, receipt: Callable[[OutgoingEnvelope], str]
):
    text = receipt(waiting)
    monkeypatch.setattr(transport, "hand_over", lambda _envelope: text)

    done = again(waiting)

    assert (done.state, done.receipt) == (OutgoingState.WAITING, ""), said
    assert JournalEntry.objects.filter(action="control.receipt_refused").count() == 1


def test_an_officer_who_left_before_it_was_handed_over_sends_nothing(waiting, officers, received):
    Posting.objects.filter(user=officers[0].user).update(ends_on=DAY)

    done = again(waiting)

    assert (done.state, done.refusal, done.receipt) == (OutgoingState.REFUSED, "LEFT_THE_POST", "")
    assert received == []


def test_what_waits_for_a_receipt_is_done_with_it(waiting, monkeypatch):
    seen: list[str] = []
    monkeypatch.setitem(sending.ON_RECEIPT, "test", lambda envelope: seen.append(envelope.state))

    again(waiting)

    assert seen == ["ACCEPTED"]


def test_a_body_elsewhere_is_reached_by_tls_alone(waiting, settings, monkeypatch):
    posted = Mock(side_effect=requests.ConnectTimeout)
    monkeypatch.setattr(requests, "post", posted)

    with pytest.raises(transport.NotDelivered, match="sans TLS"):
        transport._posted("http://agence.example", b"x")
    assert not posted.called
    with pytest.raises(transport.NotDelivered, match="ConnectTimeout"):
        transport._posted("https://agence.example", b"x")
    assert posted.call_args.args == ("https://agence.example/api/v1/exchanges/envelopes",)
    assert posted.call_args.kwargs["verify"] is True
    assert posted.call_args.kwargs["allow_redirects"] is False


def test_nothing_is_sealed_without_a_key_or_beyond_the_sizes(officers):
    said = {"message": MESSAGE, "sender": CAF, "recipient": AGENCY, "officer_pk": officers[0].pk}
    with pytest.raises(SendingRefused) as many:
        send(documents=[paper(str(number).encode()) for number in range(21)], **said)
    with pytest.raises(SendingRefused) as heavy:
        send(documents=[paper(b"x" * 10_000_001)], **said)
    for key in keys.published([AGENCY], now()):
        keys.revoke(kid=key.kid, at=now(), by="test")
    with pytest.raises(SendingRefused) as keyless:
        send(documents=[], **said)

    assert [one.value.code for one in (many, heavy, keyless)] == ["OVERSIZED", "OVERSIZED", "NO_KEY"]
    assert not OutgoingEnvelope.objects.exists()


def test_a_receipt_is_of_its_body_and_of_nobody_else(officers):
    text = receipts.make(sha256="0" * 64, recipient=AGENCY, sender=CAF, code="", at=now())

    assert receipts.read(text, recipient=AGENCY, at=now()).status == "ACCEPTED"
    with pytest.raises(Exception, match="d’un autre organisme"):
        receipts.read(text, recipient=CAF, at=now())
