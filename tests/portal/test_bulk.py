"""What goes in by COPY is what stands in the table, whatever the text."""

import polars as pl
import pytest
from django.db import connection

from portal.bulk import copy_in

TEXTS = [
    "plain", "", None, r"\N", r"\.", "back\\slash", "\\\\", r"\n", r"\x41", "tab\there", "two\nlines", "carriage\rreturn",
    'quote "inside"', "comma, semicolon;", " edges ", "é œ 家", "NULL", "'", '{"a": "\\u00e9\\n"}',
]  # fmt: skip


@pytest.mark.django_db
def test_every_text_comes_out_as_it_went_in() -> None:
    frame = pl.DataFrame({"n": range(len(TEXTS)), "said": TEXTS, "plain": "x"})
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE said (n int, said text, plain text) ON COMMIT DROP")
        assert copy_in(frame, "said") == len(TEXTS)
        cursor.execute("SELECT said FROM said ORDER BY n")
        assert [text for (text,) in cursor.fetchall()] == TEXTS


@pytest.mark.django_db
def test_bytes_come_out_as_they_went_in() -> None:
    contents = [bytes(range(256)), b"", None, b"\\x41"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE kept (n int, content bytea) ON COMMIT DROP")
        copy_in(pl.DataFrame({"n": range(len(contents)), "content": contents}), "kept")
        cursor.execute("SELECT content FROM kept ORDER BY n")
        assert [None if content is None else bytes(content) for (content,) in cursor.fetchall()] == contents


@pytest.mark.django_db
def test_nulls_booleans_and_numbers_without_any_text() -> None:
    frame = pl.DataFrame({"yes": [True, False, None], "cents": [-1, 0, None]})
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE counted (yes boolean, cents bigint) ON COMMIT DROP")
        copy_in(frame, "counted")
        cursor.execute("SELECT * FROM counted")
        assert cursor.fetchall() == [(True, -1), (False, 0), (None, None)]
