"""What earlier issues of a month really left for each declaration or invoice: its ledger legs and its bank movements.

Read from the ledger and from the orders, never computed again from what the settlements would give today.
"""

import polars as pl

from cmg.closing.movements import BOOKED, FAMILY, LEGS, OTHERS, SENT
from portal.batches.models import Run
from portal.bulk import read_frame

WHAT = {"debits": "o.kind = 'DEBIT'", "refunds": "o.purpose = 'CMG_REFUND'"}
WHAT["payouts"] = f"NOT ({WHAT['debits']} OR {WHAT['refunds']})"
FATES = {"": "true", "_rejected": "o.state = 'REJECTED'", "_returned": "o.state = 'RETURNED'"}

# `issued`: reference, id, status, payout_cents, rank (of the run, then of the version), key of the ledger entry, and
# `orders`, the end-to-end references that its issue may have used.
PREFIX = "'CMG-' || to_char(r.month, 'YYYYMM') || '-' || r.ordinal || '-'"
ISSUED = "r.kind = %(kind)s AND r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run"
DECLARATIONS = f"""
    SELECT s.declaration_no AS reference, s.id, s.status, s.payout_cents, r.ordinal * 1000 + s.version AS rank,
           'cmg:decl:' || s.declaration_no || ':v' || s.version || ':run' || r.id AS key,
           ARRAY[{PREFIX} || 'P' || s.id, {PREFIX} || 'V' || s.id, {PREFIX} || 'R' || s.id] AS orders
    FROM (SELECT DISTINCT declaration_no FROM cmg_settlement WHERE run_id = %(run)s
          AND (slice_number = %(slice)s OR employer_no = %(employer)s)) wanted
    JOIN cmg_declaration d ON d.declaration_no = wanted.declaration_no
    JOIN cmg_settlement s ON s.declaration_id = d.id JOIN batches_run r ON r.id = s.run_id
    WHERE {ISSUED} AND r.month = %(month)s AND s.status IN ('SETTLED', 'CANCELLED', 'HELD')
"""
INVOICES = f"""
    SELECT i.fund || ':' || i.invoice_no AS reference, s.id, s.status, s.payout_cents, r.id AS rank,
           'cmg:invoice:' || i.fund || ':' || i.invoice_no || ':run' || r.id AS key,
           ARRAY[{PREFIX} || 'S' || s.id] AS orders
    FROM cmg_structuresettlement now JOIN cmg_structureinvoice n ON n.id = now.invoice_id
    JOIN cmg_structureinvoice i ON i.invoice_no = n.invoice_no AND i.fund = n.fund
    JOIN cmg_structuresettlement s ON s.invoice_id = i.id JOIN batches_run r ON r.id = s.run_id
    WHERE now.run_id = %(run)s AND {ISSUED} AND s.status IN ('SETTLED', 'HELD')
"""


def _query(issued: str) -> str:
    orders = ", ".join(
        f"sum(o.amount_cents) FILTER (WHERE {WHAT[what]} AND {FATES[fate]}) AS {what}{fate}_cents"
        for what in ("debits", "payouts", "refunds")
        for fate in FATES
    )
    accounts = ", ".join(
        f"sum(l.amount_cents) FILTER (WHERE l.account = {LEGS[name]}) AS {name}" for name in (*FAMILY, *OTHERS)
    )
    sums = ", ".join(f"coalesce({name}, 0)::bigint" for name in (*FAMILY, *OTHERS, *SENT))
    return f"""
    WITH RECURSIVE issued AS MATERIALIZED ({issued}), last AS (
        SELECT reference, bool_or(status = 'SETTLED') AS was_settled,
               coalesce(sum(payout_cents) FILTER (WHERE status = 'SETTLED'), 0) AS settled_payout_cents
        FROM (SELECT DISTINCT ON (reference) * FROM issued
              ORDER BY reference, status = 'HELD', rank DESC, id DESC) decided GROUP BY reference
    ), asked AS (
        SELECT i.reference, o.* FROM (SELECT reference, unnest(orders) AS end_to_end_id FROM issued) i
        JOIN banking_paymentorder o USING (end_to_end_id)
        UNION ALL
        SELECT a.reference, o.* FROM asked a JOIN banking_paymentorder o ON o.end_to_end_id = a.end_to_end_id || '-R'
        WHERE a.kind = 'CREDIT' AND a.state IN ('REJECTED', 'RETURNED')
    ), legs AS (
        SELECT i.reference, {accounts}
        FROM (SELECT reference, key FROM issued UNION
              SELECT reference, 'bank:' || end_to_end_id || ':again' FROM asked WHERE end_to_end_id LIKE '%%-R') i
        JOIN ledger_entry e ON e.key = i.key
        JOIN ledger_leg l ON l.entry_id = e.id GROUP BY 1
    ), sent AS (
        SELECT o.reference, {orders},
               string_agg(o.end_to_end_id, '|') FILTER (WHERE o.kind = 'CREDIT' AND o.state IN ('REJECTED', 'RETURNED'))
                   AS failed_credits
        FROM asked o GROUP BY 1
    ), repaid AS (
        SELECT p.declaration_no AS reference, -sum(l.amount_cents) AS cents
        FROM cmg_overpayment p JOIN last ON last.reference = p.declaration_no
        JOIN cmg_instalment i ON i.overpayment_id = p.id AND i.end_to_end_id <> ''
        JOIN ledger_entry e ON e.key LIKE 'cmg:remedy:INS-' || i.id || '%%'
             AND substring(e.key from '^cmg:remedy:INS-([0-9]+)') = i.id::text
        JOIN ledger_leg l ON l.entry_id = e.id AND l.account = {LEGS["OVERPAYMENT"]} GROUP BY 1
    ), keepable AS (
        SELECT p.declaration_no AS reference, sum(p.amount_cents - p.repaid_cents - p.remitted_cents - coalesce((
                   SELECT sum(i.amount_cents) FROM cmg_instalment i
                   LEFT JOIN banking_paymentorder o ON o.end_to_end_id = i.end_to_end_id
                   WHERE i.overpayment_id = p.id AND i.paid_on IS NULL AND i.end_to_end_id <> ''
                     AND o.state NOT IN ('REJECTED', 'RETURNED')), 0)) AS cents
        FROM cmg_overpayment p JOIN last ON last.reference = p.declaration_no
        WHERE p.state IN ('OPENED', 'NOTIFIED', 'CONFIRMED', 'RECOVERING') GROUP BY 1
    )
    SELECT last.reference, coalesce(sent.failed_credits, ''), last.was_settled, last.settled_payout_cents::bigint,
           coalesce(repaid.cents, 0)::bigint, coalesce(keepable.cents, 0)::bigint, {sums}
    FROM last LEFT JOIN legs USING (reference) LEFT JOIN sent USING (reference) LEFT JOIN repaid USING (reference)
         LEFT JOIN keepable USING (reference)
    """


def booked_declarations(run: Run, number: int) -> pl.DataFrame:
    """For the declarations of slice `number`, what the issued runs of the month left (columns BOOKED)."""
    return _booked_declarations(run, {"slice": number, "employer": None})


def booked_of_family(run: Run, employer_no: str) -> pl.DataFrame:
    """The same, for the declarations of one family alone."""
    return _booked_declarations(run, {"slice": None, "employer": employer_no})


def _booked_declarations(run: Run, which: dict[str, object]) -> pl.DataFrame:
    if run.ordinal == 1:
        return pl.DataFrame(schema=BOOKED)
    values = {"kind": run.kind, "month": run.month, "run": run.pk} | which
    return read_frame(_query(DECLARATIONS), BOOKED, values)


def booked_invoices(run: Run) -> pl.DataFrame:
    """For the invoices of `run`, what issued runs left, whatever the month the invoice was first sent for."""
    return read_frame(_query(INVOICES), BOOKED, {"kind": run.kind, "run": run.pk})
