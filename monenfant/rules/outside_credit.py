"""Tax credit for care outside the home (CGI art. 200 quater B): half of the year's outlay for a child under six.

`left_cents` is what the month costs once the CMG is taken off. Amounts in integer cents, rates in millionths.
"""

from portal.legislation.engine import Expr, at_least, at_most, choose, negated, round_half_up, step

ARTICLE = "CGI art. 200 quater B"
MILLION = 1_000_000


@step(ARTICLE, label="L’enfant a moins de six ans au 1er janvier", unit="flag")
def is_young_enough(january_age: Expr, age_limit: Expr) -> Expr:
    return january_age < age_limit


@step(ARTICLE, label="Entretien non retenu, au-delà de la limite par jour")
def excess_upkeep_cents(upkeep_cents: Expr, care_days: Expr, daily_upkeep_cap_cents: Expr) -> Expr:
    """All of it when nobody said how many days: no credit is announced that may not be due."""
    return at_least(0, upkeep_cents - care_days * daily_upkeep_cap_cents)


@step(ARTICLE, label="Dépense du mois retenue, sans les repas")
def credited_month_cents(left_cents: Expr, meals_cents: Expr, excess_upkeep_cents: Expr) -> Expr:
    """The whole CMG is taken off what may be credited, even the part that paid for meals."""
    return at_least(0, left_cents - meals_cents - excess_upkeep_cents)


@step(ARTICLE, label="Dépense de l’année")
def credited_year_cents(credited_month_cents: Expr, months: Expr) -> Expr:
    return credited_month_cents * months


@step(ARTICLE, label="Plafond de dépense pour l’enfant")
def outlay_cap_cents(child_cap_cents: Expr, shared_share: Expr, is_shared: Expr) -> Expr:
    """Half of it when the child lives in turn with each parent."""
    return choose(is_shared, round_half_up(child_cap_cents * shared_share, MILLION), child_cap_cents)


@step(ARTICLE, label="Crédit d’impôt de l’année")
def yearly_credit_cents(
    credited_year_cents: Expr, outlay_cap_cents: Expr, credit_rate: Expr, is_young_enough: Expr
) -> Expr:
    credit = round_half_up(at_most(outlay_cap_cents, credited_year_cents) * credit_rate, MILLION)
    return choose(negated(is_young_enough), 0, credit)
