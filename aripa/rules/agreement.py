"""An agreement of two parents made enforceable by a fund: CSS L. 582-2, R. 582-1 to R. 582-4, D. 582-1."""

from datetime import date

from aripa.rules.calendar import anniversary, due_on, month_shifted
from aripa.rules.figures import number_on
from portal.legislation.engine import Expr, round_half_up, step

MAJORITY = 18
# Ages between which a child of each situation is in the debtor's charge (CSS D. 582-1): first one, first one no longer.
CHARGES = {"MINOR": (0, MAJORITY), "STUDENT": (MAJORITY, 200), "SEEKER": (MAJORITY, 25), "SUPPORTED": (MAJORITY, 200)}
TWO_YEARS = 24


@step(
    "CSS R. 582-1, III", label="Ressources par mois : revenus propres et moitié des revenus communs, divisés par douze"
)
def monthly_resources_cents(own_annual_cents: Expr, joint_annual_cents: Expr) -> Expr:
    """(2 × own + joint) ÷ 24, to the nearest cent: the scale starts from an amount, and rounds once more at its end."""
    return round_half_up(own_annual_cents * 2 + joint_annual_cents, TWO_YEARS)


def age_on(born: date, day: date) -> int:
    """Whole years; a child of 29 February grows older on the 28th of other years."""
    return day.year - born.year - (anniversary(born, day.year) > day)


def is_in_charge(charge: str, born: date, day: date) -> bool:
    """Whether a child of this situation counts among those of the debtor (CSS D. 582-1)."""
    first, end = CHARGES[charge]
    return first <= age_on(born, day) < end


def silence_accepts_after(received_on: date) -> date:
    """The last day on which the fund may answer: four months after receipt; its silence then accepts (CSS R. 582-3).

    The same day of the month, or its last; it binds the fund, so it does not move to a working day.
    """
    months = number_on("caf_title_silence_means_yes_months", received_on)
    return due_on(month_shifted(received_on, months), received_on.day)
