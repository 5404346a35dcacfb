"""What belongs to no exchange goes at its term: content of read receipts and of refused messages, traces of what was none."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from fraud.envelopes.proof import proof_of
from fraud.exchanges import unheld
from fraud.exchanges.messages import exchange_message
from fraud.exchanges.opening import open_exchange
from fraud.models import OutgoingEnvelope, ReceivedEnvelope, RefusedEnvelope
from fraud.rules import exchange as rules
from fraud.rules.figures import control_parameters
from tests.fraud.envelopes.scene import PARIS
from tests.fraud.exchanges.test_forged import FIRST_ITEM, posted
from tests.fraud.exchanges.world import AGENCY, CAF, DAY, NOON, asked, delivered, drafted

OVER = date(2027, 1, 27)  # three months after 26 October, and a day


def kept() -> tuple[int, int]:
    sent, came = OutgoingEnvelope.objects.exclude(kept_key=None), ReceivedEnvelope.objects.exclude(kept_key=None)
    return sent.count(), came.count()


def test_a_read_receipt_and_a_refused_message_go_and_a_living_exchange_stays(pair, monkeypatch):
    monkeypatch.setattr("fraud.envelopes.receiving.now", lambda: NOON)
    out, side = asked(pair)
    open_exchange(exchange=side, user=pair[1].user, on=DAY, at=NOON)
    delivered()
    message = exchange_message(drafted(pair), rules.due_on(control_parameters(), DAY))
    wrong = posted(pair[0], AGENCY, message | {"items": [FIRST_ITEM | {"code": "PAY_BY_MONTH"}]})
    assert kept() == (3, 3)

    assert unheld.forget_unheld(on=OVER - timedelta(days=1)) == 0
    assert unheld.forget_unheld(on=OVER) == 4
    assert unheld.forget_unheld(on=OVER) == 0
    assert kept() == (1, 1)
    assert proof_of(out.envelope, holder=CAF)
    assert ReceivedEnvelope.objects.get(envelope_id=wrong.envelope_id).receipt


def trace(at: datetime, name: str) -> RefusedEnvelope:
    return RefusedEnvelope.objects.create(sha256=name * 64, size=10, code="MALFORMED", received_at=at)


def test_the_trace_of_a_refused_envelope_is_kept_twelve_months(db):
    first = datetime(2020, 3, 10, 23, 59, tzinfo=PARIS)
    gone, stays = trace(first, "a"), trace(first + timedelta(minutes=1), "b")

    assert unheld.purge_refused(on=date(2021, 3, 10)) == 0
    assert unheld.purge_refused(on=date(2021, 3, 11)) == 1
    assert list(RefusedEnvelope.objects.all()) == [stays] != [gone]


def test_the_database_keeps_the_trace_of_the_last_months(db):
    late = trace(datetime.now(PARIS) - timedelta(days=150), "a")
    with pytest.raises(IntegrityError, match="reste tel"), transaction.atomic():
        late.delete()
    with pytest.raises(IntegrityError, match="reste tel"), transaction.atomic():
        RefusedEnvelope.objects.update(code="ALTERED")
