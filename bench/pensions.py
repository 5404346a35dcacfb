"""A month of pensions lived day by day, as each night does, against the bare COPY of the rows it writes:
bench.pensions [since 2025-01-01] [cases ...].

The titles came since 2021 (or the day given) when the month begins: each case brings its years of terms. Every day goes
through the real batch, with a worker process a core once it has more than one slice.
"""

import os
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from bench.common import output_of, peak_mib, portal, timed

BEFORE, FIRST, LAST = date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30)
SINCE, NATIONAL = "2021-01-01", 400_000
# What a month writes, and how to know its rows; the memory and the standing of a case are written again.
WRITTEN = {
    "aripa_movement": "SELECT * FROM aripa_movement WHERE day BETWEEN %(first)s AND %(last)s",
    "aripa_notice": "SELECT * FROM aripa_notice WHERE day BETWEEN %(first)s AND %(last)s",
    "aripa_term": "SELECT * FROM aripa_term WHERE due_on BETWEEN %(first)s AND %(last)s",
    "aripa_asfmonth": "SELECT * FROM aripa_asfmonth WHERE paid_on BETWEEN %(first)s AND %(last)s",
    "ledger_entry": "SELECT * FROM ledger_entry WHERE dated BETWEEN %(first)s AND %(last)s",
    "ledger_leg": "SELECT l.* FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id "
                  "WHERE e.dated BETWEEN %(first)s AND %(last)s",
    "aripa_household": "SELECT * FROM aripa_household WHERE lived_until BETWEEN %(first)s AND %(last)s",
    "aripa_case": "SELECT c.* FROM aripa_case c JOIN aripa_household h ON h.creditor_no = c.household_id "
                  "WHERE h.lived_until BETWEEN %(first)s AND %(last)s",
}  # fmt: skip


def bare_copy(times: dict[str, float]) -> int:
    """The rows of the month written once by COPY into tables without any key; returns how many."""
    from django.db import connection

    rows = 0
    with tempfile.TemporaryDirectory() as folder, connection.cursor() as cursor:
        for table, sql in WRITTEN.items():
            path = Path(folder) / table
            wanted = cursor.cursor.mogrify(sql, {"first": FIRST, "last": LAST}).decode()
            with path.open("wb") as out:
                cursor.cursor.copy_expert(f"COPY ({wanted}) TO STDOUT", out)
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table})")
            with path.open("rb") as source, timed("bare COPY", times):
                cursor.cursor.copy_expert(f"COPY bare_{table} FROM STDIN", source)
            rows += cursor.cursor.rowcount
            cursor.execute(f"DROP TABLE bare_{table}")
    return rows


def live_month(times: dict[str, float]) -> list[tuple[float, int, date]]:
    """Each day of the month, the longest first: its seconds, its families and itself."""
    from aripa.operations import run_days

    found, day = [], FIRST
    while day <= LAST:
        start = perf_counter()
        with timed("month", times):
            run = run_days(until=day, workers=os.cpu_count() or 1)
        assert run is not None
        found.append((perf_counter() - start, int(run.totals["families"]), day))
        day += timedelta(days=1)
    return sorted(found, reverse=True)


def one(cases: int, since: str) -> int:
    times: dict[str, float] = {}
    with portal() as home:
        from aripa.operations import run_days
        from portal.exchange.operations import each_import
        from portal.ledger.proof import check_ledger

        command = [
            sys.executable,
            "manage.py",
            "generate_aripa",
            "--cases",
            cases,
            "--seed",
            7,
            "--out",
            home / "files",
        ]
        with timed("files made", times):
            output_of([*command, "--from", since, "--to", LAST])
        with timed("import", times):
            for report in each_import(sorted((home / "files").glob("*.csv")), workers=os.cpu_count() or 1):
                assert not report.refusals
        with timed("years before", times):
            run_days(until=BEFORE, workers=os.cpu_count() or 1)
        days = live_month(times)
        with timed("proof", times):
            wrong = check_ledger()
        rows = bare_copy(times)
    say(cases, times, days, rows)
    print("         the ledger is proven" if not wrong else f"         LEDGER: {wrong}", flush=True)
    return 1 if wrong else 0


def say(cases: int, times: dict[str, float], days: list[tuple[float, int, date]], rows: int) -> None:
    families = sum(woken for _seconds, woken, _day in days)
    whole, worked = times["month"], times["month cpu"]
    phases = ", ".join(f"{name} {times[name]:.1f} s" for name in ("files made", "import", "years before", "proof"))
    print(
        f"{cases:>8} cases, the month day by day {whole:6.1f} s ({worked:.1f} s of processor): {whole / cases * 1e6:.0f} µs "
        f"a case, {whole / families * 1e6:.0f} µs a family woken ({families}); the longest day {days[0][0]:.1f} s, {days[0][2]}, "
        f"{days[0][1]} families, the shortest {days[-1][0]:.2f} s, {days[-1][1]}\n"
        f"         bare COPY of {rows} rows {times['bare COPY']:.2f} s: ratio {whole / times['bare COPY']:.0f} by the clock, "
        f"{worked / max(times['bare COPY cpu'], 0.01):.0f} by the processor\n"
        f"         {phases}; peak of the process {peak_mib()} MiB; the machine's load at the end {os.getloadavg()[0]:.1f}\n"
        f"         at this rate {NATIONAL} cases: {whole / cases * NATIONAL / 60:.1f} min by the clock, "
        f"{worked / cases * NATIONAL / 60:.1f} min of processor",
        flush=True,
    )


if __name__ == "__main__":
    words, since = sys.argv[1:], SINCE
    if words[:1] == ["since"]:
        since, words = words[1], words[2:]
    sizes = [int(text) for text in words] or [2_000, 20_000]
    if len(sizes) == 1:
        sys.exit(one(sizes[0], since))
    for size in sizes:
        # Each size in a process of its own, so that its memory is its own.
        print(output_of([sys.executable, "-m", "bench.pensions", "since", since, size]), end="", flush=True)
