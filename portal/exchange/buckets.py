"""Families spread over the slices of a run by a checksum of the number that names them (employer, creditor)."""

import zlib

import polars as pl

BUCKETS = 64


def bucket_of(text: str) -> int:
    """From 0 to 63, the same for ever."""
    return zlib.crc32(text.encode()) % BUCKETS


def buckets_of(values: pl.Series) -> pl.Series:
    """The bucket of each value; null counts as an empty text."""
    texts = values.fill_null("").cast(pl.Binary).to_list()
    return pl.Series("bucket", [zlib.crc32(text) % BUCKETS for text in texts], dtype=pl.Int16)
