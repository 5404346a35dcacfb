"""Sealing an envelope, and opening one that came: each thing that could be false is looked at, in this order.

Outside in: size, headers, the key for which it is encrypted; then whose signature it is; then what was signed (recipient,
time, documents, provenance); then the officer, on the day of sending and on the day of receipt; last, whether it came before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from fraud.directory.selectors import bodies_on, exchange_code
from fraud.envelopes import jose, keys
from fraud.envelopes.content import Document, Opened, opened, pack, payload_of, sha256, unpack
from fraud.envelopes.refusals import EnvelopeRefused, SendingRefused
from fraud.models import AuthorisedOfficer, KeyUse, ReceivedEnvelope
from fraud.rules.figures import control_parameters
from portal.accounts.permissions import moment_on, today

MEGABYTE = 1_000_000


def now() -> datetime:
    """The instant of the pages: the demonstration's day has its hours too."""
    return moment_on(today())


def day_of(at: datetime) -> Any:
    """The business day of an instant, in Paris."""
    return timezone.localtime(at).date()


def seal(
    *, message: Mapping[str, Any], documents: Sequence[Document], sender: str, recipient: str, officer_pk: int,
    at: datetime | None = None, envelope_id: UUID | None = None, sequence: int = 1,
) -> bytes:  # fmt: skip
    """What is posted. Raises SendingRefused: a key lacks, or it is too large. `fraud.envelopes.sending.send` is what sends."""
    return sealed(
        sign_inner(
            message=message, documents=documents, sender=sender, recipient=recipient, officer_pk=officer_pk,
            at=at or now(), envelope_id=envelope_id or uuid4(), sequence=sequence,
        ),
        recipient=recipient, at=at or now(),
    )  # fmt: skip


def sign_inner(
    *, message: Mapping[str, Any], documents: Sequence[Document], sender: str, recipient: str, officer_pk: int, at: datetime,
    envelope_id: UUID, sequence: int,
) -> bytes:  # fmt: skip
    """What is signed and its documents, before it is encrypted."""
    _check_size(documents, at)
    officer = AuthorisedOfficer.objects.get(pk=officer_pk)
    payload = payload_of(
        envelope_id=envelope_id, sender=sender, recipient=recipient, officer=told(officer), sent_at=at, sequence=sequence,
        message=message, documents=documents,
    )  # fmt: skip
    key = keys.key_of(body_code=sender, use=KeyUse.SIGN, at=at)
    return pack(jose.sign(payload, keys.private_of(key), key.kid, jose.ENVELOPE), documents)


def sealed(inner: bytes, *, recipient: str, at: datetime) -> bytes:
    """`inner` for one body alone."""
    key = keys.key_of(body_code=recipient, use=KeyUse.ENCRYPT, at=at)
    return jose.encrypt(inner, keys.public_of(key), key.kid)


def told(officer: AuthorisedOfficer) -> dict[str, str]:
    """The officer and the act that designates them, as an envelope says it."""
    return {
        "first_name": officer.first_name, "last_name": officer.last_name, "category": officer.category,
        "act_no": officer.act_no, "act_dated": str(officer.act_dated), "signatory": officer.signatory,
        "signatory_quality": officer.signatory_quality, "valid_from": str(officer.valid_from),
        "valid_to": str(officer.valid_to),
    }  # fmt: skip


def _check_size(documents: Sequence[Document], at: datetime) -> None:
    figures = control_parameters()
    if len(documents) > int(figures.value("envelope.documents", day_of(at))):
        raise SendingRefused("OVERSIZED")
    if sum(len(one.content) for one in documents) > MEGABYTE * int(figures.value("envelope.megabytes", day_of(at))):
        raise SendingRefused("OVERSIZED")


def bytes_most(at: datetime) -> int:
    """The largest envelope that is read: its documents, grown twice by base64, and what is written around them."""
    return jose.SWELLS * MEGABYTE * int(control_parameters().value("envelope.megabytes", day_of(at))) + jose.SIGNED_MOST


def open_sealed(content: bytes, *, at: datetime | None = None) -> Opened:
    """The envelope, proven. Raises EnvelopeRefused with the code of what is false."""
    at = at or now()
    recipient, inner = _decrypted(content, at)
    try:
        found = _proven(inner, recipient, at)
    except EnvelopeRefused as refused:
        refused.recipient = recipient
        raise
    return replace(found, sha256=sha256(content), inner=inner)


def _decrypted(content: bytes, at: datetime) -> tuple[str, bytes]:
    """For whom it is, and what it holds."""
    if len(content) > bytes_most(at):
        raise EnvelopeRefused("OVERSIZED")
    try:
        compact = content.decode("ascii")
    except UnicodeDecodeError as wrong:
        raise EnvelopeRefused("MALFORMED") from wrong
    key = keys.of_kid(jose.kid_of_sealed(compact), KeyUse.ENCRYPT, at)
    if key.private is None:
        raise EnvelopeRefused("WRONG_RECIPIENT")
    return key.body_id, jose.decrypt(compact, keys.private_of(key))


def _proven(inner: bytes, recipient: str, at: datetime) -> Opened:
    signed, contents = unpack(inner)
    claimed = str(jose.payload_before_proof(signed).get("sender", ""))[:12]
    try:
        payload = _signed_by_sender(signed, at)
        found = opened(payload, contents)
        _check_addressed(found, recipient, at)
        return replace(found, officer_pk=_officer_of(found, at))
    except EnvelopeRefused as refused:
        refused.claimed_sender = claimed
        raise


def _signed_by_sender(signed: str, at: datetime) -> dict[str, Any]:
    kid = jose.kid_of_signed(signed, jose.ENVELOPE)
    sender = str(jose.payload_before_proof(signed).get("sender", ""))
    if not bodies_on(day_of(at)).filter(code=sender).exists():
        raise EnvelopeRefused("UNKNOWN_SENDER")
    key = keys.of_kid(kid, KeyUse.SIGN, at)
    if key.body_id != sender:
        raise EnvelopeRefused("WRONG_KEY")
    return jose.verified(signed, keys.public_of(key))


def _check_addressed(found: Opened, recipient: str, at: datetime) -> None:
    """To us, lately, and for the first time."""
    if found.recipient != recipient or found.sender == recipient:
        raise EnvelopeRefused("WRONG_RECIPIENT")
    figures, day = control_parameters(), day_of(at)
    if found.sent_at < at - timedelta(hours=int(figures.value("envelope.older_hours", day))):
        raise EnvelopeRefused("TOO_OLD")
    if found.sent_at > _latest(at):
        raise EnvelopeRefused("IN_THE_FUTURE")
    if len(found.documents) > int(figures.value("envelope.documents", day)):
        raise EnvelopeRefused("OVERSIZED")
    if ReceivedEnvelope.objects.filter(envelope_id=found.envelope_id).exists():
        raise EnvelopeRefused("REPLAYED")


def _latest(at: datetime) -> datetime:
    """The latest hour that an envelope may bear. On a day that is set (the demonstration's), hours begin again each night."""
    if settings.PORTAL_DAY:
        return timezone.localtime(at).replace(hour=23, minute=59, second=59)
    return at + timedelta(minutes=int(control_parameters().value("envelope.future_minutes", day_of(at))))


def _officer_of(found: Opened, at: datetime) -> int:
    """The officer as our directory knows them: designated on the day of sending, and still on the day of receipt."""
    said = found.officer
    known = AuthorisedOfficer.objects.filter(
        body_id=found.sender, act_no=said["act_no"], last_name=said["last_name"], first_name=said["first_name"]
    ).select_related("body")
    officer = known.first()
    if officer is None:
        raise EnvelopeRefused("NOT_DESIGNATED")
    for day in (day_of(found.sent_at), day_of(at)):
        code = exchange_code(officer_pk=officer.pk, on=day, sender=found.sender)
        if code:
            raise EnvelopeRefused(code)
    if told(officer) != dict(said):
        raise EnvelopeRefused("NOT_DESIGNATED")
    return officer.pk
