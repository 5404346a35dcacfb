"""From what a family does and pays for a disabled child to the category of the complement (CSS R. 541-2)."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from portal.benefits.rules import aeeh_category
from portal.benefits.rules.figures import CATEGORY, benefit_parameters
from portal.legislation.engine import compute_one, in_order, steps_of
from portal.legislation.figures import figures_on

STEPS = steps_of(aeeh_category)


@dataclass(frozen=True, slots=True)
class Help:
    """What the disability of a child asks of its family, as the rights commission found it.

    `work_cut`: the part of full time that a parent gave up, in percent (100: no work at all). `helper_hours`: paid, a
    week. `needs_supervision`: permanent supervision and care are borne by the family.
    """

    work_cut: int = 0
    helper_hours: int = 0
    expenses_cents: int = 0
    needs_supervision: bool = False


def category_of(found: Help, day: date) -> dict[str, Any]:
    """Every step, `category` (0 to 6) and `is_by_help` among them. Raises NoParameterInForce."""
    return compute_one(figures_on(CATEGORY, day, benefit_parameters()) | asdict(found), _ORDER)


_ORDER = in_order(STEPS, ["work_cut", "helper_hours", "expenses_cents", "needs_supervision", *CATEGORY])
