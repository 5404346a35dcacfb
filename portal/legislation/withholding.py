"""What may be kept each month on benefits for a sum paid in excess: CSS L. 553-2 and D. 553-1.

Pure functions over cents. The bands of D. 553-1 apply to the household's monthly income per share.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portal.legislation.parameters import Parameters


@dataclass(frozen=True)
class Household:
    """What D. 553-1 looks at, by month, in cents. `housing_cents` None: unknown; `income_cents` None: unknown."""

    income_cents: int | None
    benefits_cents: int
    housing_cents: int | None
    is_couple: bool
    dependent_children: int

    @property
    def shares(self) -> Fraction:
        """1.5 for one person, 2 for a couple, and half a share for each dependent child."""
        return (2 if self.is_couple else Fraction(3, 2)) + Fraction(self.dependent_children, 2)


def income_per_share(household: Household, on: date, parameters: Parameters) -> Fraction:
    """Q = (income + benefits − housing) ÷ shares, in cents; the figure of the decree when the income is unknown.

    Raises NoParameterInForce.
    """
    if household.income_cents is None:
        return Fraction(parameters.value("withholding.default_income", on)) * 100
    whole = household.income_cents + household.benefits_cents
    housing: Fraction | int = household.housing_cents or 0
    if household.housing_cents is None:
        housing = whole * Fraction(parameters.value("withholding.default_housing_share", on))
    return max(Fraction(0), Fraction(whole - housing) / household.shares)


def monthly_withholding(household: Household, on: date, parameters: Parameters) -> int:
    """The flat amount below the first band, then a share of each band, truncated to the cent (CSS D. 553-1).

    Never more than the benefits actually paid. Raises NoParameterInForce.
    """
    per_share = income_per_share(household, on, parameters)
    bounds = [Fraction(parameters.value(f"withholding.band_{number}", on)) * 100 for number in (1, 2, 3, 4)]
    rates = [Fraction(parameters.value(f"withholding.rate_{number}", on)) for number in (1, 2, 3, 4)]
    amount = Fraction(parameters.value("withholding.flat", on)) * 100
    for low, high, rate in zip(bounds, [*bounds[1:], None], rates, strict=True):
        top = per_share if high is None else min(per_share, high)
        amount += max(Fraction(0), top - low) * rate
    return min(int(amount), household.benefits_cents)
