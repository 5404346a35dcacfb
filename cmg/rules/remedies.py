"""What a late right repairs: contributions refunded, arrears of part (b), advances netted, overpayments (CSS L. 531-8,
L. 553-2). Plain functions over amounts in cents; the months were settled again by `cmg.rules.month` beforehand.

Netting is policy, no text: nothing before a covered month is settled again; only on arrears of part (b) of covered
months, then on a share of later payouts; never on the refund of contributions, never by debit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from portal.legislation.parameters import Parameters


@dataclass(frozen=True)
class SettledAgain:
    """One care month settled again: what was taken and paid before, what is due now. The aid has first paid the debit."""

    month: date
    debited_cents: int
    debit_due_cents: int
    paid_cents: int
    payout_due_cents: int

    @property
    def arrears_cents(self) -> int:
        """Part (b) still owed once it has paid its share of the contributions."""
        return max(0, self.payout_due_cents - self.paid_cents)


@dataclass(frozen=True)
class Advance:
    """Money paid before the right was fixed. At all times: granted = netted + outstanding + converted + waived."""

    granted_cents: int
    covered_months: frozenset[date]
    netted_cents: int = 0
    converted_cents: int = 0
    waived_cents: int = 0

    @property
    def outstanding_cents(self) -> int:
        return self.granted_cents - self.netted_cents - self.converted_cents - self.waived_cents

    def netted_by(self, cents: int) -> "Advance":
        return replace(self, netted_cents=self.netted_cents + cents)


@dataclass(frozen=True)
class Regularisation:
    """What a family receives for the past, and what is left of its advance."""

    refund_cents: int
    arrears_cents: int
    netted_cents: int
    advance: Advance

    @property
    def paid_cents(self) -> int:
        return self.refund_cents + self.arrears_cents - self.netted_cents


def refund_of_contributions(months: Sequence[SettledAgain]) -> int:
    """Σ (debit done − debit due), never negative: a debit still due is asked apart (CSS L. 531-8)."""
    return max(0, sum(month.debited_cents - month.debit_due_cents for month in months))


def regularise(months: Sequence[SettledAgain], advance: Advance) -> Regularisation:
    """The refund in full, and the arrears less what the advance already gave for its own months."""
    covered = sum(month.arrears_cents for month in months if month.month in advance.covered_months)
    netted = min(covered, advance.outstanding_cents)
    return Regularisation(
        refund_cents=refund_of_contributions(months),
        arrears_cents=sum(month.arrears_cents for month in months),
        netted_cents=netted,
        advance=advance.netted_by(netted),
    )


def net_on_payout(payout_cents: int, advance: Advance, share: Fraction) -> tuple[int, Advance]:
    """(left to the family, advance) of a later payout, of which `share` at most is kept, truncated to the cent."""
    kept = min(int(payout_cents * share), advance.outstanding_cents)
    return payout_cents - kept, advance.netted_by(kept)


def netting_share(on: date, parameters: Parameters, *, asked: Fraction = Fraction(0)) -> Fraction:
    """The largest share of a payout that may be kept: that of the policy, more if the family asks for more."""
    return max(Fraction(parameters.value("policy.advance_netting_share_max", on)), min(asked, Fraction(1)))


def convert_to_overpayment(advance: Advance) -> Advance:
    """No right in the end: what is outstanding becomes an overpayment of the agency's own making (CSS L. 553-2)."""
    return replace(advance, converted_cents=advance.converted_cents + advance.outstanding_cents)


def is_overpayment_recovered(overpayment_cents: int, on: date, parameters: Parameters) -> bool:
    """Nothing is recovered below 0.68 % of the monthly ceiling rounded up to the euro (CSS D. 133-2)."""
    return overpayment_cents >= parameters.value("overpayment.abandon_threshold", on) * 100
