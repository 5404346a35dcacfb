"""What an envelope holds: who writes to whom, by which officer, when, the message, and each document by its hash.

Pure: the same checks serve the door, the tests and whoever proves an exchange offline.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from fraud.envelopes.jose import strict
from fraud.envelopes.refusals import EnvelopeRefused

VERSION = 1
TEXTS = ("sender", "recipient", "sent_at", "id")
OFFICER = (
    "first_name", "last_name", "category", "act_no", "act_dated", "signatory", "signatory_quality", "valid_from", "valid_to",
)  # fmt: skip
PROVENANCE = ("body", "system", "extraction_at", "officer")


@dataclass(frozen=True)
class Document:
    """A document as it leaves or came. `extraction_at`: when it was taken out of `system`; `body` and `officer` are those of
    the signature when empty."""

    name: str
    media_type: str
    content: bytes
    system: str
    extraction_at: datetime
    officer: str = ""
    body: str = ""

    @property
    def sha256(self) -> str:
        return sha256(self.content)


@dataclass(frozen=True)
class Opened:
    """An envelope that was proven: nobody else wrote it, nothing in it changed, its officer may exchange."""

    envelope_id: UUID
    sender: str
    recipient: str
    officer: Mapping[str, str]
    sent_at: datetime
    sequence: int
    message: Mapping[str, Any]
    documents: tuple[Document, ...]
    # As this portal's directory knows the officer.
    officer_pk: int = 0
    sha256: str = ""
    inner: bytes = field(default=b"", repr=False)

    @property
    def kind(self) -> str:
        return kind_of(self.message)

    @property
    def signed_sha256(self) -> str:
        return sha256(unpack(self.inner)[0].encode())


def kind_of(message: Mapping[str, Any]) -> str:
    """Which treatment a message asks for: its `kind`."""
    return str(message.get("kind", ""))[:40]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def payload_of(
    *, envelope_id: UUID, sender: str, recipient: str, officer: Mapping[str, str], sent_at: datetime, sequence: int,
    message: Mapping[str, Any], documents: Sequence[Document],
) -> dict[str, Any]:  # fmt: skip
    """What is signed."""
    name = f"{officer['first_name']} {officer['last_name']}"
    return {
        "version": VERSION, "id": str(envelope_id), "sender": sender, "recipient": recipient, "officer": dict(officer),
        "sent_at": sent_at.isoformat(), "sequence": sequence, "message": dict(message),
        "documents": [_described(one, sender, name) for one in documents],
    }  # fmt: skip


def _described(one: Document, sender: str, officer: str) -> dict[str, Any]:
    provenance = {
        "body": one.body or sender, "system": one.system, "extraction_at": one.extraction_at.isoformat(),
        "officer": one.officer or officer,
    }  # fmt: skip
    return {
        "name": one.name, "type": one.media_type, "sha256": one.sha256, "size": len(one.content), "provenance": provenance,
    }  # fmt: skip


def pack(signed: str, documents: Sequence[Document]) -> bytes:
    """What is encrypted: the signature, and the documents by their hash."""
    contents = {one.sha256: base64.b64encode(one.content).decode() for one in documents}
    return json.dumps({"signed": signed, "contents": contents}, separators=(",", ":"), sort_keys=True).encode()


def unpack(inner: bytes) -> tuple[str, dict[str, bytes]]:
    """The signature and the documents by the hash under which they came. Raises EnvelopeRefused."""
    found = strict(inner)
    if not isinstance(found, dict) or set(found) != {"signed", "contents"} or not isinstance(found["signed"], str):
        raise EnvelopeRefused("MALFORMED")
    contents = found["contents"]
    if not isinstance(contents, dict) or not all(isinstance(text, str) for text in contents.values()):
        raise EnvelopeRefused("MALFORMED")
    try:
        return found["signed"], {name: base64.b64decode(text, validate=True) for name, text in contents.items()}
    except (ValueError, binascii.Error) as wrong:
        raise EnvelopeRefused("MALFORMED") from wrong


def opened(payload: Mapping[str, Any], contents: Mapping[str, bytes]) -> Opened:
    """The envelope, when its fields are whole and its documents exactly those that were signed. Raises EnvelopeRefused."""
    _check_shape(payload)
    documents = tuple(_document(one, contents) for one in payload["documents"])
    if set(contents) - {one["sha256"] for one in payload["documents"]}:
        raise EnvelopeRefused("DOCUMENT_ADDED")
    if any(one.body != payload["sender"] for one in documents):
        raise EnvelopeRefused("FORGED_PROVENANCE")
    try:
        return Opened(
            UUID(payload["id"]), payload["sender"], payload["recipient"], payload["officer"], _moment(payload["sent_at"]),
            payload["sequence"], payload["message"], documents,
        )  # fmt: skip
    except ValueError as wrong:
        raise EnvelopeRefused("MALFORMED") from wrong


def _check_shape(payload: Mapping[str, Any]) -> None:
    is_whole = (
        payload.get("version") == VERSION
        and all(isinstance(payload.get(name), str) for name in TEXTS)
        and type(payload.get("sequence")) is int
        and 0 < payload["sequence"] < 2**31
        and isinstance(payload.get("message"), dict)
        and isinstance(payload.get("documents"), list)
        and _are_texts(payload.get("officer"), OFFICER)
    )
    if not is_whole:
        raise EnvelopeRefused("MALFORMED")


def _are_texts(found: object, names: Sequence[str]) -> bool:
    return isinstance(found, dict) and set(found) == set(names) and all(isinstance(one, str) for one in found.values())


def _document(said: Any, contents: Mapping[str, bytes]) -> Document:
    if not isinstance(said, dict) or not _are_texts(said.get("provenance"), PROVENANCE):
        raise EnvelopeRefused("MALFORMED")
    if not all(isinstance(said.get(name), str) for name in ("name", "type", "sha256")):
        raise EnvelopeRefused("MALFORMED")
    content = contents.get(said["sha256"])
    if content is None:
        raise EnvelopeRefused("DOCUMENT_MISSING")
    if sha256(content) != said["sha256"] or len(content) != said.get("size"):
        raise EnvelopeRefused("DOCUMENT_ALTERED")
    from_where = said["provenance"]
    return Document(
        said["name"], said["type"], content, from_where["system"], _moment(from_where["extraction_at"]), from_where["officer"],
        from_where["body"],
    )  # fmt: skip


def _moment(text: str) -> datetime:
    """An instant with its zone: a bare local time could be read as two instants."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise EnvelopeRefused("MALFORMED") from wrong
    if found.tzinfo is None:
        raise EnvelopeRefused("MALFORMED")
    return found
