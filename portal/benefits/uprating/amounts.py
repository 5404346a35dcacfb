"""What each family of a slice receives by the figures in force and by the value announced: the deciders of the months,
called twice on the same facts, so that what was previewed and what is paid cannot differ by their code."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from portal.benefits.models import Benefit
from portal.benefits.rules.aeeh import aeeh_figures
from portal.benefits.rules.ars_figures import ars_figures, usual_payment_day
from portal.benefits.rules.figures import SMALL
from portal.benefits.rules.small_payments import small_payment_columns
from portal.benefits.running import aeeh, ars
from portal.benefits.running.loading import Buckets
from portal.benefits.running.reasons import WAITING
from portal.legislation.figures import figures_on
from portal.legislation.parameters import NoParameterInForce, Parameters

KEPT = ("family", "fund", "beneficiary_no", "territory", "outcome", "refusal", "net_cents", "facts")
NAMED = {
    "fund": pl.String, "beneficiary_no": pl.String, "territory": pl.String, "before_cents": pl.Int64,
    "after_cents": pl.Int64, "refusal": pl.String, "crosses": pl.Boolean, "facts": pl.String,
}  # fmt: skip
# What a preview says it cannot tell, for want of a figure.
SMALL_SUMS = "SMALL"


@dataclass(frozen=True)
class Sides:
    """The two sets of figures, and the month and the start of term that are seen through them."""

    month: date
    before: Parameters
    after: Parameters

    @property
    def term(self) -> ars.Term:
        """The first start of term that is ordinarily paid from the month on. Raises NoParameterInForce."""
        year = self.month.year
        paid_on = usual_payment_day(year, self.before)
        if paid_on < self.month:
            year, paid_on = year + 1, usual_payment_day(year + 1, self.before)
        return ars.Term(year, paid_on, paid_on)

    def missing(self) -> dict[str, str]:
        """The figure that nobody knows yet, by what cannot be told without it."""
        reads = {Benefit.AEEH.value: self._aeeh, Benefit.ARS.value: self._ars, SMALL_SUMS: self._small}
        return {name: key for name, read in reads.items() if (key := read())}

    def _aeeh(self) -> str:
        """Also without a figure before the value announced: from nothing to something would not be a difference."""
        try:
            for side in (self.before, self.after):
                aeeh_figures(self.month, "METROPOLE", side)
        except NoParameterInForce as unknown:
            return unknown.key
        return ""

    def _ars(self) -> str:
        try:
            term = self.term
            ars_figures(term.school_year, "METROPOLE", term.amounts_on, self.after)
        except NoParameterInForce as unknown:
            return unknown.key
        return ""

    def _small(self) -> str:
        try:
            figures_on(SMALL, self.month, self.after)
        except NoParameterInForce as unknown:
            return unknown.key
        return ""


def aeeh_lines(sides: Sides, buckets: Buckets) -> pl.DataFrame:
    """The families to whom the month gives AEEH, or who wait for it (columns NAMED); none while a figure of it is not known."""
    if sides._aeeh():
        return pl.DataFrame(schema=NAMED)
    before = aeeh.decide(sides.month, buckets, parameters=sides.before)
    after = aeeh.again(before.select("family", "fund", "beneficiary_no", "facts"), sides.month, parameters=sides.after)
    both = _side_by_side(before, after)
    if sides._small():
        return both.with_columns(crosses=pl.lit(value=False)).select(NAMED.keys())
    leaves = [_leaves(both, name, sides) for name in ("before_cents", "after_cents")]
    paid_both = (both["before_cents"] > 0) & (both["after_cents"] > 0)
    return both.with_columns(crosses=paid_both & (leaves[0] != leaves[1])).select(NAMED.keys())


def ars_lines(sides: Sides, buckets: Buckets) -> pl.DataFrame:
    """The families to whom the next start of term gives ARS, or who wait for it; none while a figure of it is not known."""
    if sides._ars():
        return pl.DataFrame(schema=NAMED)
    before = ars.decide(sides.term, buckets, parameters=sides.before)
    after = ars.again(before.select("family", "fund", "beneficiary_no", "facts"), sides.term, parameters=sides.after)
    both = _side_by_side(before, after)
    crosses = (pl.col("outcome") == "NOT_PAID") != (pl.col("outcome_before") == "NOT_PAID")
    return both.with_columns(crosses=crosses).select(NAMED.keys())


def _side_by_side(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    first = before.select(KEPT).rename({"net_cents": "before_cents", "outcome": "outcome_before"}).drop("refusal")
    second = after.select("family", "outcome", "refusal", after_cents="net_cents")
    both = first.join(second, on="family", how="inner", maintain_order="left")
    assert both.height == before.height, "a family was lost between the two sides"
    waits = pl.col("refusal").is_in(sorted(WAITING))
    concerned = (pl.col("before_cents") > 0) | (pl.col("after_cents") > 0) | (pl.col("outcome") != "REFUSED")
    return both.filter(concerned | (pl.col("outcome_before") != "REFUSED")).with_columns(
        refusal=pl.when(waits).then("refusal").otherwise(pl.lit(""))
    )


def _leaves(both: pl.DataFrame, name: str, sides: Sides) -> pl.Series:
    """Whether the sum of the month would leave by itself, nothing having waited before it."""
    rows = both.select(
        "territory", benefit=pl.lit(Benefit.AEEH.value), amount_cents=pl.col(name),
        deferred_cents=pl.lit(0, dtype=pl.Int64), policy=pl.lit(None, dtype=pl.String),
        protected=pl.lit(None, dtype=pl.String),
    )  # fmt: skip
    return small_payment_columns(rows, day=sides.month, parameters=sides.after)["decision"] == "PAY"
