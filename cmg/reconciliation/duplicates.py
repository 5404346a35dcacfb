"""Declarations received twice (CMG-018): the first counts, an exact copy is rejected, anything else is held."""

import polars as pl

COMPARED = (
    "child_ids", "net_salary_cents", "maintenance_allowance_cents", "meal_allowance_cents", "mileage_cents",
    "terminal_indemnities_cents", "hours_hundredths", "specific_hours_hundredths", "days", "withholding_tax_cents",
)  # fmt: skip
KEY = ["employer_no", "employee_no"]


def mark_duplicates(declarations: pl.DataFrame) -> pl.DataFrame:
    """Adds `duplicate`: null, EXACT or OVERLAP. A declaration already issued is never the second one.

    `declarations` has one row per declaration number (its latest version), with `issued` (bool) and
    `first_received_at`, when the number first came: a correction does not lose its place to a copy of the original.
    """
    ordered = declarations.sort(["issued", "first_received_at", "declaration_no"], descending=[True, False, False])
    ordered = ordered.with_row_index("order")
    children = ordered.select("order", *KEY, child_id=pl.col("child_ids").str.split("|")).explode("child_id")
    first = children.with_columns(first=pl.col("order").min().over([*KEY, "child_id"]))
    doubled = first.filter(pl.col("first") < pl.col("order")).group_by("order").agg(pl.col("first").min())
    originals = ordered.select("order", *(pl.col(name).alias(f"first_{name}") for name in COMPARED))
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"first_{name}")) for name in COMPARED)
    kinds = (
        doubled.join(originals, left_on="first", right_on="order")
        .join(ordered.select("order", *COMPARED), on="order")
        .select("order", duplicate=pl.when(same).then(pl.lit("EXACT")).otherwise(pl.lit("OVERLAP")))
    )
    return ordered.join(kinds, on="order", how="left").drop("order")
