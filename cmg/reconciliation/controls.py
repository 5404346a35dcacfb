"""Controls of the portal's own settlements before they are issued: CMG-010, 019 to 024, 029 and 030.

`stored` is what a run holds, `fresh` what the rules give today from the same facts: both have one row per `id`.
A difference is named by the figure that is wrong; nothing that differs is ever issued.
"""

import polars as pl

MONEY = (
    "contributions_cents", "deduction_cents", "part_a_cents", "part_b_cents", "supplement_cents", "offset_cents",
    "debit_cents", "payout_cents",
)  # fmt: skip


def compare(stored: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """One row per wrong settlement and code: id, code. Empty when every stored cent is the recomputed one."""
    pairs = stored.join(fresh.select("id", pl.exclude("id").name.prefix("fresh_")), on="id", how="left")
    found = pairs.with_columns(expression.alias(code) for code, expression in controls().items())
    parts = [found.filter(pl.col(code).fill_null(value=True)).select("id", code=pl.lit(code)) for code in controls()]
    return pl.concat(parts)


def _differs(name: str) -> pl.Expr:
    return pl.col(name).ne_missing(pl.col(f"fresh_{name}"))


def _more(name: str) -> pl.Expr:
    return pl.col(name) > pl.col(f"fresh_{name}")


def controls() -> dict[str, pl.Expr]:
    """The boolean expression of each control over stored and recomputed columns side by side."""
    same_regime = ~_differs("regime")
    a, b = pl.col("regime") == "A", pl.col("regime") == "B"
    childminder, home = pl.col("care_mode") == "CHILDMINDER", pl.col("care_mode") == "HOME_EMPLOYEE"
    has_right = pl.col("decision") == "RIGHT"
    nothing_left = (pl.col("part_a_cents") == 0) & (pl.col("fresh_part_a_cents") > 0) | (
        (pl.col("offset_cents") == 0) & (pl.col("fresh_offset_cents") > 0)
    )
    halved = pl.col("part_b_cents") * 2 - pl.col("fresh_part_b_cents")
    doubled = pl.col("part_b_cents") - pl.col("fresh_part_b_cents") * 2
    wrong_band = a & _differs("part_b_cents") & ((halved.abs() <= 2) | (doubled.abs() <= 2))
    over_share = pl.col("part_b_cents") * 100 > pl.col("cost_base_cents") * 85 + 50
    clip_in_b = (
        b
        & (pl.col("part_b_cents") * 100 <= pl.col("cost_base_cents") * 85 + 50)
        & (pl.col("fresh_part_b_cents") * 100 > pl.col("cost_base_cents") * 85 + 50)
    )
    cap_ignored = a & childminder & (pl.col("fresh_refusal") == "cmg.daily_cap_exceeded").fill_null(value=False)
    return {
        "CMG-010": wrong_band & same_regime,
        "CMG-019": has_right & nothing_left,
        "CMG-020": pl.any_horizontal(_differs(name) for name in MONEY),
        "CMG-021": cap_ignored & (pl.col("part_a_cents") > 0),
        "CMG-022": b
        & pl.col("fresh_hourly_cap_exceeded").fill_null(value=False)
        & (_more("part_b_cents") | _more("part_a_cents")),
        "CMG-023": (a & over_share & _more("part_b_cents")) | (clip_in_b & _differs("part_b_cents")),
        "CMG-024": home & _more("part_a_cents"),
        "CMG-029": _differs("parameters_digest"),
        "CMG-030": _differs("regime"),
    }
