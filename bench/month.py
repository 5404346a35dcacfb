"""The month, from files to digest, against the bare COPY of the rows it writes: bench.month [families ...]."""

import os
import sys
from datetime import date
from pathlib import Path

from bench.common import bare_copy, output_of, peak_mib, portal, timed

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
WRITTEN = ("cmg_account", "cmg_right", "cmg_request", "cmg_employee", "cmg_declaration", "cmg_structureinvoice",
           "cmg_settlement", "cmg_anomaly", "cmg_structuresettlement", "people_identifier", "casework_dossier",
           "casework_dossierevent")  # fmt: skip


def issue(run_pk: int, folder: Path) -> None:
    from cmg.demo.people import create_people
    from cmg.operations import issue_run
    from portal.batches.operations import sign

    create_people()
    for username in ("helene", "bruno"):
        sign(run_pk=run_pk, username=username, on=DAY)
    issue_run(run_pk=run_pk, out=folder, on=DAY, by="bench")


def one(families: int) -> None:
    times: dict[str, float] = {}
    with portal() as home:
        from cmg.operations import close_month
        from portal.exchange.operations import each_import

        files = home / "files"
        output_of(
            [sys.executable, "manage.py", "generate_population", "--families", families, "--seed", 7, "--out", files]
        )
        paths = sorted(path for path in files.glob("*.csv") if path.name != "expected-anomalies.csv")
        workers = os.cpu_count() or 1
        with timed("import", times):
            for report in each_import(paths, workers=workers):
                assert not report.refusals
        with timed("close", times):
            run = close_month(month=MONTH, on=DAY, workers=workers)
        rows = bare_copy(WRITTEN, times)
        whole, worked = times["import"] + times["close"], times["import cpu"] + times["close cpu"]
        print(
            f"{families:>8} families, {run.totals['declarations']:>8} declarations: import {times['import']:6.1f} s, "
            f"close {times['close']:6.1f} s, whole {whole:6.1f} s; bare COPY of {rows} rows {times['bare COPY']:5.1f} s: "
            f"ratio {whole / times['bare COPY']:.1f}; {whole / families * 1e6:.0f} µs a family; digest {run.digest[:16]}\n"
            f"         of the processor: import {times['import cpu']:.0f} s, close {times['close cpu']:.0f} s, bare COPY "
            f"{times['bare COPY cpu']:.0f} s: ratio {worked / times['bare COPY cpu']:.1f}; the machine's load at the end "
            f"{os.getloadavg()[0]:.1f}",
            flush=True,
        )
        with timed("issue", times):
            issue(run.pk, home / "bank")
        orders = sum(file.count for file in run.bank_files.all())
        print(
            f"         then issue of {orders} orders {times['issue']:6.1f} s; peak of the process {peak_mib()} MiB",
            flush=True,
        )


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[1:]] or [10_000, 100_000]
    for size in sizes:
        # Each size in a process of its own, so that its memory is its own.
        one(size) if len(sizes) == 1 else print(
            output_of([sys.executable, "-m", "bench.month", size]), end="", flush=True
        )
