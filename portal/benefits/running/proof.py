"""What awards, orders and the ledger say of the same money must be one: asked by `check_ledger`.

What came back from the bank counts with what is owed: when it left again before the bank told that it had left a first time,
the order that lives stands on it.
"""

from django.db import connection

from portal.ledger.models import Account

CHARGES = int(Account.BACK_TO_SCHOOL_ALLOWANCE), int(Account.DISABLED_CHILD_ALLOWANCE)
STILL_OWED = int(Account.BENEFIT_PAYOUTS), int(Account.BENEFIT_RETURNED)
QUERIES = {
    "l’arrêté {} ({}) a décidé {} centimes de charge et le grand livre en porte {}": f"""
        WITH decided AS (
            SELECT r.id, r.kind, coalesce((r.totals->'sums'->>'gross_change_cents')::bigint, 0)
                   + coalesce((r.totals->'movements'->>'BENEFIT_OVERPAYMENT_cents')::bigint, 0)
                   + coalesce((r.totals->'movements'->>'BENEFIT_UNCLAIMED_cents')::bigint, 0)
                   + coalesce((r.totals->'movements'->>'BENEFIT_UNDUE_cents')::bigint, 0) AS cents
            FROM batches_run r WHERE r.kind IN ('ars-year', 'aeeh-month') AND r.state IN ('ISSUED', 'RECONCILED')
        ), booked AS (
            SELECT e.run_id, sum(l.amount_cents) AS cents FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id
            WHERE e.key LIKE 'benefit:%%' AND e.run_id IN (SELECT id FROM decided) AND l.account IN {CHARGES}
            GROUP BY e.run_id
        )
        SELECT d.id, d.kind, d.cents, coalesce(b.cents, 0) FROM decided d LEFT JOIN booked b ON b.run_id = d.id
        WHERE d.cents <> coalesce(b.cents, 0) LIMIT 100""",
    "{} : {} centimes sont sur des virements en cours, et le grand livre n’en doit que {}": f"""
        WITH flying AS (
            SELECT subject, sum(amount_cents) AS cents FROM banking_paymentorder
            WHERE purpose IN ('FAMILY_ARS', 'FAMILY_AEEH') AND state IN ('PREPARED', 'SENT', 'ACCEPTED') GROUP BY subject
        )
        SELECT f.subject, f.cents, coalesce(-b.cents, 0) FROM flying f CROSS JOIN LATERAL (
            SELECT sum(l.amount_cents) AS cents FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id
            WHERE e.subject = f.subject AND l.account IN {STILL_OWED}) b
        WHERE f.cents > coalesce(-b.cents, 0) LIMIT 100""",
    "{} a deux virements vivants pour {}": """
        SELECT subject, min(end_to_end_id) FROM banking_paymentorder
        WHERE purpose IN ('FAMILY_ARS', 'FAMILY_AEEH') AND state NOT IN ('REJECTED', 'RETURNED')
        GROUP BY subject, substring(end_to_end_id from '-V([0-9]+)') HAVING count(*) > 1 LIMIT 100""",
}


def check_benefits() -> list[str]:
    """What does not agree, in French; empty when every cent decided is booked and ordered once."""
    found: list[str] = []
    with connection.cursor() as cursor:
        for sentence, query in QUERIES.items():
            cursor.execute(query, [])
            found += [sentence.format(*row) for row in cursor.fetchall()]
    return found
