"""Support kept on benefits: CSS L. 553-4, D. 553-1 to D. 553-3, the scale of sums paid in excess. Amounts in cents."""

from datetime import date

from aripa.rules.figures import MILLION, aripa_parameters, millionths_on
from portal.legislation.withholding import Household, monthly_withholding

# What may be kept for a child support, by exception to the rule that benefits are not seized; nothing else may.
SEIZABLE_BENEFITS = frozenset(
    {
        "BASE_ALLOWANCE", "PREPARE", "FAMILY_ALLOWANCES", "FAMILY_SUPPLEMENT", "ARS", "ASF",  # L. 553-4, I, 1°
        "AAH",  # L. 821-5
        "IN_WORK_BENEFIT",  # L. 845-5
        "HOUSING",  # CCH L. 821-9
    }
)  # fmt: skip


def withheld_cents(household: Household, on: date, *, agreed_cents: int | None = None) -> int:
    """What a month may keep: the scale, or the amount that the debtor agrees to; never more than what is paid.

    Raises NoParameterInForce.
    """
    if agreed_cents is not None:
        return min(agreed_cents, household.benefits_cents)
    return monthly_withholding(household, on, aripa_parameters())


def is_calculation_renewed(before_cents: int, now_cents: int, on: date) -> bool:
    """Whether a new calculation replaces the one that runs: a change of 20 % at least (D. 553-2).

    Raises NoParameterInForce.
    """
    gap = millionths_on("benefit_withholding_recalc_gap", on)
    return abs(now_cents - before_cents) * MILLION >= before_cents * gap and now_cents != before_cents
