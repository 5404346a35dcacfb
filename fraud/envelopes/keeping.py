"""Contents at rest: each under a key drawn for it alone. Forgetting the key forgets the content; hash and receipt stay."""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.people.vault import decrypt, encrypt

NONCE = 12


class Forgotten(Exception):
    """The content was purged: only its hash and its receipt are left."""


def keep(content: bytes) -> tuple[bytes, bytes]:
    """The content encrypted, and its key encrypted by the vault."""
    key, nonce = AESGCM.generate_key(256), os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, None), encrypt(key)


def kept(content: bytes | memoryview, key: bytes | memoryview | None) -> bytes:
    """What `keep` took. Raises Forgotten."""
    if key is None:
        raise Forgotten("Le contenu de cet échange a été effacé à son terme.")
    content = bytes(content)
    return AESGCM(decrypt(key)).decrypt(content[:NONCE], content[NONCE:], None)
