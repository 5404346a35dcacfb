"""A direct payment order in figures, for the terms of one case: the steps of `direct_payment` on one row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aripa.rules import direct_payment
from aripa.rules.figures import DIRECT_PAYMENT, aripa_parameters, figures_on
from aripa.rules.plan import equal_instalments
from portal.legislation.engine import compute_one, in_order, steps_of

STEPS = steps_of(direct_payment)
FACTS = (
    "monthly_support_cents", "arrears_total_cents", "unpaid_terms", "is_income_known", "debtor_income_cents",
    "agreed_months",
)  # fmt: skip
_ORDER = in_order(STEPS, [*FACTS, *DIRECT_PAYMENT])


@dataclass(frozen=True, slots=True)
class Spread:
    """The parts of the arrears, one a month, and what the law lets be taken (None: the pay is not known)."""

    instalments_cents: list[int]
    capacity_cents: int | None


def spread(monthly_support_cents: int, terms_cents: Sequence[int], *, income_cents: int | None, day: date) -> Spread:
    """CPCE R. 213-11 for the terms still lacking within the window. Raises NoParameterInForce."""
    facts: dict[str, int | bool] = {
        "monthly_support_cents": monthly_support_cents, "arrears_total_cents": sum(terms_cents),
        "unpaid_terms": len(terms_cents), "is_income_known": income_cents is not None,
        "debtor_income_cents": income_cents or 0, "agreed_months": 0,
    }  # fmt: skip
    row = compute_one(figures_on(DIRECT_PAYMENT, day, aripa_parameters()) | facts, _ORDER)
    parts = equal_instalments(sum(terms_cents), row["months"])
    return Spread(parts, None if income_cents is None else row["capacity_cents"])
