"""The proof of the whole journal, beside the bare reading of the same rows: bench.journal [rows ...].

The rows are put in by the database's own trigger, one chained to the other, ten days of them each sealed the next morning;
that filling is told, not compared. Then the proof by one connection and by one a core, the proof since the last seal, and a row
changed behind the triggers, which must be found. « bare » is `COPY audit_journalentry TO /dev/null` in the same run.
"""

import os
import sys
from datetime import date, timedelta

from bench.common import output_of, peak_mib, portal, timed

FIRST, DAYS = date(2026, 10, 16), 10
# What a look-up writes: three reads for one deed, of people drawn from a million.
FILL = """
INSERT INTO audit_journalentry (at, actor, action, subject, detail, origin)
SELECT %(at)s::timestamptz + n * interval '1 millisecond', 'agent' || n %% 4000,
       CASE WHEN n %% 4 = 0 THEN 'control.moved' ELSE 'fund.file_read' END, 'cmg:employer:' || (hashtext(n::text) & 1048575),
       jsonb_build_object('fields', jsonb_build_array('name', 'address'), 'why', 'gestion', 'case', 'C-2026-' || n %% 900), '10.0.0.1'
  FROM generate_series(1, %(rows)s) n
"""
CHANGED = """
ALTER TABLE audit_journalentry DISABLE TRIGGER protect;
UPDATE audit_journalentry SET actor = 'nobody' WHERE id = (SELECT max(id) / 2 FROM audit_journalentry);
ALTER TABLE audit_journalentry ENABLE TRIGGER protect;
"""


def one(rows: int) -> None:
    times: dict[str, float] = {}
    with portal():
        from django.db import connection

        from portal.accounts.permissions import moment_on
        from portal.audit.proving import prove
        from portal.audit.sealing import seal_journal

        workers, today = os.cpu_count() or 1, FIRST + timedelta(days=DAYS)
        with connection.cursor() as cursor, timed("filled", times):
            for day in (FIRST + timedelta(days=number) for number in range(DAYS)):
                cursor.execute(FILL, {"at": moment_on(day), "rows": rows // DAYS})
                seal_journal(day=day)
            cursor.execute("VACUUM ANALYZE audit_journalentry")
            cursor.execute("SELECT pg_total_relation_size('audit_journalentry') >> 20")
            size = cursor.fetchone()[0]
        with connection.cursor() as cursor, open(os.devnull, "wb") as out, timed("bare", times):
            cursor.cursor.copy_expert("COPY audit_journalentry TO STDOUT", out)
        with timed("alone", times):
            proof = prove(today=today)
        with timed("together", times):
            assert prove(today=today, workers=workers).faults == proof.faults == []
        with timed("since", times):
            assert prove(today=today, since=today - timedelta(days=1)).faults == []
        with connection.cursor() as cursor:
            cursor.execute(CHANGED)
        assert len(prove(today=today, workers=workers).faults) == 1
        print(
            f"{proof.rows:>9} rows and {proof.seals} seals ({size} MiB), filled at {proof.rows / times['filled']:.0f} a second; "
            f"bare COPY {times['bare']:.1f} s; proven in {times['alone']:.1f} s by one connection "
            f"({times['alone'] / times['bare']:.1f} times the bare COPY), {times['together']:.1f} s by {workers}, "
            f"{times['since']:.1f} s since the last seal but one; one changed row found; peak of the process {peak_mib()} MiB, "
            f"load {os.getloadavg()[0]:.1f}",
            flush=True,
        )


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[1:]] or [100_000]
    for size in sizes:
        one(size) if len(sizes) == 1 else print(
            output_of([sys.executable, "-m", "bench.journal", size]), end="", flush=True
        )
