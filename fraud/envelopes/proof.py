"""The file by which anybody proves an exchange later, without this portal: signature, documents, certificates, receipt."""

import base64
import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from fraud.envelopes import jose, keeping
from fraud.envelopes.content import unpack
from fraud.envelopes.verifying import FORMAT
from fraud.models import BodyKey, OutgoingEnvelope, ReceivedEnvelope


class NoSuchExchange(LookupError):
    """No envelope of that number was sent or received here."""


def proof_of(envelope_id: UUID, *, holder: str) -> bytes:
    """The file of one envelope as the body `holder` sent or received it: what `manage.py verify_exchange` reads. It holds the
    documents: whoever gives it journals it. Raises NoSuchExchange, keeping.Forgotten when this side's content was erased."""
    row = _row(envelope_id, holder)
    signed, contents = unpack(keeping.kept(row.kept, row.kept_key))
    kids = [jose.kid_of_signed(signed, jose.ENVELOPE)]
    if row.receipt:
        kids.append(jose.kid_of_signed(row.receipt, jose.RECEIPT))
    found: dict[str, Any] = {
        "format": FORMAT, "signed": signed, "receipt": row.receipt, "sha256": row.sha256,
        "contents": {name: base64.b64encode(content).decode() for name, content in contents.items()},
        "certificates": dict(BodyKey.objects.filter(kid__in=kids).values_list("kid", "certificates")),
    }  # fmt: skip
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True).encode()


def forget_content(envelope_ids: Iterable[UUID], *, holder: str) -> None:
    """Erase what one side kept, at its term: the key goes; number, hash and receipt stay. A second call changes nothing."""
    numbers = list(envelope_ids)
    OutgoingEnvelope.objects.filter(envelope_id__in=numbers, sender_id=holder).update(kept_key=None)
    ReceivedEnvelope.objects.filter(envelope_id__in=numbers, recipient_id=holder).update(kept_key=None)


def _row(envelope_id: UUID, holder: str) -> OutgoingEnvelope | ReceivedEnvelope:
    """The row of that side alone: each keeps and erases its own, and neither hides the other's."""
    sent = OutgoingEnvelope.objects.filter(envelope_id=envelope_id, sender_id=holder).first()
    row = sent or ReceivedEnvelope.objects.filter(envelope_id=envelope_id, recipient_id=holder).first()
    if row is None:
        raise NoSuchExchange(str(envelope_id))
    return row
