"""The indexed amount of one line: the steps of `indexation` on one row."""

from functools import lru_cache

from aripa.rules import indexation
from aripa.rules.indexation import FACTS
from portal.legislation.engine import compute_one, in_order, steps_of

_ORDER = in_order(steps_of(indexation), list(FACTS))


@lru_cache(maxsize=65536)
def indexed_cents(initial_cents: int, base_index: int, new_index: int, rounding: str) -> int:
    """First amount × new index ÷ base index, rounded as the title says (CSS R. 582-7); indices in the same unit."""
    facts = {
        "initial_amount_cents": initial_cents, "base_index": base_index, "new_index": new_index, "rounding": rounding,
    }  # fmt: skip
    return int(compute_one(facts, _ORDER)["indexed_amount_cents"])
