"""The month, from files to digest, against the bare COPY of the rows it writes: bench.month [families ...]."""

import sys
import tempfile
from datetime import date
from pathlib import Path

from bench.common import peak_mib, portal, timed

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
WRITTEN = ("cmg_account", "cmg_right", "cmg_request", "cmg_employee", "cmg_declaration", "cmg_structureinvoice",
           "cmg_settlement", "cmg_anomaly", "cmg_structuresettlement", "people_identifier", "casework_dossier",
           "casework_dossierevent")  # fmt: skip


def bare_copy(times: dict[str, float]) -> int:
    """The same rows written again by COPY into tables with their primary key only; returns how many."""
    from django.db import connection

    rows = 0
    with tempfile.TemporaryDirectory() as folder, connection.cursor() as cursor:
        for table in WRITTEN:
            path = Path(folder) / table
            with path.open("wb") as out:
                cursor.cursor.copy_expert(f"COPY {table} TO STDOUT", out)
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table})")
            first = "key" if table == "people_identifier" else "id"
            cursor.execute(f"ALTER TABLE bare_{table} ADD PRIMARY KEY ({first})")
            with path.open("rb") as source, timed("bare COPY", times):
                cursor.cursor.copy_expert(f"COPY bare_{table} FROM STDIN", source)
            rows += cursor.cursor.rowcount
            cursor.execute(f"DROP TABLE bare_{table}")
    return rows


def one(families: int) -> None:
    times: dict[str, float] = {}
    with portal() as home:
        from cmg.operations import close_month
        from cmg.population import generate
        from portal.exchange.operations import each_import

        made = generate(families, 7, home / "files", care_month=MONTH)
        with timed("import", times):
            for report in each_import(made.files):
                assert not report.refusals
        with timed("close", times):
            run = close_month(month=MONTH, on=DAY)
        rows = bare_copy(times)
        whole = times["import"] + times["close"]
        print(
            f"{families:>8} families, {run.totals['declarations']:>8} declarations: import {times['import']:6.1f} s, "
            f"close {times['close']:6.1f} s, whole {whole:6.1f} s; bare COPY of {rows} rows {times['bare COPY']:5.1f} s: "
            f"ratio {whole / times['bare COPY']:.1f}; peak {peak_mib()} MiB; {whole / families * 1e6:.0f} µs a family"
        )


if __name__ == "__main__":
    for size in [int(text) for text in sys.argv[1:]] or [10_000, 100_000]:
        one(size)
