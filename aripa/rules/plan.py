"""Equal instalments, and the smallest one a plan may have: CSS R. 582-8 II, CPCE R. 213-11. Amounts in cents."""

from datetime import date

from aripa.rules.figures import MILLION, millionths_on, number_on
from portal.legislation.engine import round_half_up, round_up


def equal_instalments(total_cents: int, months: int) -> list[int]:
    """The nearest cent of total ÷ months, as long as something is left; the last one takes the difference."""
    if months == 0:
        return []
    part = round_half_up(total_cents, months)
    # More months than a few cents can fill: the parts stop at what is left, none is negative.
    left, found = total_cents, []
    for _number in range(months - 1):
        found.append(min(part, left))
        left -= found[-1]
    return [*found, left]


def smallest_instalment_cents(monthly_support_cents: int, on: date) -> int:
    """20 % of the month's support, to the euro above (CSS R. 582-8 II). Raises NoParameterInForce."""
    share = monthly_support_cents * millionths_on("arrears_plan_min_share_of_pension", on)
    return round_up(share, MILLION * 100) * 100


def spread_max_months(unpaid_terms: int, on: date) -> int:
    """12 months for 12 terms or fewer, 24 beyond (CPCE R. 213-11). Raises NoParameterInForce."""
    short = number_on("direct_payment_spread_short_months_caf", on)
    return short if unpaid_terms <= short else number_on("direct_payment_spread_max_months_caf", on)


def instalments_of(total_cents: int, monthly_cents: int) -> list[int]:
    """What a debtor offers a month, until the total is reached; the last instalment is what is left."""
    whole, rest = divmod(total_cents, monthly_cents)
    return [monthly_cents] * whole + ([rest] if rest else [])


def is_plan_admissible(
    *, total_cents: int, monthly_cents: int, monthly_support_cents: int, unpaid_terms: int, on: date
) -> bool:
    """Instalments large enough, and the whole cleared within the limits of CPCE R. 213-11. Raises NoParameterInForce.

    A total smaller than one instalment is paid at once, whatever the minimum.
    """
    if monthly_cents <= 0:
        return False
    enough = monthly_cents >= min(total_cents, smallest_instalment_cents(monthly_support_cents, on))
    return enough and len(instalments_of(total_cents, monthly_cents)) <= spread_max_months(unpaid_terms, on)
