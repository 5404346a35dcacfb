"""What waited and leaves with an award, explained: what was compared, with which threshold, and what the fund chose."""

from typing import Any

from portal.benefits.models import Award
from portal.benefits.rules.articles import Cite
from portal.benefits.rules.small_payments import NEVER_ON, PAYMENT_STEPS, Row, small_payment_of, small_table
from portal.benefits.simulations.answers import figures_of, steps_told
from portal.benefits.small.selectors import policy_on
from portal.frame.templatetags.portal import money, of_month
from portal.legislation.parameters import NoParameterInForce
from portal.organisations.directory import territory_of

Told = list[dict[str, Any]]


def released_steps(award: Award, cite: Cite) -> tuple[Told, Told]:
    """(steps, figures) of the sum that leaves; nothing when none does, or while its threshold is unknown."""
    row = _row(award)
    if row is None:
        return [], []
    figures = figures_of(small_table(award.benefit, is_overpayment=False), award.month, (NEVER_ON,))
    return steps_told(row, PAYMENT_STEPS, cite), figures


def released_words(award: Award) -> str:
    """Why what waited leaves with an award that adds nothing to it."""
    row = _row(award)
    if row is None:
        why = f"le seuil {of_month(award.month)} n’est pas connu, et rien ne s’attend sur un chiffre que personne n’a"
    elif row["is_below_threshold"]:
        why = "la caisse paie désormais les petites sommes"
    else:
        why = f"le seuil {of_month(award.month)}, {money(row['threshold_cents'])}, est atteint"
    return f"{money(award.released_cents)} reportés d’avant sont versés : {why}. Rien de nouveau n’est dû pour ce mois."


def _row(award: Award) -> Row | None:
    if not award.released_cents:
        return None
    try:
        return small_payment_of(
            max(award.net_cents - award.already_cents, 0), day=award.month, benefit=award.benefit,
            territory=territory_of(award.fund), deferred_cents=award.released_cents,
            policy=policy_on(award.fund, award.month),
        )  # fmt: skip
    except NoParameterInForce:
        return None
