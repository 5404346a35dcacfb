"""All the matching rules over a made-up country, beside the bare reading of what they compare: bench.signals [families ...].

The families are those of the month's benchmark, imported and not timed; days of care of a tenth of the children at both places
are added by SQL. « bare » is `COPY (SELECT the columns compared) TO /dev/null` of each table that a rule reads, in the same run.
"""

import os
import sys
from datetime import date

from bench.common import output_of, peak_mib, portal, timed

DAY = date(2026, 11, 26)
BARE = {
    "cmg_right": "child_id, fund, beneficiary_no, employer_no, nir_key, starts_on, ends_on, status, side, shared_residence",
    "cmg_account": "employer_no, fund, beneficiary_no, nir_key, iban_key, iban_valid, known_from",
    "cmg_declaration": "employer_no, care_month, child_ids, kind, version, hours_hundredths",
    "cmg_employee": "employer_no, employee_no, licence_no",
    "fraud_careday": "side, child_id, day, arrived, departed, provider_no, employer_no",
}
# Ten days of October for one child in ten, from eight to five; at the crèche for one in a hundred of them, an hour more.
CARE = """
INSERT INTO fraud_careday (file_id, line, known_from, side, provider_no, employer_no, child_id, day, arrived, departed, billed_minutes)
SELECT 1, row_number() OVER (), now(), s.side, s.provider, d.employer_no, split_part(d.child_ids, '|', 1),
       d.care_month + n, s.arrived, s.departed, 540
  FROM (SELECT DISTINCT ON (split_part(child_ids, '|', 1)) * FROM cmg_declaration) d
 CROSS JOIN generate_series(0, 9) n
 CROSS JOIN LATERAL (VALUES ('CHILDMINDER', d.employee_no, 480, 1020),
   ('CRECHE', 'CR1', 1020 - 60 * ((hashtext(d.child_ids) & 1023) < 10)::int, 1080)) AS s (side, provider, arrived, departed)
 WHERE (hashtext(d.child_ids) & 1023) < 102
"""


def one(families: int) -> None:
    times: dict[str, float] = {}
    with portal() as home:
        from django.db import connection

        from fraud.models import Lead
        from fraud.signals.publishing import give_opinion, publish_rules
        from fraud.signals.running import run_signals
        from portal.accounts.permissions import moment_on
        from portal.exchange.models import ReceivedFile
        from portal.exchange.operations import each_import

        files, workers = home / "files", os.cpu_count() or 1
        output_of(
            [sys.executable, "manage.py", "generate_population", "--families", families, "--seed", 7, "--out", files]
        )
        paths = sorted(path for path in files.glob("*.csv") if path.name != "expected-anomalies.csv")
        for report in each_import(paths, workers=workers):
            assert not report.refusals
        with connection.cursor() as cursor:
            cursor.execute(CARE)
            days = cursor.rowcount
            cursor.execute("ANALYZE")
        for kind in ("creche-days", "childminder-days"):
            ReceivedFile.objects.create(
                name=kind, kind=kind, sha256=kind, size=1, state="APPLIED", received_at=moment_on(DAY), rows_read=days
            )
        for rule in publish_rules(on=DAY, at=moment_on(DAY), by="bench"):
            give_opinion(
                rule_pk=rule.pk, is_favourable=True, by="dpo", on=DAY, at=moment_on(DAY), reason="pour mesurer"
            )
        with timed("rules", times):
            run = run_signals(on=DAY, workers=workers)
        with connection.cursor() as cursor, open(os.devnull, "wb") as out, timed("bare", times):
            for table, columns in BARE.items():
                cursor.cursor.copy_expert(f"COPY (SELECT {columns} FROM {table}) TO STDOUT", out)
        found = sum(counts["found"] for counts in run.totals["rules"].values())
        print(
            f"{families:>8} families, {days} days of care: {len(run.totals['rules'])} rules in {run.totals['slices']} slices, "
            f"{times['rules']:.1f} s, {found} hits, {Lead.objects.filter(is_sample=True).count()} drawn; bare COPY of what they "
            f"compare {times['bare']:.1f} s: ratio {times['rules'] / times['bare']:.1f} by the clock, "
            f"{times['rules cpu'] / max(times['bare cpu'], 0.01):.1f} by the processor; peak of the process {peak_mib()} MiB, "
            f"load {os.getloadavg()[0]:.1f}\n         by rule: "
            + ", ".join(f"{code} {counts['found']}+{counts['drawn']}" for code, counts in run.totals["rules"].items()),
            flush=True,
        )


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[1:]] or [100_000]
    for size in sizes:
        # Each size in a process of its own, so that its memory is its own.
        one(size) if len(sizes) == 1 else print(
            output_of([sys.executable, "-m", "bench.signals", size]), end="", flush=True
        )
