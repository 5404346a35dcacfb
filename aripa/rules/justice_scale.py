"""The indicative table of the Ministry of Justice: a share of what the debtor has above the vital minimum, per child."""

from aripa.rules.figures import MILLION
from portal.legislation.engine import Expr, at_least, round_half_up, step

TABLE = "Table de référence du ministère de la justice"


@step(TABLE, label="Revenu au-dessus du minimum vital")
def counted_income_cents(debtor_income_cents: Expr, vital_minimum: Expr) -> Expr:
    """Nothing at or below the minimum."""
    return at_least(0, debtor_income_cents - vital_minimum)


@step(TABLE, label="Taux par enfant", unit="millionths")
def reference_rate(table_rate: Expr) -> Expr:
    """The cell of the table: number of children (six and more on the last row), residence."""
    return table_rate


@step(TABLE, label="Pension de référence par enfant")
def amount_per_child_cents(counted_income_cents: Expr, reference_rate: Expr) -> Expr:
    return round_half_up(counted_income_cents * reference_rate, MILLION)


@step(TABLE, label="Pension de référence pour tous les enfants")
def scale_total_cents(amount_per_child_cents: Expr, children: Expr) -> Expr:
    return amount_per_child_cents * children
