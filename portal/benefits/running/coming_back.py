"""A transfer is refused or comes back after a correction noted its money as paid in excess: it pays the debt that it caused.

The family received nothing, so it owes nothing, and nothing of it is sent again. Called by the bank's message, in its own
transaction: a refusal is never known without what follows from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from portal.banking.models import PaymentOrder
from portal.banking.open_items import close_presented_again
from portal.banking.services import BENEFITS, service_of_order
from portal.benefits.holding import hold_standings
from portal.benefits.models import Benefit, BenefitOverpayment, EndedTransfer
from portal.benefits.running.kinds import KIND_OF, Kind
from portal.benefits.running.standing import AWARD_OF_ORDER, OF_ITS_MONTH, standing_of
from portal.benefits.small.letters import tell_no_longer_owed
from portal.benefits.small.overpaying import PaidBy, pay_back
from portal.bulk import read_frame
from portal.ledger.models import Account

ACTOR = "banque"
NOTHING_OWED = "Plus rien n’est dû : une correction l’a repris"
CAUSED = {
    "order_id": pl.Int64, "reference": pl.String, "amount_cents": pl.Int64, "family": pl.String, "benefit": pl.String,
    "debt": pl.Int64, "month": pl.Date, "carried_cents": pl.Int64,
}  # fmt: skip
# The debts noted since the run that ordered each of these transfers, for a month whose money it carried: its own, or that of
# a small sum that left with it; and how much of that month it carried.
DEBTS = f"""
SELECT o.id, o.end_to_end_id, o.amount_cents, a.fund || '/' || a.beneficiary_no, a.benefit, d.id, d.month,
       coalesce(s.cents, 0) + CASE WHEN d.month = a.month THEN {OF_ITS_MONTH} ELSE 0 END
FROM unnest(%s::bigint[]) AS failed (id) JOIN banking_paymentorder o ON o.id = failed.id
JOIN benefits_award a ON a.id = {AWARD_OF_ORDER}
JOIN batches_run r ON r.id = a.run_id
JOIN benefits_benefitoverpayment d ON d.beneficiary_no = a.beneficiary_no AND d.fund = a.fund AND d.benefit = a.benefit
     AND d.recovered_cents < d.amount_cents AND d.noted_on >= r.issued_at::date
LEFT JOIN LATERAL (
    SELECT sum(x.amount_cents) AS cents FROM benefits_deferredsum x
    WHERE x.beneficiary_no = a.beneficiary_no AND x.fund = a.fund AND x.benefit = a.benefit AND x.month = d.month
      AND x.state = 'PAID' AND x.released_by_id = a.run_id) s ON true
WHERE d.month = a.month OR s.cents > 0
ORDER BY o.id, d.id
"""


def _ours(orders: Sequence[PaymentOrder]) -> list[int]:
    return [one.pk for one in orders if service_of_order(one.purpose) is BENEFITS]


def wait_for_turn(orders: Sequence[PaymentOrder]) -> None:
    """Whoever issues a correction at this moment ends first: its debts are then read."""
    if _ours(orders):
        hold_standings()


def pay_debts(orders: Sequence[PaymentOrder], on: date) -> None:
    """What the transfers that a message refused or sent back pay of the debts that they caused; what then is no longer owed
    ends. A second call finds nothing more: an order comes to nothing once. After `wait_for_turn`."""
    ours = _ours(orders)
    if not ours:
        return
    caused = read_frame(DEBTS, CAUSED, (ours,))
    for benefit in Benefit:
        rows = caused.filter(pl.col("benefit") == benefit.value)
        if rows.height:
            _pay(rows, KIND_OF[benefit], on)


@dataclass
class Money:
    """What stands for a family: come back from the bank, and never sent. What came back is used first."""

    returned_cents: int
    unsent_cents: int

    def take(self, cents: int) -> dict[Account, int]:
        """Up to so many cents, by the account on which they stood."""
        back = min(cents, self.returned_cents)
        rest = min(cents - back, self.unsent_cents)
        self.returned_cents -= back
        self.unsent_cents -= rest
        return {Account.BENEFIT_RETURNED: back, Account.BENEFIT_PAYOUTS: rest}


def _pay(caused: pl.DataFrame, kind: Kind, on: date) -> None:
    standing = standing_of(kind, caused["family"].unique().to_list())
    money = {row["family"]: Money(row["returned_cents"], row["unsent_cents"]) for row in standing.to_dicts()}
    debts = _locked(caused["debt"].unique().to_list())
    left = dict(caused.select("order_id", "amount_cents").iter_rows())
    carried = {(row[0], row[1]): row[2] for row in caused.select("order_id", "month", "carried_cents").iter_rows()}
    paid: dict[int, int] = {}
    for row in caused.to_dicts():
        order, part, debt = row["order_id"], (row["order_id"], row["month"]), debts[row["debt"]]
        most, owed = min(left[order], carried[part], debt.never_received_cents), debt.left_cents
        legs = money[row["family"]].take(most) if row["family"] in money else {}
        if cents := sum(legs.values()):
            key = f"bank:{row['reference']}:debt-{debt.pk}"
            pay_back(debt=debt, key=key, legs=legs, why=PaidBy.CAME_BACK, by=ACTOR, on=on)
            left[order], carried[part] = left[order] - cents, carried[part] - cents
            # Of what was remitted the family was told already.
            paid[debt.pk] = paid.get(debt.pk, 0) + min(cents, owed)
    told = [(debts[pk], cents) for pk, cents in sorted(paid.items()) if cents]
    tell_no_longer_owed(told, is_due_again=False, by=ACTOR, on=on)
    end_transfers([row["reference"] for row in caused.to_dicts() if not left[row["order_id"]]], on=on)


def _locked(pks: list[int]) -> dict[int, BenefitOverpayment]:
    found = BenefitOverpayment.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    return {one.pk: one for one in found}


def end_transfers(references: Sequence[str], *, on: date) -> None:
    """Nothing is owed any more of these transfers that came to nothing: nobody looks at them again."""
    orders = PaymentOrder.objects.filter(end_to_end_id__in=references).order_by("pk")
    EndedTransfer.objects.bulk_create(
        (EndedTransfer(order=one, ended_on=on) for one in orders), batch_size=2000, ignore_conflicts=True
    )
    close_presented_again(references, on=on, note=NOTHING_OWED)
