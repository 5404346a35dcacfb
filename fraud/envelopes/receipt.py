"""What a signed receipt says. Pure: whoever proves an exchange offline reads it too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fraud.envelopes.refusals import EnvelopeRefused

ACCEPTED, REFUSED = "ACCEPTED", "REFUSED"


@dataclass(frozen=True)
class Receipt:
    """What a receipt says, once its signature is proven. `sha256`: what was posted; `signed`: what was signed in it, when that
    was proven (whoever holds an exchange without its seal finds it there); `code`: why it was refused."""

    envelope_id: str
    sha256: str
    signed: str
    recipient: str
    sender: str
    status: str
    code: str
    at: datetime


def said(payload: Mapping[str, Any]) -> Receipt:
    """The fields of a receipt. Raises EnvelopeRefused (MALFORMED)."""
    names = ("id", "sha256", "signed", "recipient", "sender", "status", "code", "at")
    if set(payload) != set(names) or not all(isinstance(payload[name], str) for name in names):
        raise EnvelopeRefused("MALFORMED")
    if (payload["status"] == REFUSED) != bool(payload["code"]) or payload["status"] not in (ACCEPTED, REFUSED):
        raise EnvelopeRefused("MALFORMED")
    try:
        at = datetime.fromisoformat(payload["at"])
    except ValueError as wrong:
        raise EnvelopeRefused("MALFORMED") from wrong
    return Receipt(
        payload["id"], payload["sha256"], payload["signed"], payload["recipient"], payload["sender"], payload["status"],
        payload["code"][:30], at,
    )  # fmt: skip
