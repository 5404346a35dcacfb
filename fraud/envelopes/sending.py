"""The outbox: an envelope is a row of the caller's transaction; it leaves afterwards, once, and its signed receipt is kept."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from fraud.directory.selectors import bodies_on, exchange_code
from fraud.envelopes import keeping, receipts, transport
from fraud.envelopes.content import Document, kind_of, sha256
from fraud.envelopes.receipt import Receipt
from fraud.envelopes.refusals import EnvelopeRefused, SendingRefused
from fraud.envelopes.sealing import day_of, now, sealed, sign_inner
from fraud.models import OUTGOING_MOVES, OutgoingEnvelope, OutgoingState
from portal.audit.operations import journal

# What to do once the receipt of a message of some kind is there, in its transaction: `envelope.state` says which.
ON_RECEIPT: dict[str, Callable[[OutgoingEnvelope], None]] = {}
# How long before each new try; after the last, somebody looks. All of them together stay below the age that is accepted.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 720, 720, 720))
LEASE = timedelta(minutes=2)
AT_ONCE = 200
ACTOR = "exchange"


class MoveNotAllowed(Exception):
    """The envelope is not in a state from which it could go there."""


def send(
    *, message: Mapping[str, Any], documents: Sequence[Document], sender: str, recipient: str, officer_pk: int,
    at: datetime | None = None,
) -> OutgoingEnvelope:  # fmt: skip
    """Seal and put into the outbox, in the caller's transaction: nothing outside is called here.

    Raises SendingRefused when the officer may not on this day, when a key lacks, or when it is too large. A second call is a
    second envelope: who must send once keeps the row that this returns.
    """
    at = at or now()
    code = exchange_code(officer_pk=officer_pk, on=day_of(at), sender=sender)
    if code:
        raise SendingRefused(code)
    if not bodies_on(day_of(at)).filter(code=recipient).exists():
        raise SendingRefused("UNKNOWN_RECIPIENT", f"L’organisme {recipient} n’est pas, ou plus, dans l’annuaire.")
    envelope_id = uuid4()
    with transaction.atomic():
        sequence = _next(sender, recipient)
        inner = sign_inner(
            message=message, documents=documents, sender=sender, recipient=recipient, officer_pk=officer_pk, at=at,
            envelope_id=envelope_id, sequence=sequence,
        )  # fmt: skip
        content = sealed(inner, recipient=recipient, at=at)
        kept, kept_key = keeping.keep(inner)
        envelope = OutgoingEnvelope.objects.create(
            envelope_id=envelope_id, sender_id=sender, recipient_id=recipient, officer_id=officer_pk, kind=kind_of(message),
            sequence=sequence, sent_at=at, sha256=sha256(content), sealed=content, kept=kept, kept_key=kept_key,
            next_try_at=timezone.now(),
        )  # fmt: skip
        tell(envelope, "control.envelope_sent", {"documents": len(documents), "officer": officer_pk})
    return envelope


def _next(sender: str, recipient: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"envelope:{sender}:{recipient}",))
    found = OutgoingEnvelope.objects.filter(sender_id=sender, recipient_id=recipient).aggregate(last=Max("sequence"))
    return (found["last"] or 0) + 1


def left(at: datetime) -> QuerySet[OutgoingEnvelope]:
    """Those whose turn has come; one whose worker died comes back after its lease."""
    return OutgoingEnvelope.objects.filter(
        state__in=[OutgoingState.WAITING, OutgoingState.SENDING], next_try_at__lte=at
    ).order_by("next_try_at", "pk")


def deliver(*, envelope_pk: int) -> OutgoingEnvelope | None:
    """Hand one over and keep its receipt; None when somebody else is at it or nothing is left to do.

    Nothing is held open while the other body is called. Delivered twice, it is the same envelope and the same receipt.
    """
    envelope = _take(envelope_pk)
    if envelope is None:
        return None
    code = exchange_code(officer_pk=envelope.officer_id, on=day_of(now()), sender=envelope.sender_id)
    if code:
        return _finish(envelope, OutgoingState.REFUSED, refusal=code)
    try:
        text = transport.hand_over(envelope)
        receipt = _own_receipt(envelope, text)
    except (transport.NotDelivered, EnvelopeRefused) as failed:
        return _try_again(envelope, str(failed))
    state = OutgoingState.REFUSED if receipt.code else OutgoingState.ACCEPTED
    return _finish(envelope, state, receipt=text, receipt_at=receipt.at, refusal=receipt.code)


def _own_receipt(envelope: OutgoingEnvelope, text: str) -> Receipt:
    """The receipt, if it is of this very envelope, by the body to which it went; a forged one is journaled."""
    try:
        receipt = receipts.read(text, recipient=envelope.recipient_id, at=now())
        if (receipt.sha256, receipt.recipient) != (envelope.sha256, envelope.recipient_id):
            raise EnvelopeRefused("ALTERED")
    except EnvelopeRefused as forged:
        tell(envelope, "control.receipt_refused", {"code": forged.code})
        raise
    return receipt


def ask_again(*, envelope_pk: int, by: str) -> OutgoingEnvelope:
    """A new try of one that could not be delivered. Raises MoveNotAllowed."""
    with transaction.atomic():
        envelope = OutgoingEnvelope.objects.select_for_update(of=("self",)).get(pk=envelope_pk)
        _move(envelope, OutgoingState.WAITING, attempts=0, next_try_at=timezone.now())
        tell(envelope, "control.envelope_asked_again", {}, actor=by)
    return envelope


def _take(pk: int) -> OutgoingEnvelope | None:
    at = timezone.now()
    with transaction.atomic():
        envelope = left(at).select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
        if envelope is not None:
            _move(envelope, OutgoingState.SENDING, attempts=envelope.attempts + 1, next_try_at=at + LEASE)
    return envelope


def _finish(envelope: OutgoingEnvelope, state: str, **fields: Any) -> OutgoingEnvelope:
    """The end, with what its kind asks for, in one transaction; whoever came second finds it done."""
    with transaction.atomic():
        held = OutgoingEnvelope.objects.select_for_update(of=("self",)).get(pk=envelope.pk)
        if held.state != OutgoingState.SENDING:
            return held
        _move(held, state, sealed=None, last_error="", **fields)
        tell(held, f"control.envelope_{state.lower()}", {"code": held.refusal})
        after = ON_RECEIPT.get(held.kind)
        if after is not None:
            after(held)
    return held


def _try_again(envelope: OutgoingEnvelope, error: str) -> OutgoingEnvelope:
    is_last = envelope.attempts > len(WAITS)
    state = OutgoingState.FAILED if is_last else OutgoingState.WAITING
    wait = timedelta() if is_last else WAITS[envelope.attempts - 1]
    with transaction.atomic():
        held = OutgoingEnvelope.objects.select_for_update(of=("self",)).get(pk=envelope.pk)
        if held.state == OutgoingState.SENDING:
            _move(held, state, last_error=error[:200], next_try_at=timezone.now() + wait)
        if is_last:
            tell(held, "control.envelope_failed", {"error": error[:200]})
    return held


def _move(envelope: OutgoingEnvelope, state: str, **fields: Any) -> None:
    """The only place that assigns a state."""
    if state not in OUTGOING_MOVES[OutgoingState(envelope.state)]:
        raise MoveNotAllowed(f"{envelope.envelope_id}: {envelope.state} -> {state}")
    envelope.state = state
    for name, value in fields.items():
        setattr(envelope, name, value)
    envelope.save(update_fields=["state", *fields])


def tell(envelope: OutgoingEnvelope, action: str, detail: Mapping[str, object], *, actor: str = "") -> None:
    who = actor or f"body:{envelope.sender_id}"
    about = {"to": envelope.recipient_id, "kind": envelope.kind, "sha256": envelope.sha256}
    journal(actor=who, action=action, subject=f"envelope:{envelope.envelope_id}", detail=about | dict(detail))
