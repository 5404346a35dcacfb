"""ARS of each child once the family's is known: its share, and the CRDS taken from it, cut to the cent.

CSS R. 543-6-1, ordinance 96-50 art. 14. The family's total is what is paid: the shares, each rounded, are for reading.
"""

from portal.benefits.rules.figures import MILLION
from portal.legislation.engine import Expr, at_least, choose, round_half_up, step, truncate


@step("CSS R. 543-6-1", label="Part de l’enfant, avant CRDS")
def share_cents(
    opens_right: Expr,
    knows_resources: Expr,
    is_within_ceiling: Expr,
    full_cents: Expr,
    due_cents: Expr,
    opening_children: Expr,
) -> Expr:
    """Its own amount; when the ARS is reduced, the same part of the total for each child that opens the right."""
    part = round_half_up(due_cents, at_least(1, opening_children))
    return choose(opens_right & knows_resources, choose(is_within_ceiling, full_cents, part), 0)


@step("Ordonnance 96-50, art. 14", label="CRDS de l’enfant, coupée au centime")
def child_crds_cents(levies_crds: Expr, gross_cents: Expr, share_cents: Expr, crds_rate: Expr) -> Expr:
    """None at Mayotte; none on what is not paid."""
    return choose(levies_crds & (gross_cents > 0), truncate(share_cents * crds_rate, MILLION), 0)


@step("Ordonnance 96-50, art. 14", label="CRDS de la majoration exceptionnelle, coupée au centime")
def child_exceptional_crds_cents(
    levies_crds: Expr, gross_cents: Expr, exceptional_full_cents: Expr, crds_rate: Expr
) -> Expr:
    return choose(levies_crds & (gross_cents > 0), truncate(exceptional_full_cents * crds_rate, MILLION), 0)
