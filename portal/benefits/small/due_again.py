"""A month is corrected upwards again: what was noted in excess of it and is due after all pays its debts (decision 0063)."""

from collections.abc import Mapping
from datetime import date

from portal.benefits.models import BenefitOverpayment
from portal.benefits.persons.selectors import SUBJECT
from portal.benefits.small.letters import tell_no_longer_owed
from portal.benefits.small.overpaying import BY_RUNS, PaidBy, pay_back
from portal.ledger.models import Account

# Of a debt `d` of the family `wanted`, the entries `e` by which it was due again.
OF_DEBT = f"e.subject = '{SUBJECT}' || wanted.family AND e.key LIKE 'benefits:small:%%:debt-' || d.id"


def pay_debts(parts: Mapping[int, int], *, run_pk: int, on: date) -> None:
    """Debts by their key, and the cents of each that are due again: they are paid in the transaction of the issue, under the turn
    in which they were counted. The family is told of those that it had been asked for."""
    debts = BenefitOverpayment.objects.select_for_update(of=("self",)).filter(pk__in=parts).order_by("pk")
    told = []
    for debt in debts:
        cents, asked = parts[debt.pk], debt.left_cents
        key = f"benefits:small:{run_pk}:{debt.fund}/{debt.beneficiary_no}:debt-{debt.pk}"
        legs = {Account.BENEFIT_PAYOUTS: cents}
        pay_back(debt=debt, key=key, legs=legs, why=PaidBy.DUE_AGAIN, by=BY_RUNS, on=on, run_pk=run_pk)
        if asked:
            told.append((debt, min(cents, asked)))
    tell_no_longer_owed(told, is_due_again=True, by=BY_RUNS, on=on)
