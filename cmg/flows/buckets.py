"""Families spread over the slices of a month by a checksum of their employer number."""

import zlib

import polars as pl

BUCKETS = 64


def bucket_of(text: str) -> int:
    """From 0 to 63, the same for ever."""
    return zlib.crc32(text.encode()) % BUCKETS


def buckets_of(values: pl.Series) -> pl.Series:
    """The bucket of each value; null counts as an empty text. Each distinct value is computed once."""
    distinct = values.fill_null("").unique()
    table = pl.DataFrame(
        {"value": distinct, "bucket": pl.Series([bucket_of(value) for value in distinct], dtype=pl.Int16)}
    )
    return values.fill_null("").to_frame("value").join(table, on="value", how="left", maintain_order="left")["bucket"]
