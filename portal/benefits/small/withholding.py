"""What families agreed to have withheld: the one place that says how much of a benefit's next award, and what was taken.

The house withholds nothing of its own accord (docs/decisions/0019): without an agreement that lives, nothing is available.
"""

from datetime import date

from portal.batches.models import Run
from portal.benefits.models import Benefit

# By family: what is left of the sums that the living agreement names, their time to contest over, and no more than what it lets
# be taken in the period, less what was taken in it already.
AVAILABLE = """
SELECT g.fund, g.beneficiary_no, g.benefit,
       greatest(least(sum(o.amount_cents - o.recovered_cents - o.remitted_cents), g.each_cents - coalesce(max(d.cents), 0)), 0)
           ::bigint AS cents
FROM benefits_repaymentagreement g
JOIN benefits_benefitoverpayment o ON o.agreement_id = g.id AND o.state = 'TO_RECOVER' AND o.deductible_from <= %(day)s
LEFT JOIN LATERAL (
    SELECT sum(x.amount_cents) AS cents FROM benefits_deduction x JOIN benefits_benefitoverpayment y ON y.id = x.overpayment_id
    WHERE y.fund = g.fund AND y.beneficiary_no = g.beneficiary_no AND y.benefit = g.benefit AND x.period = %(period)s
    ) d ON true
WHERE g.withdrawn_on IS NULL AND g.benefit = %(benefit)s GROUP BY g.id
"""
# The oldest debt first: each takes what is left of the deduction after those before it.
TAKE = """
WITH debts AS (
    SELECT o.id, o.agreement_id, o.amount_cents - o.recovered_cents - o.remitted_cents AS left_cents, a.recovered_cents AS taken,
           sum(o.amount_cents - o.recovered_cents - o.remitted_cents)
               OVER (PARTITION BY o.fund, o.beneficiary_no ORDER BY o.id) AS upto
    FROM benefits_benefitoverpayment o JOIN benefits_repaymentagreement g ON g.id = o.agreement_id AND g.withdrawn_on IS NULL
    JOIN benefits_award a ON a.run_id = %(run)s AND a.status = 'PAID'
        AND a.fund = o.fund AND a.beneficiary_no = o.beneficiary_no AND a.benefit = o.benefit
    WHERE o.state = 'TO_RECOVER' AND o.deductible_from <= %(day)s AND a.recovered_cents > 0
), shares AS (SELECT id, agreement_id, least(left_cents, taken - (upto - left_cents)) AS cents FROM debts)
INSERT INTO benefits_deduction (overpayment_id, agreement_id, run_id, period, amount_cents, withheld_on)
SELECT id, agreement_id, %(run)s, %(period)s, cents, %(day)s FROM shares WHERE cents > 0 ORDER BY id
"""
RECOVER = """
UPDATE benefits_benefitoverpayment o SET recovered_cents = o.recovered_cents + d.amount_cents,
    state = CASE WHEN o.recovered_cents + o.remitted_cents + d.amount_cents = o.amount_cents THEN 'RECOVERED' ELSE o.state END
FROM benefits_deduction d WHERE d.run_id = %(run)s AND d.overpayment_id = o.id
"""


def period_of(run: Run, benefit: str, day: date) -> date:
    """What the agreed sum bounds: the start of term for the ARS, the month in which money is withheld for the AEEH, however many
    months are paid in it."""
    return run.month if benefit == Benefit.ARS else day.replace(day=1)
