"""A run corrects a month upwards after another had corrected it downwards: what the family received in excess and still has is due
after all. It pays the debts of its own month before anything leaves (decision 0063).

Only debts that runs noted of that month count: what a person noted by hand rests on something that no award says.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from portal.benefits.models import BenefitOverpayment, OverpaymentState
from portal.benefits.small.letters import tell_no_longer_owed
from portal.benefits.small.overpaying import BY_RUNS, Overpaid, PaidBy, pay_back
from portal.bulk import read_frame
from portal.ledger.models import Account

KEPT = {"family": pl.String, "still_kept_cents": pl.Int64}
# In whatever state the debt is: given up, remitted or cancelled, the money of it is with the family.
SUMS = """
SELECT wanted.family, kept.cents FROM unnest(%(families)s::text[]) AS wanted (family)
CROSS JOIN LATERAL (
    SELECT sum(d.amount_cents - d.recovered_cents)::bigint AS cents FROM benefits_benefitoverpayment d
    WHERE d.beneficiary_no = substr(wanted.family, strpos(wanted.family, '/') + 1)
      AND d.fund = split_part(wanted.family, '/', 1) AND d.benefit = %(benefit)s AND d.month = %(month)s
      AND d.noted_by = %(runs)s AND d.recovered_cents < d.amount_cents) kept
WHERE kept.cents > 0
"""
# What the family was asked to give back ends first.
ASKED_FIRST = (OverpaymentState.CONTESTED, OverpaymentState.TO_RECOVER)


def still_kept_of(benefit: str, month: date, families: Sequence[str]) -> pl.DataFrame:
    """Of those of `families` that received in excess some of `month` and did not give it back (columns KEPT)."""
    return read_frame(SUMS, KEPT, {"families": list(families), "benefit": benefit, "month": month, "runs": BY_RUNS})


def due_again(net: pl.Expr, settled: pl.Expr, still_kept: pl.Expr) -> pl.Expr:
    """The cents of a rise that the family has already."""
    rise = pl.max_horizontal(net - settled, pl.lit(0, dtype=pl.Int64))
    return pl.min_horizontal(rise, still_kept)


def pay_debts_of_month(*, what: Overpaid, run_pk: int, on: date) -> None:
    """The cents of `what` are due again: they pay the debts that runs noted of its month, in the transaction of the issue; the
    family is told of those that it had been asked for. After the turn of what moves standings, under which they were counted."""
    debts = BenefitOverpayment.objects.select_for_update(of=("self",)).filter(
        fund=what.fund, beneficiary_no=what.beneficiary_no, benefit=what.benefit, month=what.month, noted_by=BY_RUNS
    )
    left, told = what.amount_cents, []
    for debt in sorted(debts, key=lambda one: (one.state not in ASKED_FIRST, one.pk)):
        cents, asked = min(left, debt.amount_cents - debt.recovered_cents), debt.left_cents
        if cents:
            key = f"benefits:small:{run_pk}:{what.fund}/{what.beneficiary_no}:debt-{debt.pk}"
            legs = {Account.BENEFIT_PAYOUTS: cents}
            pay_back(debt=debt, key=key, legs=legs, why=PaidBy.DUE_AGAIN, by=BY_RUNS, on=on, run_pk=run_pk)
            left -= cents
            told.append((debt, min(cents, asked)))
    assert not left, "counted under the same turn"
    tell_no_longer_owed([(debt, cents) for debt, cents in told if cents], is_due_again=True, by=BY_RUNS, on=on)
