"""The least amount that a fund may make enforceable: CSS R. 582-1 and the order of 25 June 2018. Euros above, per child."""

from aripa.rules.figures import MILLION
from portal.legislation.engine import Expr, at_least, at_most, choose, round_up, step, truncate

ORDER = "CSS R. 582-1, III ; arrêté du 25 juin 2018"


@step("CSS R. 582-1, III", label="Ressources les plus basses à retenir")
def resource_floor_cents(rsa: Expr, resource_factor: Expr) -> Expr:
    """1.035 × RSA, to the euro below."""
    return truncate(rsa * resource_factor, MILLION * 100) * 100


@step("CSS R. 582-1, III", label="Ressources retenues")
def counted_resources_cents(debtor_income_cents: Expr, resource_floor_cents: Expr, resource_ceiling: Expr) -> Expr:
    return at_most(resource_ceiling, at_least(resource_floor_cents, debtor_income_cents))


@step("CSS R. 582-1, IV ; arrêté du 25 juin 2018", label="Taux par enfant", unit="millionths")
def title_rate(table_rate: Expr, rate_ceiling: Expr) -> Expr:
    """The cell of the table, never above the ceiling of the law."""
    return at_most(rate_ceiling, table_rate)


@step(ORDER, label="Part des ressources par enfant, avant arrondi", unit="millionths_of_a_cent")
def share_of_resources(counted_resources_cents: Expr, title_rate: Expr) -> Expr:
    """Not rounded yet: the law rounds once, at the end."""
    return counted_resources_cents * title_rate


@step("CSS R. 582-1, III", label="Moins que le RSA resterait au parent débiteur", unit="flag")
def is_left_below_rsa(counted_resources_cents: Expr, share_of_resources: Expr, children: Expr, rsa: Expr) -> Expr:
    return counted_resources_cents * MILLION - share_of_resources * children < rsa * MILLION


@step("CSS R. 582-1, III", label="Seuil par enfant, à l’euro supérieur")
def title_threshold_cents(
    is_left_below_rsa: Expr, counted_resources_cents: Expr, share_of_resources: Expr, children: Expr, rsa: Expr
) -> Expr:
    """The share; or what exceeds the RSA, in equal parts, when the debtor would keep less than it."""
    above_rsa = round_up(at_least(0, counted_resources_cents - rsa), children * 100)
    return choose(is_left_below_rsa, above_rsa, round_up(share_of_resources, MILLION * 100)) * 100


@step("CSS R. 582-1, III", label="Seuil pour tous les enfants")
def title_total_cents(title_threshold_cents: Expr, children: Expr) -> Expr:
    return title_threshold_cents * children
