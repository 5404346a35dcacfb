"""The sum below which a body may wait or give up: CSS L. 133-3, D. 133-2; for the ARS that is paid, D. 543-2."""

from portal.benefits.rules.figures import MILLION
from portal.legislation.engine import Expr, choose, round_up, step


@step("CSS D. 133-2", label="Part du plafond mensuel, à l’euro supérieur")
def general_threshold_cents(social_security_ceiling: Expr, ceiling_share: Expr) -> Expr:
    """Ceiling in euros × share in millionths, to the higher euro: 22.96 gives 23.00; an exact euro would stay."""
    return round_up(social_security_ceiling * ceiling_share, MILLION) * 100


@step("CSS L. 133-3 ; D. 133-2 ; D. 543-2", label="Seuil appliqué")
def threshold_cents(
    law_applies: Expr, is_protected: Expr, has_ars_minimum: Expr, minimum_paid: Expr, general_threshold_cents: Expr
) -> Expr:
    """Nought where nothing may be held back: at Mayotte before the law came, or for what is never touched."""
    usual = choose(has_ars_minimum, minimum_paid, general_threshold_cents)
    return choose(is_protected, 0, choose(law_applies, usual, 0))
