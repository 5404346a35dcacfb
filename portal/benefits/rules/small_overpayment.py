"""A small sum paid in excess: recovered, or given up and counted. CSS L. 133-3, D. 133-2."""

from portal.legislation.engine import Expr, choose, step


@step("CSS L. 133-3", label="Versé en trop pour la même cause")
def compared_cents(amount_cents: Expr, earlier_cents: Expr) -> Expr:
    """What was given up before for the same cause is added before the test."""
    return amount_cents + earlier_cents


@step("CSS L. 133-3 ; D. 133-2", label="Sous le seuil", unit="flag")
def is_below_threshold(compared_cents: Expr, threshold_cents: Expr) -> Expr:
    """Strictly: a sum equal to the threshold is recovered."""
    return compared_cents < threshold_cents


@step("CSS L. 133-3", label="Décision", unit="text")
def decision(is_below_threshold: Expr) -> Expr:
    return choose(is_below_threshold, "WRITE_OFF", "RECOVER")
