"""The fund that another one was designated to serve for intermediation (CSS L. 122-6), from a table with dates.

A designation opens the cases of the served fund to the agents of the designated one. It moves nothing: the fund of a case
stays that of the parent who receives, in pages and exports, and its own agents go on seeing it.
"""

from collections.abc import Iterable
from datetime import date

from aripa.rules.figures import aripa_parameters, first_day_of

KEY = "designated_funds"


def with_served(funds: Iterable[str], day: date) -> list[str]:
    """These funds and those that they serve on the day; who serves a fund does not serve those that it serves itself."""
    own = {one for one in funds if one}
    table = aripa_parameters().value(KEY, max(day, first_day_of(KEY)))
    return sorted(own | {served for served, designated in table.items() if designated in own})
