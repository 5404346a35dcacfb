"""What the structure invoices of one household share (CSS D. 531-22, D. 531-23, VI; the scale is per child, and per
household for care at home).

Invoices of one child in one mode share its maximum; those of care at home share the household's. With direct employment
in the same month, which is settled first, everything stays within the sum of the children's maxima for a structure of
childminders, or within the household's maximum of care at home when all of it is at home. In the order of invoice_no.
"""

from collections.abc import Callable

import polars as pl

from cmg.rules.eligibility import month_of
from cmg.rules.pooling import in_turn

AT_HOME, CHILDMINDER = "STRUCTURE_HOME", "STRUCTURE_CHILDMINDER"
# What direct employment gave in the month: one row per child of a declaration with a right. Each declaration's part (b)
# is on one of its rows.
DIRECT = {
    "household": pl.String, "child_id": pl.String, "birth_date": pl.Date, "care_mode": pl.String,
    "part_b_cents": pl.Int64,
}  # fmt: skip
Maxima = Callable[[pl.DataFrame], pl.DataFrame]


def with_left_of_maxima(settled: pl.DataFrame, direct: pl.DataFrame | None, maxima: Maxima) -> pl.DataFrame:
    """Adds `left_of_maxima_cents`: what the invoice may take of what it shares; null when it shares nothing.

    `maxima` adds `net_maximum_cents` to children (one row each) whose `birth_month` and `care_mode` are set.
    """
    if "household" not in settled.columns:
        return settled.with_columns(left_of_maxima_cents=pl.lit(None, dtype=pl.Int64))
    limits = _limits(settled, pl.DataFrame(schema=DIRECT) if direct is None else direct, maxima)
    ordered = settled.with_row_index("input_order").join(limits, on="household", how="left").sort("invoice_no")
    at_home = pl.col("care_mode") == AT_HOME
    child = pl.when(at_home).then(pl.lit("")).otherwise(pl.col("child_id"))
    counts = pl.col("refusal").is_null()
    asked = pl.when(counts).then(pl.col("share_of_invoice_cents")).otherwise(0)
    own = in_turn(pl.col("asked"), pl.col("net_maximum_cents"), over=("household", "care_mode", "shared_child"))
    within = in_turn(pl.col("own"), pl.col("limit_cents"), over=("household",))
    # Without direct employment there is no limit of the household: a null one leaves `own` alone.
    left = pl.min_horizontal("own", within)
    return (
        ordered.with_columns(asked=asked, shared_child=child)
        .with_columns(own=own)
        .with_columns(left_of_maxima_cents=pl.when(pl.col("household").is_not_null()).then(left))
        .sort("input_order")
        .drop("input_order", "asked", "shared_child", "own", "limit_cents")
    )


def _limits(settled: pl.DataFrame, direct: pl.DataFrame, maxima: Maxima) -> pl.DataFrame:
    """Per household with direct employment: what is left for its structures, `limit_cents`."""
    counted = settled.filter(pl.col("refusal").is_null() & pl.col("household").is_in(direct["household"].to_list()))
    family = counted.unique("household", keep="first", maintain_order=True)
    invoiced = counted.select("household", "child_id", "birth_month", "care_mode")
    employed = direct.select("household", "child_id", "care_mode", birth_month=month_of(pl.col("birth_date")))
    cared_for = pl.concat([invoiced, employed.select(invoiced.columns)])
    is_home = pl.col("care_mode").is_in([AT_HOME, "HOME_EMPLOYEE"]).all().over("household")
    children = (
        cared_for.with_columns(is_home=is_home)
        .unique(["household", "child_id"], keep="first", maintain_order=True)
        .with_columns(care_mode=pl.when("is_home").then(pl.lit(AT_HOME)).otherwise(pl.lit(CHILDMINDER)))
        .join(_family_facts(family), on="household")
    )
    return _left(maxima(children), direct)


def _family_facts(family: pl.DataFrame) -> pl.DataFrame:
    """What the children of one household have in common: resources, size, situations. Uplifts of hours are not."""
    return family.select(
        "household", "annual_resources", "dependent_children", "isolated_parent", "aah", "aeeh_children", "prepare",
        specific_hours_hundredths=pl.lit(0, dtype=pl.Int64),
    )  # fmt: skip


def _left(children: pl.DataFrame, direct: pl.DataFrame) -> pl.DataFrame:
    amount = pl.col("net_maximum_cents")
    whole = pl.when(pl.col("is_home").first()).then(amount.max()).otherwise(amount.sum())
    given = direct.group_by("household").agg(given=pl.col("part_b_cents").sum())
    totals = children.group_by("household").agg(whole=whole).join(given, on="household")
    return totals.select("household", limit_cents=(pl.col("whole") - pl.col("given")).clip(0))
