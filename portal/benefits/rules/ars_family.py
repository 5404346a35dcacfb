"""ARS of a family once its children are known: ceiling, full or reduced amount, what is not paid.

CSS L. 543-1, L. 543-2, R. 543-5, R. 543-6-1, D. 543-2; at Mayotte, ordinance 2002-149, article 8. Ceilings in whole
euros; resources and amounts in cents: the law rounds no resources, and whoever is a cent above the ceiling is above it.
`opening_children` and the `family_…` columns are sums over the children.
"""

from portal.benefits.rules.figures import MILLION
from portal.legislation.engine import Expr, at_least, choose, negated, round_half_up, step


@step("CSS R. 543-5", label="Année des ressources", unit="text")
def resource_year(school_year: Expr, resource_years_before: Expr) -> Expr:
    return school_year - resource_years_before


@step("CSS R. 543-5", label="Majoration du plafond par enfant à charge", unit="euros")
def ceiling_increase(ceiling_base: Expr, ceiling_child_rate: Expr) -> Expr:
    """Rounded to the euro before it is multiplied: 24 697 € for a child in 2019, as published."""
    return round_half_up(ceiling_base * ceiling_child_rate, MILLION)


@step("CSS R. 543-5", label="Plafond de ressources de la famille", unit="euros")
def ceiling(ceiling_base: Expr, ceiling_increase: Expr, dependent_children: Expr) -> Expr:
    """Every dependent child counts, also those that open no right."""
    return ceiling_base + ceiling_increase * dependent_children


@step("CSS L. 543-1", label="Ressources dans le plafond", unit="flag")
def is_within_ceiling(annual_resources_cents: Expr, ceiling: Expr) -> Expr:
    return annual_resources_cents <= ceiling * 100


@step("CSS R. 543-6-1", label="Dépassement du plafond")
def excess_cents(annual_resources_cents: Expr, ceiling: Expr) -> Expr:
    return at_least(0, annual_resources_cents - ceiling * 100)


@step("CSS L. 543-2 ; R. 543-6-1", label="ARS réduite du dépassement")
def reduced_cents(has_differential: Expr, family_differential_base_cents: Expr, excess_cents: Expr) -> Expr:
    return choose(has_differential, at_least(0, family_differential_base_cents - excess_cents), 0)


@step("CSS L. 543-1 ; L. 543-2", label="ARS de la famille, avant CRDS et avant le minimum")
def due_cents(is_within_ceiling: Expr, family_full_cents: Expr, reduced_cents: Expr, knows_resources: Expr) -> Expr:
    """Resources that nobody knows are not resources of nought: nothing is due yet."""
    return choose(knows_resources, choose(is_within_ceiling, family_full_cents, reduced_cents), 0)


@step("CSS D. 543-2", label="Sous le minimum de la famille", unit="flag")
def is_below_minimum(due_cents: Expr, minimum_paid: Expr) -> Expr:
    return (due_cents > 0) & (due_cents < minimum_paid)


@step("Loi 2019-1446, art. 75", label="ARS réduite de 2020 à Mayotte, après son dernier jour de paiement", unit="flag")
def is_after_limit(is_past_last_day: Expr, is_within_ceiling: Expr, due_cents: Expr) -> Expr:
    return is_past_last_day & negated(is_within_ceiling) & (due_cents > 0)


@step("CSS L. 543-1 à L. 543-2 ; D. 543-2", label="ARS de la famille, avant CRDS")
def gross_cents(is_below_minimum: Expr, is_after_limit: Expr, due_cents: Expr) -> Expr:
    return choose(is_below_minimum | is_after_limit, 0, due_cents)


@step("CSS L. 543-2", label="ARS différentielle payée", unit="flag")
def is_differential(is_within_ceiling: Expr, gross_cents: Expr) -> Expr:
    return negated(is_within_ceiling) & (gross_cents > 0)


@step("Décret de 2020 sur la majoration exceptionnelle", label="Majoration exceptionnelle de 2020, avant CRDS")
def exceptional_cents(gross_cents: Expr, family_exceptional_full_cents: Expr) -> Expr:
    """Whole for each child that opens the right, also when the ARS itself is reduced; none without ARS."""
    return choose(gross_cents > 0, family_exceptional_full_cents, 0)


@step("CSS L. 543-1 à L. 543-2 ; D. 543-2", label="Motif pour la famille", unit="text")
def refusal(
    opening_children: Expr,
    knows_resources: Expr,
    has_differential: Expr,
    due_cents: Expr,
    is_below_minimum: Expr,
    is_after_limit: Expr,
) -> Expr:
    unpaid = choose(
        is_below_minimum,
        "benefits.below_minimum",
        choose(is_after_limit, "benefits.differential_after_limit", None),
    )
    above = choose(has_differential, "benefits.above_ceiling", "benefits.above_ceiling_mayotte")
    known = choose(knows_resources, choose(due_cents == 0, above, unpaid), "benefits.resources_unknown")
    return choose(opening_children == 0, "benefits.no_child", known)
