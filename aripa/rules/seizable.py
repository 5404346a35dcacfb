"""What ordinary creditors may seize of a pay: C. trav. R. 3252-2 to R. 3252-5. Bands of a year, in sixtieths of a cent."""

from aripa.rules.figures import SIXTIETHS
from portal.legislation.engine import Expr, at_least, at_most, round_half_up, step

SCALE = "C. trav. R. 3252-2"
MONTHS = 12


@step("C. trav. R. 3252-2 ; L. 3252-3", label="Rémunération de l’année")
def annual_pay_cents(monthly_pay_cents: Expr) -> Expr:
    return monthly_pay_cents * MONTHS


@step("C. trav. R. 3252-3", label="Hausse de chaque limite pour les personnes à charge")
def raised_limits_cents(dependants: Expr, dependant_increase: Expr) -> Expr:
    return dependants * dependant_increase


def _in_band(annual_pay: Expr, low: Expr | int, high: Expr) -> Expr:
    return at_least(0, at_most(high, annual_pay) - low)


@step(SCALE, label="Part prise sur la tranche 1, pour l’année", unit="sixtieths")
def seized_of_band_1(annual_pay_cents: Expr, raised_limits_cents: Expr, limit_1: Expr, sixtieths_1: Expr) -> Expr:
    return _in_band(annual_pay_cents, 0, limit_1 + raised_limits_cents) * sixtieths_1


@step(SCALE, label="Part prise sur la tranche 2, pour l’année", unit="sixtieths")
def seized_of_band_2(
    annual_pay_cents: Expr, raised_limits_cents: Expr, limit_1: Expr, limit_2: Expr, sixtieths_2: Expr
) -> Expr:
    return _in_band(annual_pay_cents, limit_1 + raised_limits_cents, limit_2 + raised_limits_cents) * sixtieths_2


@step(SCALE, label="Part prise sur la tranche 3, pour l’année", unit="sixtieths")
def seized_of_band_3(
    annual_pay_cents: Expr, raised_limits_cents: Expr, limit_2: Expr, limit_3: Expr, sixtieths_3: Expr
) -> Expr:
    return _in_band(annual_pay_cents, limit_2 + raised_limits_cents, limit_3 + raised_limits_cents) * sixtieths_3


@step(SCALE, label="Part prise sur la tranche 4, pour l’année", unit="sixtieths")
def seized_of_band_4(
    annual_pay_cents: Expr, raised_limits_cents: Expr, limit_3: Expr, limit_4: Expr, sixtieths_4: Expr
) -> Expr:
    return _in_band(annual_pay_cents, limit_3 + raised_limits_cents, limit_4 + raised_limits_cents) * sixtieths_4


@step(SCALE, label="Part prise sur la tranche 5, pour l’année", unit="sixtieths")
def seized_of_band_5(
    annual_pay_cents: Expr, raised_limits_cents: Expr, limit_4: Expr, limit_5: Expr, sixtieths_5: Expr
) -> Expr:
    return _in_band(annual_pay_cents, limit_4 + raised_limits_cents, limit_5 + raised_limits_cents) * sixtieths_5


@step(SCALE, label="Part prise sur la tranche 6, pour l’année", unit="sixtieths")
def seized_of_band_6(
    annual_pay_cents: Expr, raised_limits_cents: Expr, limit_5: Expr, limit_6: Expr, sixtieths_6: Expr
) -> Expr:
    return _in_band(annual_pay_cents, limit_5 + raised_limits_cents, limit_6 + raised_limits_cents) * sixtieths_6


@step(SCALE, label="Part prise sur la tranche 7, pour l’année", unit="sixtieths")
def seized_of_band_7(annual_pay_cents: Expr, raised_limits_cents: Expr, limit_6: Expr, sixtieths_7: Expr) -> Expr:
    return at_least(0, annual_pay_cents - limit_6 - raised_limits_cents) * sixtieths_7


@step(SCALE, label="Part saisissable par mois, selon l’échelle")
def scale_monthly_cents(
    seized_of_band_1: Expr, seized_of_band_2: Expr, seized_of_band_3: Expr, seized_of_band_4: Expr,
    seized_of_band_5: Expr, seized_of_band_6: Expr, seized_of_band_7: Expr,
) -> Expr:  # fmt: skip
    """A twelfth of the year, rounded once, half up."""
    year = (
        seized_of_band_1 + seized_of_band_2 + seized_of_band_3 + seized_of_band_4 + seized_of_band_5
        + seized_of_band_6 + seized_of_band_7
    )  # fmt: skip
    return round_half_up(year, SIXTIETHS * MONTHS)


@step("C. trav. L. 3252-3 ; R. 3252-5", label="Part toujours laissée : RSA d’une personne seule")
def absolute_floor_cents(rsa: Expr) -> Expr:
    return rsa


@step("C. trav. R. 3252-2 ; L. 3252-3", label="Part saisissable")
def seizable_cents(scale_monthly_cents: Expr, monthly_pay_cents: Expr, absolute_floor_cents: Expr) -> Expr:
    """The scale, but never into the floor."""
    return at_most(at_least(0, monthly_pay_cents - absolute_floor_cents), scale_monthly_cents)


@step("C. trav. R. 3252-2", label="Part laissée au salarié")
def left_cents(monthly_pay_cents: Expr, seizable_cents: Expr) -> Expr:
    return monthly_pay_cents - seizable_cents
