"""What is left to a family by mode of care: the cost, less the aids, less a twelfth of the year's tax credit."""

from portal.legislation.engine import Expr, at_least, round_half_up, step

MONTHS = 12
PORTAL = "Calcul du portail"


@step(PORTAL, label="Coût du mois, avant toute aide")
def cost_cents(pay_cents: Expr, contributions_cents: Expr, deduction_cents: Expr) -> Expr:
    """What is paid to the employee, or the bill, and the contributions that an employer would owe."""
    return pay_cents + at_least(0, contributions_cents - deduction_cents)


@step(PORTAL, label="Aides du mois")
def aids_cents(cost_cents: Expr, left_cents: Expr) -> Expr:
    return cost_cents - left_cents


@step(PORTAL, label="Crédit d’impôt, part d’un mois sur douze")
def tax_credit_cents(yearly_credit_cents: Expr) -> Expr:
    return round_half_up(yearly_credit_cents, MONTHS)


@step(PORTAL, label="Reste du mois")
def net_cost_cents(left_cents: Expr, tax_credit_cents: Expr) -> Expr:
    return left_cents - tax_credit_cents


@step(PORTAL, label="Reste de l’année")
def yearly_net_cost_cents(left_cents: Expr, months: Expr, yearly_credit_cents: Expr) -> Expr:
    return left_cents * months - yearly_credit_cents
