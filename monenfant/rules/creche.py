"""What a crèche financed by the PSU asks of a family: CNAF circular 2019-005 of 5 June 2019 (care since January 2018).

A share of the month's resources for each hour billed, between a floor and a ceiling. Money in integer cents, hours in
hundredths, rates in millionths; the month's resources in sixtieths of a cent, so that a twelfth of a year stays exact.
"""

from portal.legislation.engine import Expr, at_least, at_most, choose, round_half_up, step

CIRCULAR = "Circulaire Cnaf 2019-005"
MILLION = 1_000_000
SIXTIETHS = 60
# A twelfth of a euro is five hundred sixtieths of a cent.
SIXTIETHS_PER_YEARLY_EURO = 500
HUNDREDTHS = 100


@step(CIRCULAR, label="Plafond de ressources du mois")
def income_ceiling_cents(national_ceiling_cents: Expr, agreed_ceiling_cents: Expr) -> Expr:
    """A manager may agree with the fund on a ceiling above the national one, never below it."""
    return at_least(agreed_ceiling_cents, national_ceiling_cents)


@step(CIRCULAR, label="Ressources du mois retenues, entre le plancher et le plafond", unit="sixtieths")
def counted_income_sixtieths(
    annual_resources: Expr, income_floor_cents: Expr, income_ceiling_cents: Expr, is_at_floor: Expr, is_at_ceiling: Expr
) -> Expr:
    """The floor for a child placed, an emergency or a foster family; the ceiling when nobody knows the resources."""
    floor, ceiling = income_floor_cents * SIXTIETHS, income_ceiling_cents * SIXTIETHS
    between = at_most(ceiling, at_least(floor, annual_resources * SIXTIETHS_PER_YEARLY_EURO))
    return choose(is_at_floor, floor, choose(is_at_ceiling, ceiling, between))


@step(CIRCULAR, label="Taux d’effort par heure, d’un cran plus bas par enfant avec AEEH", unit="millionths")
def hourly_effort_rate(scale_rate: Expr) -> Expr:
    """The cell of the scale: kind of crèche, dependent children, children with AEEH."""
    return scale_rate


@step(CIRCULAR, label="Participation par heure")
def hourly_rate_cents(counted_income_sixtieths: Expr, hourly_effort_rate: Expr) -> Expr:
    """Rounded half up, once; the month is billed on this price."""
    return round_half_up(counted_income_sixtieths * hourly_effort_rate, SIXTIETHS * MILLION)


@step(CIRCULAR, label="Participation du mois")
def monthly_cents(hourly_rate_cents: Expr, hours_hundredths: Expr, invoices: Expr) -> Expr:
    """The hours billed in the month; those reserved for a year are spread over its invoices, rounded once."""
    return round_half_up(hourly_rate_cents * hours_hundredths, HUNDREDTHS * invoices)
