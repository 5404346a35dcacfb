"""The two scales of a child support: that of a title made by a fund, and the indicative one of the Ministry of Justice."""

from datetime import date

from aripa.rules import caf_title_scale, justice_scale
from aripa.rules.figures import CAF_TITLE, JUSTICE, aripa_parameters
from portal.legislation.engine import at_least, steps_of
from portal.legislation.figures import as_integer

RESIDENCES = ("STANDARD", "REDUCED_VISITING", "ALTERNATING")
STEPS = {"JUSTICE": steps_of(justice_scale), "CAF_TITLE": steps_of(caf_title_scale)}
TABLES = {"JUSTICE": JUSTICE, "CAF_TITLE": CAF_TITLE}
RATES = {"JUSTICE": "justice_reference_rates_percent", "CAF_TITLE": "caf_title_rates_percent"}
EXTRA_CHILD = "caf_title_rate_extra_child_points"
# The columns of each table, in its own order; « increased » is for few visits, « reduced » for alternating residence.
COLUMNS = {
    "JUSTICE": ("REDUCED_VISITING", "STANDARD", "ALTERNATING"),
    "CAF_TITLE": ("STANDARD", "REDUCED_VISITING", "ALTERNATING"),
}
PERCENT_TO_MILLIONTHS = 10_000


def table_rate(scale: str, children: int, residence: str, on: date) -> int:
    """The cell of the table, in millionths. Raises NoParameterInForce.

    The table of Justice keeps its last row beyond six children; that of the title takes points off beyond ten, down to
    nothing.
    """
    rows, column = aripa_parameters().value(RATES[scale], on), COLUMNS[scale].index(residence)
    last = max(rows)
    rate = int(as_integer(rows[min(children, last)][column], PERCENT_TO_MILLIONTHS, RATES[scale]))
    if scale == "JUSTICE" or children <= last:
        return rate
    points = aripa_parameters().value(EXTRA_CHILD, on)[column]
    return at_least(0, rate - (children - last) * int(as_integer(points, PERCENT_TO_MILLIONTHS, EXTRA_CHILD)))
