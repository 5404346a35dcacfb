"""Where a family stands before a run moves anything: what earlier runs of the period settled, and what the ledger carries.

Amounts of the ledger are those of one benefit: its entries and the bank's bear its code in their keys.

A slice asks family by family, each by its index (LATERAL and OFFSET 0 keep it so): a join, the planner would make by reading
the awards of all families, or every entry of the benefit whatever the year, once a slice.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from portal.benefits.persons.selectors import SUBJECT
from portal.benefits.running.kinds import Kind
from portal.bulk import read_frame
from portal.ledger.models import Account

ISSUED = "r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run"
# Of a family `wanted`, its rows `x` of one benefit and month, by their index.
OF_FAMILY = """x.beneficiary_no = substr(wanted.family, strpos(wanted.family, '/') + 1)
        AND x.fund = split_part(wanted.family, '/', 1) AND x.benefit = %(benefit)s AND x.month = %(month)s"""
# The last word of the issued runs of the period, and what they settled: a hold settles nothing, nor undoes anything.
SETTLED = {
    "family": pl.String, "last_status": pl.String, "last_refusal": pl.String, "last_gross_cents": pl.Int64,
    "last_net_cents": pl.Int64, "old_gross_cents": pl.Int64, "old_crds_cents": pl.Int64, "already_cents": pl.Int64,
}  # fmt: skip
STANDING = {"family": pl.String, "unsent_cents": pl.Int64, "returned_cents": pl.Int64}
# Of an order `o`, the award that it pays; of an award `a`, what its transfer carries of its own month, what was withheld left out.
AWARD_OF_ORDER = "substring(o.end_to_end_id from '-V([0-9]+)')::bigint"
OF_ITS_MONTH = "greatest(a.net_cents - a.already_cents - a.recovered_cents, 0)"
MISSED = {"family": pl.String, "missed_cents": pl.Int64}


def _position(column: str) -> str:
    """Of the last award that is no hold: what it settled, given up or not; what was refused settles nothing."""
    return (
        f"coalesce((array_agg(CASE WHEN a.status IN ('PAID', 'DEFERRED', 'WAIVED') THEN a.{column} ELSE 0 END "
        "ORDER BY r.ordinal DESC) FILTER (WHERE a.status <> 'HELD'))[1], 0)"
    )


def _last(column: str) -> str:
    return f"(array_agg(a.{column} ORDER BY r.ordinal DESC))[1]"


def settled_of(kind: Kind, month: date, families: Sequence[str]) -> pl.DataFrame:
    """Of those of `families` that an issued run of the period decided of (columns SETTLED)."""
    columns = [_last(name) for name in ("status", "refusal", "gross_cents", "net_cents")]
    columns += [_position(name) for name in ("gross_cents", "crds_cents", "net_cents")]
    return read_frame(
        f"""
        SELECT wanted.family, known.* FROM unnest(%(families)s::text[]) AS wanted (family)
        CROSS JOIN LATERAL (
            SELECT {", ".join(columns)} FROM (
                SELECT * FROM benefits_award x WHERE {OF_FAMILY} OFFSET 0) a
            JOIN batches_run r ON r.id = a.run_id AND {ISSUED} HAVING count(*) > 0) known
        """,
        SETTLED,
        {"families": list(families), "benefit": kind.benefit.value, "month": month},
    )


def standing_of(kind: Kind, families: Sequence[str]) -> pl.DataFrame:
    """Of those of `families` with entries of this benefit (columns STANDING): `unsent_cents` is owed to the family and on no
    order that lives, `returned_cents` came back from the bank. A bank may tell that a transfer came back before that it left:
    what was done with the money in between is then missing on the first account, and counted off the second."""

    def total(account: Account) -> str:
        return f"coalesce(sum(l.amount_cents) FILTER (WHERE l.account = {int(account)}), 0)"

    return read_frame(
        f"""
        SELECT substr(wanted.subject, {len(SUBJECT) + 1}), greatest(free.cents, 0)::bigint,
               greatest(b.returned + least(free.cents, 0), 0)::bigint
        FROM unnest(%(subjects)s::text[]) AS wanted (subject)
        CROSS JOIN LATERAL (
            SELECT -{total(Account.BENEFIT_PAYOUTS)} AS payouts, -{total(Account.BENEFIT_RETURNED)} AS returned,
                   count(*) AS legs
            FROM (SELECT o.id, o.key, o.run_id FROM ledger_entry o WHERE o.subject = wanted.subject OFFSET 0) e
            JOIN ledger_leg l ON l.entry_id = e.id LEFT JOIN batches_run r ON r.id = e.run_id
            WHERE e.key LIKE 'benefit:' || %(benefit)s || ':%%' OR e.key LIKE 'bank:' || %(benefit)s || '-%%'
               OR e.key LIKE 'benefits:small:%%' AND r.kind = %(kind)s) b
        CROSS JOIN LATERAL (
            SELECT b.payouts - coalesce(sum(o.amount_cents), 0) AS cents FROM (
                SELECT p.amount_cents, p.purpose, p.state FROM banking_paymentorder p
                WHERE p.subject = wanted.subject OFFSET 0) o
            WHERE o.purpose = %(purpose)s AND o.state IN ('PREPARED', 'SENT', 'ACCEPTED')) free
        WHERE b.legs > 0
        """,
        STANDING,
        {"subjects": [SUBJECT + one for one in families], "benefit": kind.benefit.value, "purpose": kind.purpose,
         "kind": kind.code},
    )  # fmt: skip


def missed_of(kind: Kind, month: date, families: Sequence[str]) -> pl.DataFrame:
    """Of those of `families` of whom some money of `month` reached nobody (columns MISSED): issued awards that carried it, their
    own less what was withheld of it or as a small sum that left with them, and of which no order lives, went through, or was
    ended when a correction took it."""
    return read_frame(
        f"""
        WITH wanted AS (
            SELECT family, split_part(family, '/', 1) AS fund, substr(family, strpos(family, '/') + 1) AS beneficiary_no
            FROM unnest(%(families)s::text[]) AS named (family)
        ), carried AS (
            SELECT w.family, a.id, coalesce(s.cents, 0)
                   + CASE WHEN a.month = %(month)s THEN {OF_ITS_MONTH} ELSE 0 END AS cents
            FROM wanted w JOIN benefits_award a USING (beneficiary_no, fund) JOIN batches_run r ON r.id = a.run_id
            LEFT JOIN LATERAL (
                SELECT sum(d.amount_cents) AS cents FROM benefits_deferredsum d
                WHERE d.beneficiary_no = a.beneficiary_no AND d.fund = a.fund AND d.benefit = a.benefit
                  AND d.state = 'PAID' AND d.released_by_id = a.run_id AND d.month = %(month)s) s ON true
            WHERE a.benefit = %(benefit)s AND a.status = 'PAID' AND a.paid_cents > 0 AND {ISSUED}
        )
        SELECT c.family, sum(c.cents)::bigint FROM carried c
        WHERE c.cents > 0 AND NOT EXISTS (
            SELECT 1 FROM banking_paymentorder o
            WHERE o.subject = '{SUBJECT}' || c.family AND o.purpose = %(purpose)s
              AND {AWARD_OF_ORDER} = c.id
              AND (o.state NOT IN ('REJECTED', 'RETURNED')
                   OR EXISTS (SELECT 1 FROM benefits_endedtransfer e WHERE e.order_id = o.id)))
        GROUP BY c.family
        """,
        MISSED,
        {"families": list(families), "benefit": kind.benefit.value, "month": month, "purpose": kind.purpose},
    )
