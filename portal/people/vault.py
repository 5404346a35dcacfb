"""Identifiers at rest: AES-256-GCM beside a keyed look-up hash; the same keys protect received files.

The look-up key is a UUID (BLAKE2b keyed by VAULT_LOOKUP_KEY, separated by kind), equal for equal texts: tables join on
it and never hold the text. Ciphertexts begin with the identifier of their AES key, so that keys can be rotated.
"""

import json
import os
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from uuid import UUID

import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from portal.bulk import copy_in, read_frame
from portal.turns import one_at_a_time

NONCE = 12


class Undecipherable(Exception):
    """The key that encrypted this is not among VAULT_KEYS, or the content was altered."""


@cache
def _ciphers() -> dict[bytes, AESGCM]:
    return {name.encode(): AESGCM(bytes.fromhex(key)) for name, key in settings.VAULT_KEYS.items()}


def encrypt(content: bytes) -> bytes:
    """Key identifier, nonce and AES-GCM of `content`, with the first key of VAULT_KEYS."""
    return encrypt_many([content])[0]


def encrypt_many(contents: Sequence[bytes]) -> list[bytes]:
    """Each content as `encrypt` gives it; the nonces are drawn at once."""
    name, cipher = next(iter(_ciphers().items()))
    drawn, head = os.urandom(NONCE * len(contents)), bytes([len(name)]) + name
    nonces = (drawn[start : start + NONCE] for start in range(0, len(drawn), NONCE))
    return [
        head + nonce + cipher.encrypt(nonce, content, name) for nonce, content in zip(nonces, contents, strict=True)
    ]


def decrypt(content: bytes | memoryview) -> bytes:
    """The text of `encrypt`. Raises Undecipherable."""
    content = bytes(content)
    size = content[0] + 1
    name, nonce = content[1:size], content[size : size + NONCE]
    try:
        return _ciphers()[name].decrypt(nonce, content[size + NONCE :], name)
    except Exception as error:
        raise Undecipherable("Contenu chiffré illisible : la clé manque ou le contenu a changé.") from error


def encrypt_row(cells: dict[str, str]) -> bytes:
    return encrypt(json.dumps(cells, ensure_ascii=False).encode())


def decrypt_row(content: bytes) -> dict[str, str]:
    return json.loads(decrypt(content))


def _hasher(kind: str) -> blake2b:
    return blake2b(digest_size=16, key=bytes.fromhex(settings.VAULT_LOOKUP_KEY), person=kind.encode())


def _digest(text: str, empty: blake2b) -> str:
    hasher = empty.copy()
    hasher.update(text.encode())
    return hasher.hexdigest()


def lookup_key(text: str, kind: str) -> UUID:
    """The look-up key of one NIR or IBAN."""
    return UUID(_digest(text, _hasher(kind)))


def lookup_keys(values: pl.Series, kind: str) -> pl.DataFrame:
    """`value` and `key` (hexadecimal text) of the distinct known values, in the order of the keys: an index walks
    through sorted keys much faster than it jumps."""
    empty = _hasher(kind)
    distinct = values.drop_nulls().unique().alias("value")
    keys = pl.Series("key", [_digest(value, empty) for value in distinct], dtype=pl.String)
    return pl.DataFrame([distinct, keys]).sort("key")


def keep(table: pl.DataFrame, kind: str) -> None:
    """Encrypt and keep what `lookup_keys` gave and is not known yet. Inside the caller's transaction.

    Another file may bring the same people at the same time: whoever is second waits for the end of the first, and
    finds them there.
    """
    fresh = _unknown(table)
    if fresh.is_empty():
        return
    one_at_a_time("people_identifier")
    fresh = _unknown(fresh)
    ciphertexts = pl.Series(encrypt_many(fresh["value"].cast(pl.Binary).to_list()), dtype=pl.Binary)
    copy_in(fresh.select("key", kind=pl.lit(kind), ciphertext=ciphertexts), "people_identifier")


def _unknown(table: pl.DataFrame) -> pl.DataFrame:
    """The rows of `table` whose key no identifier has. A scalar subquery probes the index: a join by hash would read
    every identifier for each of a hundred funds."""
    unknown = read_frame(
        "SELECT replace(wanted.key::text, '-', '') FROM unnest(%s::uuid[]) AS wanted (key)"
        " WHERE (SELECT i.key FROM people_identifier i WHERE i.key = wanted.key) IS NULL",
        {"key": pl.String},
        ("{" + ",".join(table["key"]) + "}",),
    )
    return table.join(unknown, on="key", how="semi", maintain_order="left")


def reveal_many(keys: Iterable[UUID | str]) -> dict[UUID, str]:
    """The texts of many keys, in one query. Journaling who read them is the caller's."""
    wanted = "{" + ",".join(map(str, keys)) + "}"
    with connection.cursor() as cursor:
        # One text: thousands of parameters cost more than their deciphering.
        cursor.execute("SELECT key, ciphertext FROM people_identifier WHERE key = ANY (%s::uuid[])", [wanted])
        return {key: decrypt(ciphertext).decode() for key, ciphertext in cursor.fetchall()}
