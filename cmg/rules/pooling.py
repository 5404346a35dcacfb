"""Regime A: declarations that share one maximum (CSS D. 531-22, D. 531-23 VI).

Pooled are one child declared for several employees, the home employees of one household, and the whole household when
it uses several modes (then the maximum is the sum of its children's, each counted once). Part (b) is attributed in the
order of the declaration numbers, as text: each up to its share of the cost, then up to what is left of the maximum.
"""

import polars as pl

from cmg.rules.eligibility import month_of

KEY = "pool"


def with_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `pool` (key of what is shared) and `mixed`; needs the columns of regime A and `pool_key`."""
    counts = pl.col("refusal").is_null()
    modes = pl.col("care_mode").filter(counts).n_unique().over("pool_key")
    mixed = counts & (modes > 1) & pl.col("pool_key").is_not_null()
    alone = pl.concat_str([pl.lit("#"), pl.col("declaration_no"), pl.int_range(pl.len()).cast(pl.String)])
    household = pl.concat_str([pl.lit("h"), pl.col("pool_key")])
    child = pl.concat_str([pl.lit("c"), pl.col("pool_key"), pl.lit("/"), pl.col("child_id")])
    return frame.with_columns(
        mixed=mixed,
        pool=pl.when(~counts | pl.col("pool_key").is_null())
        .then(alone)
        .when(mixed | ~pl.col("is_childminder"))
        .then(household)
        .otherwise(child),
    )


def children_of_mixed(keyed: pl.DataFrame) -> pl.DataFrame:
    """One row per declaration and child of the households that use several modes; `child`, and its own `birth_month`."""
    dates = pl.col("child_birth_dates")
    named = keyed.filter("mixed").with_columns(child=pl.col("child_id").str.split("|").list.head(dates.list.len()))
    born = named.explode("child", "child_birth_dates")
    return born.with_columns(birth_month=month_of(dates))


def with_maxima(keyed: pl.DataFrame, children: pl.DataFrame) -> pl.DataFrame:
    """Adds `pool_maximum_cents`. `children` has `pool`, `child` and `net_maximum_cents`: each child counts once.

    Specific hours are those of one declaration: the pool keeps the best maximum of its rows.
    """
    per_child = children.group_by(KEY, "child").agg(pl.col("net_maximum_cents").max())
    shared = per_child.group_by(KEY).agg(children_maximum_cents=pl.col("net_maximum_cents").sum())
    own = pl.col("net_maximum_cents").max().over(KEY)
    return keyed.join(shared, on=KEY, how="left").with_columns(
        pool_maximum_cents=pl.when("mixed").then(pl.col("children_maximum_cents").fill_null(0)).otherwise(own)
    )


def attribute(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `part_b_cents`: what each declaration gets of its pool."""
    given = in_turn(pl.col("share_of_cost_cents"), pl.col("pool_maximum_cents"), over=(KEY,))
    ordered = frame.with_row_index("input_order").sort("declaration_no", "input_order")
    return ordered.with_columns(part_b_cents=given).sort("input_order").drop("input_order")


def in_turn(asked: pl.Expr, maximum: pl.Expr, *, over: tuple[str, ...]) -> pl.Expr:
    """Each row of a sorted frame gets what it asks for, then what the rows before it left of `maximum`."""
    before = asked.cum_sum().over(over) - asked
    return pl.min_horizontal(asked, (maximum - before).clip(0))
