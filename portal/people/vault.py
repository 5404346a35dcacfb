"""Identifiers at rest: AES-256-GCM beside a keyed look-up hash; the same keys protect received files.

The look-up key is a UUID (BLAKE2b keyed by VAULT_LOOKUP_KEY, separated by kind), equal for equal texts: tables join on
it and never hold the text. Ciphertexts begin with the identifier of their AES key, so that keys can be rotated.
"""

import json
import os
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from uuid import UUID

import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from portal.bulk import copy_in, read_frame
from portal.people.models import Identifier

NONCE = 12


class Undecipherable(Exception):
    """The key that encrypted this is not among VAULT_KEYS, or the content was altered."""


@cache
def _ciphers() -> dict[bytes, AESGCM]:
    return {name.encode(): AESGCM(bytes.fromhex(key)) for name, key in settings.VAULT_KEYS.items()}


def encrypt(content: bytes) -> bytes:
    """Key identifier, nonce and AES-GCM of `content`, with the first key of VAULT_KEYS."""
    name, cipher = next(iter(_ciphers().items()))
    nonce = os.urandom(NONCE)
    return bytes([len(name)]) + name + nonce + cipher.encrypt(nonce, content, name)


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
    """Encrypt and keep what `lookup_keys` gave and is not known yet. Inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE wanted_key (key uuid) ON COMMIT DROP")
        copy_in(table.select("key"), "wanted_key")
        # A subquery that cannot be made a join probes the index: a join by hash would read every identifier
        # for each of a hundred funds.
        fresh_keys = read_frame(
            "SELECT replace(w.key::text, '-', '') FROM wanted_key w"
            " WHERE (SELECT i.key FROM people_identifier i WHERE i.key = w.key) IS NULL",
            {"key": pl.String},
        )
        cursor.execute("DROP TABLE wanted_key")
    fresh = (
        table.join(fresh_keys, on="key", how="semi", maintain_order="left")
        if fresh_keys.height < table.height
        else table
    )
    ciphertexts = [r"\x" + encrypt(value.encode()).hex() for value in fresh["value"]]
    rows = fresh.select("key", kind=pl.lit(kind), ciphertext=pl.Series(ciphertexts, dtype=pl.String))
    with connection.cursor() as cursor:
        # Another file may bring the same people at the same time: whoever is second finds them there.
        cursor.execute("CREATE TEMP TABLE fresh_identifier (LIKE people_identifier) ON COMMIT DROP")
        copy_in(rows, "fresh_identifier")
        cursor.execute(
            "INSERT INTO people_identifier SELECT * FROM fresh_identifier ORDER BY key ON CONFLICT DO NOTHING"
        )
        cursor.execute("DROP TABLE fresh_identifier")


def reveal_many(keys: Iterable[UUID | str]) -> dict[UUID, str]:
    """The texts of many keys, in one query. Journaling who read them is the caller's."""
    found = Identifier.objects.filter(key__in=list(keys)).values_list("key", "ciphertext")
    return {key: decrypt(ciphertext).decode() for key, ciphertext in found}
