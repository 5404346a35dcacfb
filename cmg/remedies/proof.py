"""What the books say of advances and sums paid in excess is what their rows say, family by family."""

from portal.ledger.models import Account as Ledger
from portal.ledger.proof import DIFFER, two_sides

# Rows of both sides that differ: subject, what the ledger holds, what the rows leave. LIMIT keeps a ruin readable.
ADVANCES = f"""
WITH booked AS (
    SELECT e.subject, sum(l.amount_cents) AS cents FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id
    WHERE l.account = {int(Ledger.ADVANCE)} GROUP BY 1
), told AS (
    SELECT 'cmg:employer:' || employer_no AS subject,
           sum(amount_cents - netted_cents - converted_cents - waived_cents) AS cents
    FROM cmg_advance WHERE state NOT IN ('PROPOSED', 'REFUSED', 'CANCELLED') GROUP BY 1
)
{DIFFER}
"""
# An instalment asked of the bank is booked at once; its row waits for the bank's word.
OVERPAYMENTS = f"""
WITH booked AS (
    SELECT e.subject, sum(l.amount_cents) AS cents FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id
    WHERE l.account = {int(Ledger.OVERPAYMENT)} GROUP BY 1
), asked AS (
    SELECT i.overpayment_id, sum(i.amount_cents) AS cents FROM cmg_instalment i
    JOIN banking_paymentorder o ON o.end_to_end_id = i.end_to_end_id
    WHERE i.paid_on IS NULL AND NOT EXISTS (
        SELECT 1 FROM ledger_entry e WHERE e.key = 'cmg:remedy:' || substr(i.end_to_end_id, 5) || ':back')
    GROUP BY 1
), told AS (
    SELECT 'cmg:employer:' || p.employer_no AS subject,
           sum(p.amount_cents - p.repaid_cents - p.remitted_cents - coalesce(a.cents, 0)) AS cents
    FROM cmg_overpayment p LEFT JOIN asked a ON a.overpayment_id = p.id GROUP BY 1
)
{DIFFER}
"""
NETTINGS = """
SELECT a.id, a.netted_cents, coalesce(n.cents, 0)::bigint
FROM cmg_advance a LEFT JOIN (SELECT advance_id, sum(netted_cents) AS cents FROM cmg_advancenetting GROUP BY 1) n
     ON n.advance_id = a.id
WHERE a.netted_cents <> coalesce(n.cents, 0) ORDER BY 1 LIMIT 100
"""
CHECKS = {
    "avances de {} : {} au grand livre, {} à déduire dans les avances": ADVANCES,
    "sommes versées en trop de {} : {} au grand livre, {} restant à rendre": OVERPAYMENTS,
    "avance {} : {} déduits, {} dans ses déductions": NETTINGS,
}


def check_remedies() -> list[str]:
    """What does not agree, in French; empty when every cent of a remedy is in the books and in its row."""
    return two_sides(CHECKS)
