"""Disagreements that need earlier months: CMG-017, 036, 037 and 040. Frames in, (id, code) rows out."""

from dataclasses import dataclass

import polars as pl

FOUND = {"id": pl.Int64, "code": pl.String}
# A childminder's contributions are taken over whole: a first debit there is what went wrong in 2019.
TAKEN_OVER_WHOLE = "CHILDMINDER"


@dataclass(frozen=True)
class HistoryRules:
    """Policy figures: a jump is more than `factor` times the median of the last months and more than `floor_cents`."""

    jump_factor: int
    jump_floor_cents: int
    jump_months_min: int
    first_debit_months: int


def contribution_debit() -> pl.Expr:
    """What is debited for contributions; the employee's tax is not ours to question."""
    return pl.col("debit_cents") - pl.col("withholding_tax_cents")


def abnormal_jumps(settled: pl.DataFrame, debits: pl.DataFrame, rules: HistoryRules) -> pl.DataFrame:
    """CMG-036: this month's debit of the family against the median of its last six months.

    `settled`: id, employer_no, debit_cents, withholding_tax_cents; `debits`: employer_no, care_month, debit_cents.
    """
    medians = debits.group_by("employer_no").agg(
        median=pl.col("debit_cents").median(), months=pl.col("care_month").n_unique()
    )
    now = settled.group_by("employer_no").agg(total=contribution_debit().sum())
    jumping = now.join(medians, on="employer_no").filter(
        (pl.col("months") >= rules.jump_months_min)
        & (pl.col("total") > rules.jump_floor_cents)
        & (pl.col("median") > 0)
        & (pl.col("total") > pl.col("median") * rules.jump_factor)
    )
    return settled.join(jumping.select("employer_no"), on="employer_no").select("id", code=pl.lit("CMG-036"))


def first_debits(settled: pl.DataFrame, debits: pl.DataFrame, rules: HistoryRules) -> pl.DataFrame:
    """CMG-037: a childminder's family debited although each of its last three months was at zero.

    A month with a positive decision that there is no right, or under another regime, is a change of rule: not counted.
    """
    zeros = (
        debits.sort("care_month", descending=True)
        .group_by("employer_no", "care_mode", "regime")
        .agg(
            months=pl.col("care_month").n_unique(),
            all_zero=(pl.col("debit_cents").head(rules.first_debit_months) == 0).all(),
        )
        .filter((pl.col("months") >= rules.first_debit_months) & pl.col("all_zero"))
    )
    concerned = settled.filter(
        (pl.col("care_mode") == TAKEN_OVER_WHOLE) & (contribution_debit() > 0) & (pl.col("decision") == "RIGHT")
    )
    return concerned.join(zeros, on=["employer_no", "care_mode", "regime"]).select("id", code=pl.lit("CMG-037"))


def recurrences(anomalies: pl.DataFrame, resolved: pl.DataFrame) -> pl.DataFrame:
    """CMG-040: a blocking code of a family, repaired less than three months ago, comes back.

    `anomalies`: id, employer_no, code of this run; `resolved`: employer_no, code resolved in the last three months.
    """
    back = anomalies.join(resolved.unique(), on=["employer_no", "code"])
    return back.select("id").unique().with_columns(code=pl.lit("CMG-040"))


def late_rights(declared: pl.DataFrame, without_right: pl.DataFrame) -> pl.DataFrame:
    """CMG-017: a month of the family was settled without right, and a right received since then covers it.

    `declared`: id, employer_no; `without_right`: employer_no of the families concerned.
    """
    concerned = declared.join(without_right.unique(), on="employer_no")
    return concerned.select("id", code=pl.lit("CMG-017"))
