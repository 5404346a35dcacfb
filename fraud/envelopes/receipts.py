"""Signed receipts: that an envelope, named by its hash, was taken or refused, when and by which body."""

from datetime import datetime

from fraud.envelopes import jose, keys
from fraud.envelopes.receipt import ACCEPTED, REFUSED, Receipt, said
from fraud.envelopes.refusals import EnvelopeRefused
from fraud.models import KeyUse


def make(
    *, sha256: str, recipient: str, sender: str, code: str, at: datetime, envelope_id: str = "", signed: str = ""
) -> str:
    """The receipt of `recipient` for what it was sent. Raises SendingRefused when it has no key."""
    key = keys.key_of(body_code=recipient, use=KeyUse.SIGN, at=at)
    fields = {
        "id": envelope_id, "sha256": sha256, "signed": signed, "recipient": recipient, "sender": sender, "code": code,
        "status": REFUSED if code else ACCEPTED, "at": at.isoformat(),
    }  # fmt: skip
    return jose.sign(fields, keys.private_of(key), key.kid, jose.RECEIPT)


def read(text: str, *, recipient: str, at: datetime) -> Receipt:
    """The receipt, signed by the body to which the envelope went. Raises EnvelopeRefused."""
    key = keys.of_kid(jose.kid_of_signed(text, jose.RECEIPT), KeyUse.SIGN, at)
    if key.body_id != recipient:
        raise EnvelopeRefused("WRONG_KEY")
    return said(jose.verified(text, keys.public_of(key)))
