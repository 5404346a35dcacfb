"""What the books say of pensions is what was ordered: each movement has its order, to the cent, and what the books owe is
what has not reached anybody yet."""

from portal.ledger.models import Account
from portal.ledger.proof import DIFFER, two_sides

DEBITS, PAYOUTS = int(Account.SUPPORT_DEBITS), int(Account.SUPPORT_PAYOUTS)
# A debit asked is positive, a payout owed is negative; what comes back goes the other way.
BOOKED = f"""
WITH booked AS (
    SELECT e.key, abs(l.amount_cents) AS cents FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id
    WHERE e.key LIKE 'aripa:%%'
      AND (l.account = {DEBITS} AND l.amount_cents > 0 OR l.account = {PAYOUTS} AND l.amount_cents < 0)
), told AS (SELECT 'aripa:' || case_id || ':' || number AS key, amount_cents AS cents FROM aripa_bankmove)
SELECT coalesce(b.key, t.key), coalesce(b.cents, 0), coalesce(t.cents, 0)
FROM booked b FULL JOIN told t ON t.key = b.key WHERE b.cents IS DISTINCT FROM t.cents ORDER BY 1 LIMIT 100
"""
# The first order of a movement has its number alone as reference; each later one adds which it is.
ORDERS = """
WITH told AS (
    SELECT m.*, 'SNP-' || lpad(m.id::text, 10, '0') || CASE WHEN n > 1 THEN '-' || n ELSE '' END AS reference
    FROM aripa_bankmove m, generate_series(1, m.tries) AS n
), ordered AS (SELECT * FROM banking_paymentorder WHERE purpose LIKE 'ARIPA\\_%%')
SELECT coalesce(o.end_to_end_id, t.reference), coalesce(o.amount_cents, 0), coalesce(t.amount_cents, 0)
FROM ordered o FULL JOIN told t ON t.reference = o.end_to_end_id
WHERE o.amount_cents IS DISTINCT FROM t.amount_cents OR o.purpose <> 'ARIPA_' || t.kind
   OR o.subject <> 'aripa:case:' || t.case_id ORDER BY 1 LIMIT 100
"""
OWED = f"""
WITH booked AS (
    SELECT e.subject, -sum(l.amount_cents) AS cents FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id
    WHERE l.account = {PAYOUTS} GROUP BY 1
), told AS (
    SELECT 'aripa:case:' || m.case_id AS subject, sum(m.amount_cents) AS cents FROM aripa_bankmove m
    LEFT JOIN banking_paymentorder o ON o.end_to_end_id =
        'SNP-' || lpad(m.id::text, 10, '0') || CASE WHEN m.tries > 1 THEN '-' || m.tries ELSE '' END
    WHERE m.kind <> 'DEBIT' AND o.state IS DISTINCT FROM 'BOOKED' GROUP BY 1
)
{DIFFER}
"""
CHECKS = {
    "mouvement {} : {} au grand livre, {} demandés à la banque": BOOKED,
    "ordre {} : {} chez la banque, {} dans les pensions": ORDERS,
    "{} : {} à verser au grand livre, {} qui ne sont pas encore passés en banque": OWED,
}


def check_bank_moves() -> list[str]:
    """What does not agree, in French; empty when every order is its movement, to the cent."""
    return two_sides(CHECKS)
