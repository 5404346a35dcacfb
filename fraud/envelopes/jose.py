"""Signing and encrypting, with one algorithm each and nothing that a sender could choose (RFC 7515, 7516).

What a header may hold is a closed list: no key, address or algorithm comes from the content that it protects. Pure: no
database, no network.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from fraud.envelopes.refusals import EnvelopeRefused

SIGNS, WRAPS, ENCRYPTS = "ES256", "ECDH-ES+A256KW", "A256GCM"
ENVELOPE, RECEIPT, DIRECTORY = "portail-envelope+jws", "portail-receipt+jws", "portail-directory+jws"
SEALED = "portail-envelope+jwe"
SIGNED_HEADER = {"alg", "kid", "typ"}
SEALED_HEADER = {"alg", "enc", "kid", "typ", "epk"}
# What the base64 and the JSON around documents add at most, twice.
SWELLS = 2
SIGNED_MOST = 2_000_000


class _Signed(JWSRegistry):
    max_payload_length = SIGNED_MOST


class _Sealed(JWERegistry):
    # Checked against the figure in force before anything is read; this only puts the library's own limit out of the way.
    max_ciphertext_length = 2**30


def strict(content: bytes | str) -> Any:
    """JSON where no field is written twice: two readers could otherwise see two contents. Raises EnvelopeRefused."""
    try:
        return json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError) as wrong:
        raise EnvelopeRefused("MALFORMED") from wrong


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise EnvelopeRefused("DUPLICATE_KEYS")
    return found


def header_of(
    compact: str, *, parts: int, allowed: set[str], algorithms: Mapping[str, str], kind: str
) -> dict[str, Any]:
    """The header of a compact serialization, read by us before any library does. Raises EnvelopeRefused."""
    pieces = compact.split(".")
    if len(pieces) != parts or not all(pieces):
        raise EnvelopeRefused("MALFORMED")
    header = strict(_decoded(pieces[0]))
    if not isinstance(header, dict):
        raise EnvelopeRefused("MALFORMED")
    if any(header.get(name) != value for name, value in algorithms.items()):
        raise EnvelopeRefused("FORBIDDEN_ALGORITHM")
    if set(header) != allowed or header["typ"] != kind or not isinstance(header["kid"], str):
        raise EnvelopeRefused("FORBIDDEN_HEADER")
    return header


def _decoded(piece: str) -> bytes:
    try:
        return urlsafe_b64decode(piece.encode("ascii"))
    except ValueError as wrong:
        raise EnvelopeRefused("MALFORMED") from wrong


def sign(payload: Mapping[str, Any], key: ECKey, kid: str, kind: str) -> str:
    """The compact signature of `payload`."""
    content = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    header = {"alg": SIGNS, "kid": kid, "typ": kind}
    return jws.serialize_compact(header, content, key, registry=_Signed(algorithms=[SIGNS]))


def kid_of_signed(compact: str, kind: str) -> str:
    """Which key is said to have signed. Raises EnvelopeRefused on any other header than ours."""
    header = header_of(compact, parts=3, allowed=SIGNED_HEADER, algorithms={"alg": SIGNS}, kind=kind)
    return str(header["kid"])


def verified(compact: str, key: ECKey) -> dict[str, Any]:
    """What was signed. Raises EnvelopeRefused (BAD_SIGNATURE) when `key` did not sign exactly this."""
    try:
        found = jws.deserialize_compact(compact, key, registry=_Signed(algorithms=[SIGNS]))
    except (JoseError, ValueError) as wrong:
        raise EnvelopeRefused("BAD_SIGNATURE") from wrong
    payload = strict(found.payload)
    if not isinstance(payload, dict):
        raise EnvelopeRefused("MALFORMED")
    return payload


def payload_before_proof(compact: str) -> dict[str, Any]:
    """What a content says of itself, to name it in a journal. It proves nothing: `verified` does."""
    pieces = compact.split(".")
    found = strict(_decoded(pieces[1])) if len(pieces) == 3 else {}
    return found if isinstance(found, dict) else {}


def encrypt(content: bytes, key: ECKey, kid: str) -> bytes:
    """`content` for the holder of `key` alone; the content key is drawn anew each time."""
    header = {"alg": WRAPS, "enc": ENCRYPTS, "kid": kid, "typ": SEALED}
    return jwe.encrypt_compact(header, content, key, registry=_Sealed(algorithms=[WRAPS, ENCRYPTS])).encode()


def kid_of_sealed(compact: str) -> str:
    """For which key it is encrypted. Raises EnvelopeRefused."""
    algorithms = {"alg": WRAPS, "enc": ENCRYPTS}
    return str(header_of(compact, parts=5, allowed=SEALED_HEADER, algorithms=algorithms, kind=SEALED)["kid"])


def decrypt(compact: str, key: ECKey) -> bytes:
    """The content. Raises EnvelopeRefused (ALTERED)."""
    try:
        found = jwe.decrypt_compact(compact, key, registry=_Sealed(algorithms=[WRAPS, ENCRYPTS]))
    except Exception as wrong:
        # A point that is not on the curve, a key of another curve, a broken tag: the library says each in its own way.
        raise EnvelopeRefused("ALTERED") from wrong
    return found.plaintext or b""


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", private=True)


def thumbprint(key: ECKey) -> str:
    """RFC 7638: the name of a key, the same everywhere."""
    return key.thumbprint()


def private_pem(key: ECKey) -> bytes:
    private = key.private_key
    assert private is not None
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def key_of(public: ec.EllipticCurvePublicKey) -> ECKey:
    return ECKey.import_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def key_of_pem(content: bytes) -> ECKey:
    return ECKey.import_key(content)
