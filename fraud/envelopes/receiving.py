"""What comes: proven, given to whoever treats its kind, answered by a signed receipt; refused, kept as a hash and a code."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from fraud.envelopes import keeping, receipts
from fraud.envelopes.content import Opened, sha256
from fraud.envelopes.refusals import EnvelopeRefused, SendingRefused
from fraud.envelopes.sealing import now, open_sealed
from fraud.models import ReceivedEnvelope, RefusedEnvelope
from portal.audit.operations import journal

# By the kind of message, what it does: the code of a refusal, or nothing. Called in the transaction of the received row:
# what it raises undoes both, and the sender tries again.
RECEIVERS: dict[str, Callable[[Opened], str]] = {}


@dataclass(frozen=True)
class Answer:
    """What the door answers: a receipt, or only a code when it cannot be said for which body one would sign."""

    code: str
    receipt: str


def receive(content: bytes, *, client: str, at: datetime | None = None) -> Answer:
    """Take one envelope in. The same bytes twice give the same receipt, and are treated once.

    `client`: the body of the certificate of the connection, when the door asks for one.
    """
    at, digest = at or now(), sha256(content)
    known = ReceivedEnvelope.objects.filter(sha256=digest).first()
    if known is not None:
        return Answer(known.refusal, known.receipt)
    try:
        found = open_sealed(content, at=at)
        if client and client != found.sender:
            raise EnvelopeRefused("WRONG_CLIENT", claimed_sender=found.sender, recipient=found.recipient)
        return _taken(found, at)
    except EnvelopeRefused as refused:
        return _refused(content, refused, at)


def _taken(found: Opened, at: datetime) -> Answer:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"envelope:{found.envelope_id}",))
        # Two posts at once: who comes second finds it here, before anything is treated twice.
        first = ReceivedEnvelope.objects.filter(envelope_id=found.envelope_id).first()
        if first is not None:
            return _same_or_replayed(first, found)
        kept, kept_key = keeping.keep(found.inner)
        treat = RECEIVERS.get(found.kind)
        envelope = ReceivedEnvelope(
            envelope_id=found.envelope_id, sender_id=found.sender, recipient_id=found.recipient,
            officer_id=found.officer_pk, kind=found.kind, sequence=found.sequence, sent_at=found.sent_at, received_at=at,
            sha256=found.sha256, kept=kept, kept_key=kept_key, refusal="UNKNOWN_KIND" if treat is None else treat(found),
        )  # fmt: skip
        envelope.receipt = receipts.make(
            envelope_id=str(found.envelope_id), sha256=found.sha256, signed=found.signed_sha256,
            recipient=found.recipient, sender=found.sender, code=envelope.refusal, at=at,
        )  # fmt: skip
        envelope.save(force_insert=True)
        journal(
            actor=f"body:{found.sender}", action="control.envelope_received", subject=f"envelope:{found.envelope_id}",
            detail={"to": found.recipient, "kind": found.kind, "sha256": found.sha256, "code": envelope.refusal},
        )  # fmt: skip
    return Answer(envelope.refusal, envelope.receipt)


def _same_or_replayed(first: ReceivedEnvelope, found: Opened) -> Answer:
    if first.sha256 != found.sha256:
        raise EnvelopeRefused("REPLAYED", claimed_sender=found.sender, recipient=found.recipient)
    return Answer(first.refusal, first.receipt)


def _refused(content: bytes, refused: EnvelopeRefused, at: datetime) -> Answer:
    """Keep the hash and the code, journal it, and say so under signature when it is known for whom it was."""
    digest = sha256(content)
    with transaction.atomic():
        row, is_new = RefusedEnvelope.objects.get_or_create(
            sha256=digest, code=refused.code,
            defaults={
                "size": len(content), "claimed_sender": refused.claimed_sender, "received_at": at,
                "receipt": _receipt_of_refusal(digest, refused, at),
            },
        )  # fmt: skip
        if not is_new:
            RefusedEnvelope.objects.filter(pk=row.pk).update(times=F("times") + 1)
        journal(
            actor=f"body:{refused.claimed_sender or '?'}", action="control.envelope_refused", subject=f"sha256:{digest}",
            detail={"code": refused.code, "to": refused.recipient, "size": len(content)},
        )  # fmt: skip
    return Answer(refused.code, row.receipt)


def _receipt_of_refusal(digest: str, refused: EnvelopeRefused, at: datetime) -> str:
    if not refused.recipient:
        return ""
    try:
        return receipts.make(
            envelope_id="",
            sha256=digest,
            recipient=refused.recipient,
            sender=refused.claimed_sender,
            code=refused.code,
            at=at,
        )
    except SendingRefused:
        return ""
