"""What an exchange says of somebody, at rest: encrypted with a key of its own, itself encrypted. The key gone, nothing is read."""

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fraud.models import ExchangeDocument, ExchangeItem, InfoExchange
from portal.people.vault import NONCE, Undecipherable, decrypt, encrypt

KEY_BYTES = 32


def new_key() -> bytes:
    """A key for one side of one exchange, as it is kept."""
    return encrypt(os.urandom(KEY_BYTES))


def lock(sealed_key: bytes | memoryview, content: Mapping[str, Any]) -> bytes:
    """The content as it is kept."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(decrypt(sealed_key)).encrypt(nonce, json.dumps(content, ensure_ascii=False).encode(), None)


def content_of(exchange: InfoExchange) -> dict[str, Any]:
    """Who the exchange is about; empty once it is purged. Raises Undecipherable. Journaling the read is the caller's."""
    return _unlocked(exchange, exchange.sealed)


def said_of(exchange: InfoExchange, item: ExchangeItem) -> dict[str, Any]:
    """What was said of one item; empty while nothing is, and once it is purged. Raises Undecipherable."""
    return _unlocked(exchange, item.sealed)


def _unlocked(exchange: InfoExchange, sealed: bytes | memoryview | None) -> dict[str, Any]:
    if sealed is None or exchange.sealed_key is None:
        return {}
    content = bytes(sealed)
    try:
        text = AESGCM(decrypt(exchange.sealed_key)).decrypt(content[:NONCE], content[NONCE:], None)
    except Undecipherable:
        raise
    except Exception as error:
        raise Undecipherable("Contenu chiffré illisible : la clé manque ou le contenu a changé.") from error
    found: dict[str, Any] = json.loads(text)
    return found


def bytes_of(document: ExchangeDocument) -> bytes:
    """A paper as it came, to be sent on or tied to a case; never to be shown (`open_evidence` does, with its mark).

    Raises Undecipherable when it no longer agrees with its hash.
    """
    content = decrypt(document.evidence.content)
    if hashlib.sha256(content).hexdigest() != document.evidence.sha256:
        raise Undecipherable("Cette pièce ne correspond plus à son empreinte.")
    return content
