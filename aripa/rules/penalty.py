"""The penalty of a debtor who gives no information: CSS L. 582-1 II and D. 582-2. Amounts in cents."""

from datetime import date

from aripa.rules.figures import MILLION, cents_on, millionths_on
from portal.legislation.engine import round_up, truncate


def penalty_cents(decided_on: date) -> int:
    """25 % of the BMAF of the day of the decision, to the euro above, within the law's ceiling.

    Raises NoParameterInForce.
    """
    share = cents_on("bmaf", decided_on) * millionths_on("information_penalty_rate", decided_on)
    return min(round_up(share, MILLION * 100) * 100, penalty_cap_cents(decided_on))


def penalty_cap_cents(decided_on: date) -> int:
    """The whole BMAF. Raises NoParameterInForce."""
    cap = cents_on("bmaf", decided_on) * millionths_on("information_penalty_legal_cap_rate", decided_on)
    return truncate(cap, MILLION)
