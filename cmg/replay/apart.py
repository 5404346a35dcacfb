"""Tables of a connection's own that stand before the portal's: a month is computed in them, and the portal sees nothing.

PostgreSQL looks a table up among the temporary ones first. So the import of files, the links between the two sides and
the closing of a slice run here as they are, not written a second time, on rows that end with the connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from portal.exchange.applying import apply_rows
from portal.exchange.preparing import prepare_file
from portal.exchange.reading import LINE

TABLES = (
    "batches_run", "cmg_account", "cmg_right", "cmg_request", "cmg_employee", "cmg_declaration", "cmg_structureinvoice",
    "cmg_settlement", "cmg_anomaly", "cmg_rightlink", "cmg_finding", "cmg_personverdict", "cmg_report",
    "banking_paymentorder", "exchange_receivedfile",
)  # fmt: skip
# A row names its file; here no file is kept.
NO_FILE = 0


class FileNotTaken(Exception):
    """A file of the made-up population was refused, or a row of it: the replay would be about something else."""


@contextmanager
def tables_apart() -> Iterator[None]:
    """Within it, this connection reads and writes empty tables of its own under the names TABLES."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING ALL)")
    try:
        yield
    finally:
        _drop()


def _drop() -> None:
    """A connection that was lost took its tables with it; a transaction that failed is rolled back by its owner."""
    if connection.connection is None or connection.needs_rollback:
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{table}" for table in TABLES))


def take_in(path: Path) -> int:
    """Enter one flow file in the tables apart; returns the rows. Raises FileNotTaken."""
    prepared = prepare_file(path)
    if prepared.kind is None or prepared.incoming.refusals or prepared.checked.errors:
        raise FileNotTaken(f"{path.name} : {prepared.incoming.refusals or prepared.checked.errors}")
    if prepared.ready.rows.is_empty():
        return 0
    rows = prepared.ready.rows.rename({LINE: "line"}).with_columns(file_id=pl.lit(NO_FILE))
    with transaction.atomic():
        applied = apply_rows(rows, prepared.kind, now=timezone.now())
    if applied.errors:
        raise FileNotTaken(f"{path.name} : {applied.errors}")
    return applied.applied
