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
FEW = 100_000


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


def decrypt(content: bytes) -> bytes:
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


def _digest(text: str, kind: str) -> str:
    key = bytes.fromhex(settings.VAULT_LOOKUP_KEY)
    return blake2b(text.encode(), digest_size=16, key=key, person=kind.encode()).hexdigest()


def lookup_key(text: str, kind: str) -> UUID:
    """The look-up key of one NIR or IBAN."""
    return UUID(_digest(text, kind))


def keys_for(values: pl.Series, kind: str) -> pl.Series:
    """The look-up keys (hexadecimal text) of many values; null stays null. Each distinct value is hashed once."""
    distinct = values.drop_nulls().unique()
    keys = pl.Series("key", [_digest(value, kind) for value in distinct], dtype=pl.String)
    table = pl.DataFrame({"value": distinct, "key": keys})
    return values.to_frame("value").join(table, on="value", how="left", maintain_order="left")["key"]


def store(values: pl.Series, kind: str) -> int:
    """Encrypt and keep the values not known yet; returns how many. Inside the caller's transaction."""
    distinct = values.drop_nulls().unique()
    if distinct.is_empty():
        return 0
    table = pl.DataFrame({"key": keys_for(distinct, kind), "value": distinct})
    known = _known_keys(table["key"])
    fresh = table.filter(~pl.col("key").is_in(known.implode())) if len(known) else table
    rows = fresh.select(
        "key", kind=pl.lit(kind), ciphertext=pl.Series([r"\x" + encrypt(value.encode()).hex() for value in fresh["value"]], dtype=pl.String)
    )  # fmt: skip
    return copy_in(rows, "people_identifier")


def _known_keys(keys: pl.Series) -> pl.Series:

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS wanted_key (key uuid) ON COMMIT DROP")
        cursor.execute("TRUNCATE wanted_key")
    copy_in(keys.to_frame("key"), "wanted_key")
    few = len(keys) < FEW
    if few:
        # A few keys probe the index; a join by hash would read every identifier for each of a hundred funds.
        _allow_hash_joins(allowed=False)
    found = read_frame(
        "SELECT replace(i.key::text, '-', '') FROM people_identifier i JOIN wanted_key USING (key)", {"key": pl.String}
    )
    if few:
        _allow_hash_joins(allowed=True)
    return found["key"]


def _allow_hash_joins(*, allowed: bool) -> None:
    word = "on" if allowed else "off"
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_hashjoin = {word}; SET LOCAL enable_mergejoin = {word}")


def reveal_many(keys: Iterable[UUID | str]) -> dict[UUID, str]:
    """The texts of many keys, in one query. Journaling who read them is the caller's."""
    found = Identifier.objects.filter(key__in=list(keys)).values_list("key", "ciphertext")
    return {key: decrypt(ciphertext).decode() for key, ciphertext in found}
