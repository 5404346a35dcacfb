"""Frames in and out of PostgreSQL by COPY, on Django's own connection: bulk work stays inside the transaction.

Money and counts are integers, dates and instants are ISO text, bytes are binary. In goes COPY's text format, which the server reads
fastest; out comes CSV, in which an empty unquoted cell is NULL and a quoted one is "".
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection

ROWS_PER_COPY = 100_000


def copy_in(frame: pl.DataFrame, table: str, columns: Sequence[str] | None = None, *, rows: int = ROWS_PER_COPY) -> int:
    """Append `frame` to `table` and return the number of rows. Columns default to the frame's own names.

    Nulls become NULL, an empty text stays an empty text. Raises the database's error (constraint, trigger) as Django
    wraps it, and nothing of the frame is kept then. A COPY takes `rows` rows: a statement-level trigger sees so many
    at once.
    """
    names = list(columns or frame.columns)
    if frame.is_empty():
        return 0
    listed = ", ".join(f'"{name}"' for name in names)
    statement = f"COPY {table} ({listed}) FROM STDIN"
    ready = _escaped(frame.select(names)).with_columns(pl.col(pl.Boolean).cast(pl.Int8))
    with connection.cursor() as cursor:
        for part in ready.iter_slices(rows):
            content = io.BytesIO()
            part.write_csv(content, include_header=False, separator="\t", quote_style="never", null_value="\\N")
            content.seek(0)
            with connection.wrap_database_errors:
                cursor.cursor.copy_expert(statement, content)
    return frame.height


def _escaped(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts and bytes as COPY's own text format wants them; few texts ever hold a character to escape."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    found = frame.select(pl.col(texts).str.contains(r"[\\\t\n\r]").any())
    wanting = [name for name in texts if found[name][0]]
    binary = [name for name, kind in frame.schema.items() if kind == pl.Binary]
    return frame.with_columns(
        pl.col(wanting).str.replace_many(["\\", "\t", "\n", "\r"], ["\\\\", "\\t", "\\n", "\\r"]),
        *(pl.format(r"\\x{}", pl.col(name).bin.encode("hex")).alias(name) for name in binary),
    )


Schema = Mapping[str, Any]


def read_frame(sql: str, schema: Schema, parameters: Sequence[object] | Mapping[str, object] = ()) -> pl.DataFrame:
    """Rows of `sql` as a frame with the columns and types of `schema`, in that order.

    `sql` selects exactly those columns. Instants are ``pl.Datetime("us", "UTC")``, as Django's connection is in UTC.
    """
    with connection.cursor() as cursor:
        bound = cursor.cursor.mogrify(sql, parameters).decode()
        content = io.BytesIO()
        with connection.wrap_database_errors:
            cursor.cursor.copy_expert(f"COPY ({bound}) TO STDOUT WITH (FORMAT csv)", content)
    return _parsed(content.getvalue(), schema)


def _instant(name: str) -> pl.Expr:
    without_zone = pl.col(name).str.head(-3)
    return without_zone.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us").dt.replace_time_zone("UTC")


def _parsed(content: bytes, schema: Schema) -> pl.DataFrame:
    if not content:
        return pl.DataFrame(schema=dict(schema))
    text_types = {
        name: pl.String if kind in (pl.Boolean, pl.Date) or isinstance(kind, pl.Datetime) else kind
        for name, kind in schema.items()
    }
    frame = pl.read_csv(content, has_header=False, schema=text_types)
    converted = []
    for name, kind in schema.items():
        if kind == pl.Boolean:
            converted.append(pl.col(name) == "t")
        elif kind == pl.Date:
            converted.append(pl.col(name).str.to_date("%Y-%m-%d"))
        elif isinstance(kind, pl.Datetime):
            converted.append(_instant(name))
    return frame.with_columns(converted)
