"""What the books say of small sums and of what was paid in excess is what their rows say, family by family, to the cent."""

from portal.ledger.models import Account
from portal.ledger.proof import DIFFER, two_sides

BOTH = """
WITH booked AS (
    SELECT e.subject, {sign}sum(l.amount_cents) AS cents FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id
    WHERE l.account = {account} AND e.subject LIKE 'family:%%' GROUP BY 1
), told AS (
    SELECT 'family:' || fund || '/' || beneficiary_no AS subject, sum(cents) AS cents FROM ({rows}) r GROUP BY 1
)
{differ}
"""
WAITING = "SELECT fund, beneficiary_no, amount_cents AS cents FROM benefits_deferredsum WHERE state = 'WAITING'"
OWED = (
    "SELECT fund, beneficiary_no, amount_cents - recovered_cents - remitted_cents AS cents FROM benefits_benefitoverpayment "
    "WHERE state IN ('TO_RECOVER', 'CONTESTED')"
)
# What families do not give back, too small, remitted or cancelled, less what they do not receive.
GIVEN_UP = """
SELECT fund, beneficiary_no, amount_cents - recovered_cents AS cents FROM benefits_benefitoverpayment
WHERE state = 'WRITTEN_OFF'
UNION ALL SELECT fund, beneficiary_no, remitted_cents FROM benefits_benefitoverpayment WHERE remitted_cents > 0
UNION ALL SELECT fund, beneficiary_no, -amount_cents FROM benefits_deferredsum WHERE state = 'WAIVED'
UNION ALL SELECT a.fund, a.beneficiary_no, a.already_cents - a.net_cents FROM benefits_award a JOIN batches_run r ON r.id = a.run_id
    WHERE a.status = 'WAIVED' AND r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run
UNION ALL SELECT fund, beneficiary_no, amount_cents FROM benefits_undonewaiver
"""
CHECKS = {
    "{} : {} de petites sommes reportées au grand livre, {} qui attendent": BOTH.format(
        differ=DIFFER, sign="-", account=int(Account.BENEFIT_DEFERRED), rows=WAITING
    ),
    "{} : {} de prestations versées en trop au grand livre, {} à récupérer": BOTH.format(
        differ=DIFFER, sign="", account=int(Account.BENEFIT_OVERPAYMENT), rows=OWED
    ),
    "{} : {} de sommes abandonnées ou remises au grand livre, {} dans les prestations": BOTH.format(
        differ=DIFFER, sign="", account=int(Account.WRITTEN_OFF), rows=GIVEN_UP
    ),
}
# What a sum says was recovered is no less than what was withheld of it; what it says was given up, no more than what was decided.
DECISIONS = {
    "somme versée en trop {} : {} récupérés, {} retenus selon ses accords": """
        SELECT o.id, o.recovered_cents, d.cents FROM benefits_benefitoverpayment o
        JOIN (SELECT overpayment_id, sum(amount_cents)::bigint AS cents FROM benefits_deduction GROUP BY 1) d
             ON d.overpayment_id = o.id
        WHERE d.cents > o.recovered_cents ORDER BY 1 LIMIT 100""",
    "somme versée en trop {} : {} remis ou annulés, {} selon ses décisions": """
        SELECT o.id, o.remitted_cents, coalesce(a.cents, 0) FROM benefits_benefitoverpayment o
        LEFT JOIN (SELECT overpayment_id, sum(amount_cents)::bigint AS cents FROM benefits_overpaymentact
                   WHERE kind IN ('REMITTED', 'CANCELLED') GROUP BY 1) a ON a.overpayment_id = o.id
        WHERE o.remitted_cents > coalesce(a.cents, 0) ORDER BY 1 LIMIT 100""",
    "arrêté {} : {} retenus dans ses prestations, {} selon les accords des familles": """
        SELECT r.id, a.cents, coalesce(d.cents, 0) FROM batches_run r
        JOIN (SELECT run_id, sum(recovered_cents)::bigint AS cents FROM benefits_award WHERE recovered_cents > 0 GROUP BY 1) a
             ON a.run_id = r.id
        LEFT JOIN (SELECT run_id, sum(amount_cents)::bigint AS cents FROM benefits_deduction GROUP BY 1) d ON d.run_id = r.id
        WHERE r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run AND a.cents <> coalesce(d.cents, 0) ORDER BY 1 LIMIT 100""",
    "arrêté {} : {} dus de nouveau dans ses prestations, {} ont payé au grand livre ce qui avait été noté en trop": f"""
        WITH told AS (
            SELECT a.run_id, sum(a.due_again_cents)::bigint AS cents FROM benefits_award a JOIN batches_run r ON r.id = a.run_id
            WHERE a.due_again_cents > 0 AND r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run GROUP BY 1
        ), booked AS (
            SELECT e.run_id, sum(l.amount_cents)::bigint AS cents FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id
            WHERE e.key LIKE 'benefits:small:%%:debt-%%' AND l.account = {int(Account.BENEFIT_PAYOUTS)} GROUP BY 1
        )
        SELECT run_id, coalesce(t.cents, 0), coalesce(b.cents, 0) FROM told t FULL JOIN booked b USING (run_id)
        WHERE t.cents IS DISTINCT FROM b.cents ORDER BY 1 LIMIT 100""",
}


def check_small_sums() -> list[str]:
    """What does not agree, in French; empty when each sum that waits is in the books and nothing else is, nothing was withheld
    without an agreement, nor remitted without a decision."""
    return two_sides(CHECKS | DECISIONS)
