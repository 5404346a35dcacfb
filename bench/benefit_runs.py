"""A run of ARS, from files to bank files, beside the bare COPY of the rows it writes: bench.benefit_runs [families ...].

Timed by the clock and by the processor: the import of a population's six files, the closing, the issue (the check of every
award by the rules again, ledger, orders, validated SEPA files). The bare COPY writes the same rows, in the same run, into
tables with their primary key and nothing else. « As the month » is what bench.month measures of the CMG: import and closing
beside what they write, the issue apart; the issue's COPY has neither its check nor its files.
"""

import os
import sys
from datetime import date
from pathlib import Path

from bench.common import bare_copy, output_of, peak_mib, portal, timed

TERM, CLOSED = 2026, date(2026, 8, 10)
STAGES = {
    "import": ("benefits_familyfile", "benefits_familychild", "benefits_familyresources", "benefits_schooling",
               "benefits_commissiondecision", "benefits_boardingperiod", "people_identifier"),
    "close": ("benefits_award",),
    "issue": ("ledger_entry", "ledger_leg", "banking_paymentorder"),
}  # fmt: skip
# What is set beside the COPY of its rows.
COMPARED = {"as the month": ("import", "close"), "close": ("close",), "issue": ("issue",),
            "close and issue": ("close", "issue"), "whole": ("import", "close", "issue")}  # fmt: skip


def received(families: int, folder: Path, times: dict[str, float]) -> None:
    """A population of its own, made by another process, taken in."""
    from portal.exchange.operations import each_import

    made = [sys.executable, "manage.py", "generate_benefits", "--families", families, "--seed", TERM, "--out", folder]
    output_of([*made, "--school-year", TERM])
    with timed("import", times):
        for report in each_import(sorted(folder.glob("*.csv")), workers=os.cpu_count() or 1):
            assert not report.refusals


def lived(bank: Path, times: dict[str, float]) -> str:
    """The run closed, signed by two people and issued; its digest."""
    from cmg.demo.people import create_people
    from portal.batches.operations import sign
    from portal.benefits.running.closing import close_ars
    from portal.benefits.running.issuing import issue_run

    create_people()
    with timed("close", times):
        run = close_ars(school_year=TERM, on=CLOSED, workers=os.cpu_count() or 1)
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=CLOSED)
    with timed("issue", times):
        issue_run(run_pk=run.pk, out=bank, on=CLOSED, by="bench")
    return run.digest


def one(families: int) -> None:
    times: dict[str, float] = {}
    with portal() as home:
        from portal.ledger.proof import check_applications, check_ledger

        received(families, home / "files", times)
        digest = lived(home / "bank", times)
        rows = {stage: bare_copy(tables, times, f"bare {stage}") for stage, tables in STAGES.items()}
        assert check_ledger() + check_applications() == []
    say(families, times, rows, digest)


def say(families: int, times: dict[str, float], rows: dict[str, int], digest: str) -> None:
    run = times["close"] + times["issue"]
    print(f"{families:>8} families: import {times['import']:.1f} s, close {times['close']:.1f} s, issue {times['issue']:.1f} s: "
          f"{families / run:,.0f} families a second closed and issued; peak {peak_mib()} MiB; digest {digest[:16]}; the "
          f"machine's load at the end {os.getloadavg()[0]:.1f}")  # fmt: skip
    for name, stages in COMPARED.items():
        work, bare = ([sum(times[f"{before}{stage}{unit}"] for stage in stages) for unit in ("", " cpu")]
                      for before in ("", "bare "))  # fmt: skip
        print(f"         {name}: {work[0]:.1f} s ({work[1]:.1f} of processor, {work[1] / families * 1e6:.0f} µs a family), bare "
              f"COPY of {sum(rows[stage] for stage in stages)} rows {bare[0]:.1f} s ({bare[1]:.1f}): ratio "
              f"{work[0] / bare[0]:.1f} by the clock, {work[1] / max(bare[1], 0.01):.1f} by the processor", flush=True)  # fmt: skip


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[1:]] or [100_000]
    for size in sizes:
        # Each size in a process of its own, so that its memory is its own.
        one(size) if len(sizes) == 1 else print(
            output_of([sys.executable, "-m", "bench.benefit_runs", size]), end="", flush=True
        )
