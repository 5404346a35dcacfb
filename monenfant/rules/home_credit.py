"""Tax credit for employment at home (CGI art. 199 sexdecies): half of the year's outlay, within a cap of the household.

`left_cents` is what the month costs once the CMG is taken off. Amounts in integer cents, rates in millionths.
"""

from portal.legislation.engine import Expr, at_least, at_most, choose, round_half_up, step

ARTICLE = "CGI art. 199 sexdecies"
MILLION = 1_000_000


@step(ARTICLE, label="Dépense du mois retenue : salaire et cotisations, sans repas ni entretien")
def credited_month_cents(left_cents: Expr, meals_cents: Expr, upkeep_cents: Expr) -> Expr:
    return at_least(0, left_cents - meals_cents - upkeep_cents)


@step(ARTICLE, label="Dépense de l’année")
def credited_year_cents(credited_month_cents: Expr, months: Expr) -> Expr:
    return credited_month_cents * months


@step(ARTICLE, label="Majoration du plafond par enfant")
def increase_per_child_cents(cap_per_child_cents: Expr, shared_share: Expr, is_shared: Expr) -> Expr:
    """Half of it when the children live in turn with each parent."""
    return choose(is_shared, round_half_up(cap_per_child_cents * shared_share, MILLION), cap_per_child_cents)


@step(ARTICLE, label="Plafond de dépense du foyer")
def outlay_cap_cents(
    base_cap_cents: Expr, increase_per_child_cents: Expr, dependent_children: Expr, most_cap_cents: Expr
) -> Expr:
    return at_most(most_cap_cents, base_cap_cents + increase_per_child_cents * dependent_children)


@step(ARTICLE, label="Crédit d’impôt de l’année")
def yearly_credit_cents(credited_year_cents: Expr, outlay_cap_cents: Expr, credit_rate: Expr) -> Expr:
    return round_half_up(at_most(outlay_cap_cents, credited_year_cents) * credit_rate, MILLION)
