"""The results of a month as files: settlements, structure settlements, anomalies (one row each, all runs together).

Amounts in euros with two decimals, booleans 0/1, codes separated by ``|``. A declaration version appears once, as the
last run that decided it left it.
"""

from datetime import date
from pathlib import Path

from django.db import connection

LIVE_RUNS = "r.kind = 'cmg-month' AND r.month = %(month)s AND NOT r.dry_run AND r.state <> 'SUPERSEDED'"
MONEY_COLUMNS = (
    "contributions", "deduction", "part_a", "part_b", "supplement", "offset", "debit", "payout", "withholding_tax",
)  # fmt: skip


def _euros(name: str, table: str = "s") -> str:
    return f'({table}.{name}_cents / 100.0)::numeric(16, 2) AS "{name}"'


SETTLEMENTS = f"""
SELECT declaration_no, version, employer_no, care_month, regime, {", ".join(f'"{name}"' for name in MONEY_COLUMNS)},
       status, debit_effect, held_debit, payout_blocked, anomaly_codes
FROM (
    SELECT DISTINCT ON (s.declaration_id) s.declaration_no, s.version, s.employer_no,
           to_char(s.care_month, 'YYYY-MM') AS care_month, s.regime, {", ".join(_euros(name) for name in MONEY_COLUMNS)},
           s.status, s.debit_effect, {_euros("held_debit")}, s.payout_blocked::int AS payout_blocked, s.anomaly_codes
    FROM cmg_settlement s JOIN batches_run r ON r.id = s.run_id
    WHERE {LIVE_RUNS} ORDER BY s.declaration_id, r.ordinal DESC
) last ORDER BY declaration_no, version
"""
STRUCTURES = f"""
SELECT invoice_no, fund, beneficiary_no, child_id, care_month, part_b, payout, status, anomaly_codes
FROM (
    SELECT DISTINCT ON (i.fund, i.invoice_no) i.invoice_no, i.fund, i.beneficiary_no, i.child_id,
           to_char(i.care_month, 'YYYY-MM') AS care_month, {_euros("part_b")}, {_euros("payout")}, s.status,
           s.anomaly_codes
    FROM cmg_structuresettlement s JOIN batches_run r ON r.id = s.run_id
    JOIN cmg_structureinvoice i ON i.id = s.invoice_id
    WHERE {LIVE_RUNS} ORDER BY i.fund, i.invoice_no, r.ordinal DESC
) last ORDER BY fund, invoice_no
"""
ANOMALIES = f"""
SELECT n.code, n.declaration_no, n.employer_no, n.child_id, n.severity, n.resolution, n.debit_effect,
       to_char(n.detected_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"') AS detected_at, n.state,
       n.explanation
FROM cmg_anomaly n JOIN batches_run r ON r.id = n.run_id
WHERE {LIVE_RUNS} AND NOT EXISTS (
    SELECT 1 FROM cmg_settlement s JOIN batches_run later ON later.id = s.run_id
    WHERE s.declaration_id = n.declaration_id AND later.kind = r.kind AND later.month = r.month
      AND later.ordinal > r.ordinal AND NOT later.dry_run AND later.state <> 'SUPERSEDED')
ORDER BY n.declaration_no, n.code, n.child_id
"""
FILES = {"settlements.csv": SETTLEMENTS, "structure_settlements.csv": STRUCTURES, "anomalies.csv": ANOMALIES}


def export_month(month: date, out: Path) -> dict[str, int]:
    """Write the files of `month` in `out`; returns the number of rows of each. Streamed by the database."""
    out.mkdir(parents=True, exist_ok=True)
    rows = {}
    with connection.cursor() as cursor:
        for name, query in FILES.items():
            bound = cursor.cursor.mogrify(query, {"month": month}).decode()
            draft = out / f".{name}.part"
            with draft.open("w", encoding="utf-8", newline="") as handle:
                cursor.cursor.copy_expert(f"COPY ({bound}) TO STDOUT WITH (FORMAT csv, HEADER)", handle)
            rows[name] = cursor.cursor.rowcount
            draft.replace(out / name)
    return rows
