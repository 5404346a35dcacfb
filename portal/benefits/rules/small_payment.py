"""A small sum due to a family: paid, kept for later, or given up. CSS L. 133-3, D. 133-2, D. 543-2."""

from portal.legislation.engine import Expr, choose, step


@step("CSS L. 133-3", label="Reporté jusque-là et compté avec la somme")
def counted_deferred_cents(deferred_cents: Expr, is_ars: Expr, is_protected: Expr) -> Expr:
    """The ARS, paid once a year, is never carried over; a sum that is never touched leaves alone."""
    return choose(is_ars | is_protected, 0, deferred_cents)


@step("CSS L. 133-3", label="Somme comparée au seuil")
def compared_cents(amount_cents: Expr, counted_deferred_cents: Expr) -> Expr:
    return amount_cents + counted_deferred_cents


@step("CSS L. 133-3 ; D. 133-2", label="Sous le seuil", unit="flag")
def is_below_threshold(compared_cents: Expr, threshold_cents: Expr) -> Expr:
    """Strictly: a sum equal to the threshold is paid."""
    return compared_cents < threshold_cents


@step("CSS L. 133-3 ; D. 543-2", label="Décision", unit="text")
def decision(is_below_threshold: Expr, is_ars: Expr, pays_small: Expr, waives_small: Expr) -> Expr:
    """The minimum of the ARS is no choice of the body's; for the rest, L. 133-3 leaves it to choose."""
    chosen = choose(pays_small, "PAY", choose(waives_small, "WAIVE", "DEFER"))
    return choose(is_below_threshold, choose(is_ars, "NOT_PAID", chosen), "PAY")


@step("CSS L. 133-3", label="Payé")
def paid_cents(decision: Expr, compared_cents: Expr) -> Expr:
    return choose(decision == "PAY", compared_cents, 0)


@step("CSS L. 133-3", label="Reporté ensuite")
def deferred_after_cents(
    decision: Expr, amount_cents: Expr, deferred_cents: Expr, counted_deferred_cents: Expr
) -> Expr:
    """What waited already still waits when the new sum is given up; what was counted and paid waits no more."""
    kept = choose(decision == "PAY", deferred_cents - counted_deferred_cents, deferred_cents)
    return choose(decision == "DEFER", deferred_cents + amount_cents, kept)
