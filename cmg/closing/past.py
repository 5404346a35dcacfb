"""What earlier months say of a slice's families: issued debits, repaired disagreements, months settled without right."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from cmg.closing.families import Families
from portal.batches.models import Run
from portal.bulk import read_frame

ISSUED = "s.run_id = ANY(%s)"
NOTHING: dict[str, dict[str, Any]] = {
    "debits": {"employer_no": pl.String, "care_mode": pl.String, "regime": pl.String, "care_month": pl.Date,
               "debit_cents": pl.Int64},
    "resolved": {"employer_no": pl.String, "code": pl.String},
    "without_right": {"employer_no": pl.String},
}  # fmt: skip
DEBIT_MONTHS = 6
RECURRENCE_MONTHS = 3
RECURRING = ("CMG-001", "CMG-005", "CMG-007", "CMG-026")


@dataclass(frozen=True)
class Past:
    """`debits`: employer_no, care_mode, regime, care_month, debit_cents (contributions, tax apart) of the last six
    months; `resolved`: employer_no, code; `without_right`: employer_no."""

    debits: pl.DataFrame
    resolved: pl.DataFrame
    without_right: pl.DataFrame


def months_before(month: date, count: int) -> date:
    """First day of the month `count` months before."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def load_past(month: date, families: Families) -> Past:
    """Earlier months of the families."""
    declaring = families.declaring("s", month)
    first = months_before(month, DEBIT_MONTHS)
    issued = list(
        Run.objects.filter(month__gte=first, month__lte=month, state__in=["ISSUED", "RECONCILED"], dry_run=False)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if not issued:
        return Past(**{name: pl.DataFrame(schema=schema) for name, schema in NOTHING.items()})
    debits = read_frame(
        f"""
        SELECT s.employer_no, s.care_mode, s.regime, s.care_month, sum(s.debit_cents - s.withholding_tax_cents)::bigint
        FROM cmg_settlement s JOIN batches_run r ON r.id = s.run_id
        WHERE {ISSUED} AND s.status = 'SETTLED' AND s.care_month >= %s AND s.care_month < %s AND {declaring}
          AND NOT EXISTS (SELECT 1 FROM cmg_settlement n JOIN batches_run nr ON nr.id = n.run_id
                          WHERE n.employer_no = s.employer_no AND n.care_month = s.care_month
                            AND n.declaration_no = s.declaration_no AND nr.ordinal > r.ordinal
                            AND nr.state IN ('ISSUED', 'RECONCILED') AND NOT nr.dry_run)
        GROUP BY 1, 2, 3, 4
        """,
        NOTHING["debits"],
        (issued, first, month),
    )  # fmt: skip
    resolved = read_frame(
        f"""
        SELECT DISTINCT s.employer_no, s.code
        FROM cmg_anomaly s JOIN batches_run r ON r.id = s.run_id
        WHERE {ISSUED} AND s.resolved_at IS NOT NULL AND r.month >= %s AND r.month < %s
          AND s.code IN %s AND {declaring}
        """,
        NOTHING["resolved"],
        (issued, months_before(month, RECURRENCE_MONTHS), month, RECURRING),
    )
    without_right = read_frame(
        f"""
        SELECT DISTINCT s.employer_no
        FROM cmg_settlement s JOIN batches_run r ON r.id = s.run_id JOIN cmg_declaration d ON d.id = s.declaration_id
        JOIN cmg_right t ON t.employer_no = s.employer_no AND t.known_until IS NULL AND t.side = 'F'
             AND t.child_id = ANY (string_to_array(d.child_ids, '|'))
             AND (t.status = 'ACTIVE' OR t.status = 'CLOSED' AND t.ends_on IS NOT NULL)
             AND t.starts_on < s.care_month + interval '1 month'
             AND (t.ends_on IS NULL OR t.ends_on > greatest(s.care_month, t.starts_on))
             AND t.received_at > d.received_at AND {families.where("t")}
        WHERE {ISSUED} AND s.status = 'SETTLED' AND s.decision <> 'RIGHT' AND s.care_month >= %s AND s.care_month <= %s
          AND {declaring}
        """,
        NOTHING["without_right"],
        (issued, first, month),
    )
    return Past(debits, resolved, without_right)
