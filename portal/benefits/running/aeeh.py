"""The AEEH of the families of a slice for one month: decisions of the commission and stays to decided rows."""

from datetime import date
from typing import Any

import polars as pl

from portal.benefits.rules.aeeh import aeeh_columns
from portal.benefits.running.deciding import as_json, by_territory, first_waiting, from_json, outcome_of
from portal.benefits.running.loading import (
    Buckets,
    aeeh_decisions,
    aeeh_families,
    aeeh_stays,
    last_day,
    with_territory,
)
from portal.benefits.running.reasons import CHILD_UNKNOWN, NO_DECISION, NOT_IN_CHARGE, NOT_WHOLE_MONTH
from portal.legislation.parameters import Parameters

FAMILY_FACTS: dict[str, Any] = {"isolated_parent": pl.Boolean, "has_file": pl.Boolean}
# `unfit`: why the decision does not count this month, whatever the rules would say.
CHILD_FACTS: dict[str, Any] = {
    "child_id": pl.String, "child_birth_date": pl.Date, "incapacity_rate": pl.Int64, "has_support": pl.Boolean,
    "complement": pl.Int64, "complement_by_help": pl.Boolean, "chose_compensation": pl.Boolean, "filed_on": pl.Date,
    "boarding_fully_covered": pl.Boolean, "days_at_home": pl.Int64, "unfit": pl.String,
}  # fmt: skip


def decide(month: date, buckets: Buckets, *, parameters: Parameters | None = None) -> pl.DataFrame:
    """The families of the slice (columns DECIDED)."""
    decisions = aeeh_decisions(month, buckets)
    families = aeeh_families(month, buckets, decisions)
    children = with_days_at_home(in_force(decisions, month), aeeh_stays(month, buckets), month)
    return decided(families, children, month, parameters)


def again(awards: pl.DataFrame, month: date, *, parameters: Parameters | None = None) -> pl.DataFrame:
    """What the facts kept with `awards` (family, fund, beneficiary_no, facts) give now."""
    families, children = from_json(awards, family=FAMILY_FACTS, child=CHILD_FACTS)
    return decided(with_territory(families), children, month, parameters)


def in_force(decisions: pl.DataFrame, month: date) -> pl.DataFrame:
    """One row a child: the decision in force on the first of the month, the latest decided when several are.

    A right begins with the month that follows its first day and ends with the month before its last (CSS L. 552-1): a
    child whom no decision covers on the first day, or on the last, has none this month. One decision that takes over
    from another within the month counts from the next.
    """
    first, end = pl.lit(month), pl.lit(last_day(month))
    covers_end = pl.col("ends_on").is_null() | (pl.col("ends_on") > end)
    marked = decisions.with_columns(
        covers_first=(pl.col("starts_on") <= first) & (pl.col("ends_on").is_null() | (pl.col("ends_on") > first)),
        is_covered=covers_end.any().over("family", "child_id"),
    )
    # A claim counts from the month that follows it: until then, the decision that ran goes on.
    counts = (pl.col("filed_on") < first).fill_null(value=True)
    latest = marked.with_columns(counts=counts).sort(
        "covers_first", "counts", "decided_on", "starts_on", maintain_order=True
    )
    latest = latest.drop("counts").unique(["family", "child_id"], keep="last", maintain_order=True)
    unfit = (
        pl.when(pl.col("is_dependent").is_null()).then(pl.lit(CHILD_UNKNOWN))
        .when(~pl.col("is_dependent")).then(pl.lit(NOT_IN_CHARGE))
        .when(~(pl.col("covers_first") & pl.col("is_covered"))).then(pl.lit(NOT_WHOLE_MONTH))
    )  # fmt: skip
    return latest.with_columns(unfit=unfit).sort("family", "child_id")


def with_days_at_home(children: pl.DataFrame, stays: pl.DataFrame, month: date) -> pl.DataFrame:
    """`boarding_fully_covered` when some day of the month is spent boarded; `days_at_home` are all the others.

    A day that a period at home covers is at home, whatever else is told of it.
    """
    end = last_day(month)
    days = stays.with_columns(
        day=pl.date_ranges(
            pl.max_horizontal("starts_on", pl.lit(month)),
            pl.min_horizontal((pl.col("ends_on") - pl.duration(days=1)).fill_null(pl.lit(end)), pl.lit(end)),
        )
    ).explode("day")
    boarded, home = (days.filter(pl.col("place") == place) for place in ("BOARDED", "HOME"))
    away = (
        boarded.join(home, on=["family", "child_id", "day"], how="anti")
        .group_by("family", "child_id")
        .agg(away=pl.col("day").n_unique().cast(pl.Int64))
    )
    joined = children.join(away, on=["family", "child_id"], how="left", maintain_order="left")
    spent = pl.col("away").fill_null(0)
    return joined.with_columns(boarding_fully_covered=spent > 0, days_at_home=pl.lit(end.day, dtype=pl.Int64) - spent)


def decided(
    families: pl.DataFrame, children: pl.DataFrame, month: date, parameters: Parameters | None = None
) -> pl.DataFrame:
    """By the figures of the installation, or by other ones: an uprating is seen before its day."""
    kept = as_json(families, children, family=list(FAMILY_FACTS), child=list(CHILD_FACTS))
    return by_territory(kept, children, lambda place, some, theirs: _computed(place, some, theirs, month, parameters))


def _computed(
    place: str, families: pl.DataFrame, children: pl.DataFrame, month: date, parameters: Parameters | None
) -> pl.DataFrame:
    fit = children.filter(pl.col("unfit").is_null()).join(
        families.select("family", "isolated_parent"), on="family", how="left", maintain_order="left"
    )
    rows = aeeh_columns(fit, month=month, territory=place, parameters=parameters).select(
        "family", "child_id", "total_cents", reason=pl.col("refusal")
    )
    unfit = children.filter(pl.col("unfit").is_not_null()).select(
        "family", "child_id", total_cents=pl.lit(0, dtype=pl.Int64), reason="unfit"
    )
    told = pl.concat([rows, unfit], how="vertical_relaxed").sort("family", "child_id")
    sums = told.group_by("family").agg(
        gross_cents=pl.col("total_cents").sum(),
        children=(pl.col("total_cents") > 0).sum().cast(pl.Int64),
        first=pl.col("reason").drop_nulls().first(),
    )
    joined = families.join(sums, on="family", how="left", maintain_order="left")
    return _with_reason(joined.join(first_waiting(told, "reason"), on="family", how="left", maintain_order="left"))


def _with_reason(families: pl.DataFrame) -> pl.DataFrame:
    """What is certain is paid, and the reason says what waits; else the family waits, or has the reason of a child."""
    pays = pl.col("gross_cents").fill_null(0) > 0
    reason = pl.when(pays).then("waits").otherwise(pl.coalesce("waits", "first", pl.lit(NO_DECISION))).fill_null("")
    return families.with_columns(
        refusal=reason, gross_cents=pl.col("gross_cents").fill_null(0), children=pl.col("children").fill_null(0),
        crds_cents=pl.lit(0, dtype=pl.Int64), exceptional_cents=pl.lit(0, dtype=pl.Int64),
        is_differential=pl.lit(value=False),
    ).with_columns(net_cents="gross_cents", outcome=outcome_of(pl.col("refusal"), pays=pays))  # fmt: skip
