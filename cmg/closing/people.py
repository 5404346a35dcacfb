"""What people said of a month's families: disagreements set aside, holds released, reports that stop a debit."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from cmg.closing.families import Families
from cmg.models.settled import Decision
from portal.bulk import read_frame

SET_ASIDE = {"employer_no": pl.String, "code": pl.String, "child_id": pl.String}
NAMED = {"employer_no": pl.String}


@dataclass(frozen=True)
class People:
    """`set_aside`: employer_no, code, child_id (empty: every child); `released`, `reported`: employer_no."""

    set_aside: pl.DataFrame
    released: pl.DataFrame
    reported: pl.DataFrame


def load_people(month: date, families: Families) -> People:
    """The living decisions about the families that declared `month`, and the reports that are not answered yet."""
    declaring = families.declaring("v", month)
    verdicts = f"""
        FROM cmg_personverdict v WHERE v.care_month = %s AND v.withdrawn_at IS NULL AND v.decided_by <> ''
        AND {declaring} AND v.kind = """
    return People(
        set_aside=read_frame(
            f"SELECT v.employer_no, v.code, v.child_id {verdicts} 'FALSE_POSITIVE'", SET_ASIDE, (month,)
        ),
        released=read_frame(f"SELECT DISTINCT v.employer_no {verdicts} 'RELEASED'", NAMED, (month,)),
        reported=read_frame(
            f"""SELECT DISTINCT v.employer_no FROM cmg_report v
                WHERE v.stops_debit AND v.state IN ('OPEN', 'LINKED', 'NEW_ANOMALY') AND %s = ANY (v.months)
                AND {declaring}""",
            NAMED,
            (month,),
        ),
    )


def apply(settled: pl.DataFrame, people: People) -> pl.DataFrame:
    """Holds released by a person leave with what is known; a debit that the family reported does not leave.

    `settled`: employer_no, status, effect, decision. A report that is not answered wins over everything.
    """
    released = pl.col("employer_no").is_in(people.released["employer_no"].implode()) & (pl.col("status") == "HELD")
    reported = pl.col("employer_no").is_in(people.reported["employer_no"].implode())
    freed = settled.with_columns(
        status=pl.when(released).then(pl.lit("SETTLED")).otherwise(pl.col("status")),
        effect=pl.when(released).then(pl.lit("PROCEED_WITH_NOTICE")).otherwise(pl.col("effect")),
        decision=pl.when(released & (pl.col("decision").fill_null("") == ""))
        .then(pl.lit(str(Decision.RELEASED)))
        .otherwise(pl.col("decision")),
    )
    stopped = reported & (pl.col("status") == "SETTLED")
    return freed.with_columns(
        status=pl.when(stopped).then(pl.lit("HELD")).otherwise(pl.col("status")),
        effect=pl.when(stopped).then(pl.lit("HOLD_ALL")).otherwise(pl.col("effect")),
    )
