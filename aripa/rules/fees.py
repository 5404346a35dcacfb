"""Fees that recovery adds to what a debtor owes: CSS L. 581-5, R. 581-6 to R. 581-8, R. 582-8 III. Amounts in cents."""

from datetime import date

from aripa.rules.figures import MILLION, millionths_on
from portal.legislation.engine import round_half_up

OFFICER = "OFFICER"
# Means of payment that bear fees, and only while the case is under forced recovery.
FORCED_MEANS = frozenset({"GARNISHEE", OFFICER, "BENEFIT_FORCED"})


def fee_cents(base_cents: int, means: str, on: date, *, is_forced: bool) -> int:
    """7.5 % of the sums recovered, and 2.5 % when no officer is paid, each half up; charged on top to the debtor.

    None on what is paid of one's own will, by consent or through the public accountant. Raises NoParameterInForce.
    """
    if not is_forced or means not in FORCED_MEANS:
        return 0
    fee = round_half_up(base_cents * millionths_on("recovery_fee_base_rate", on), MILLION)
    if means != OFFICER:
        fee += round_half_up(base_cents * millionths_on("recovery_fee_no_officer_rate", on), MILLION)
    return fee


def treasury_surcharge_cents(base_cents: int, on: date) -> int:
    """10 % for the Treasury when the public accountant recovers (law 75-618, art. 7). Raises NoParameterInForce."""
    return round_half_up(base_cents * millionths_on("public_recovery_surcharge_rate", on), MILLION)
