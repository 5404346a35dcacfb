"""What a run does with small sums: `apply` while it computes, which writes nothing, and `record` when it is issued.

Before its issue a run may be computed again, and its figures change: only what is issued keeps, pays or gives up a sum. The
run's own entry owes what an award adds to those before it (`net_cents` − `already_cents`) to BENEFIT_PAYOUTS, whatever its
status; `record` books what then does not leave (kept, given up, withheld) and what leaves beside it (kept before).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from portal.batches.models import Run
from portal.benefits.models import Benefit
from portal.benefits.rules.small_payments import small_payment_columns
from portal.benefits.small.recording import WaitingChanged, record
from portal.benefits.small.selectors import policies_on
from portal.benefits.small.withholding import AVAILABLE, period_of
from portal.bulk import read_frame
from portal.legislation.parameters import NoParameterInForce
from portal.organisations.directory import territory_of

__all__ = ["WaitingChanged", "apply", "record"]
STATUS = {"PAY": "PAID", "DEFER": "DEFERRED", "WAIVE": "WAIVED", "NOT_PAID": "NOT_PAID"}
FAMILY = ["fund", "beneficiary_no"]
ADDED = ("status", "released_cents", "recovered_cents", "paid_cents")
# What the families of `wanted` have in a table that `{table}` and `{condition}` name.
OF_FAMILIES = """
SELECT t.fund, t.beneficiary_no, sum({cents})::bigint
FROM {table} t JOIN unnest(%(funds)s::text[], %(numbers)s::text[]) AS wanted (fund, beneficiary_no)
     ON wanted.beneficiary_no = t.beneficiary_no AND wanted.fund = t.fund
WHERE t.benefit = %(benefit)s AND {condition} GROUP BY 1, 2
"""
NONE_LATER = """ AND NOT EXISTS (
    SELECT 1 FROM benefits_deferredsum later WHERE later.beneficiary_no = t.beneficiary_no AND later.fund = t.fund
      AND later.benefit = t.benefit AND later.state = 'WAITING' AND later.month > %(day)s)"""


def apply(awards: pl.DataFrame, *, run_pk: int, benefit: str, day: date) -> pl.DataFrame:
    """The awards of one benefit due on `day`, each family once, with how each leaves; the rows given, in their order.

    In: fund, beneficiary_no, net_cents, what the award adds to those before it (one that waits for an answer is not given),
    whole_cents, what its whole month gives, and due_again_cents, what of it pays a debt of its month: nothing more is then
    withheld. One that adds nothing releases what waits when it is due by `day`.
    Out, beside them: status (null when
    nothing is due and nothing leaves), released_cents (kept before, leaving now), recovered_cents (withheld for what was
    paid in excess, as the family agreed) and paid_cents, which is net + released − recovered when it is paid, else nought. Raises
    NoParameterInForce; ValueError for a family given twice.
    """
    if awards.select(FAMILY).is_duplicated().any():
        raise ValueError("a family is given twice: its sums would be counted twice")
    known = awards.join(_kept_of(awards, run_pk, benefit, day), on=FAMILY, how="left", maintain_order="left")
    known = known.join(_agreed_of(awards, run_pk, benefit, day), on=FAMILY, how="left", maintain_order="left")
    known = known.with_columns(pl.col("kept_cents", "agreed_cents").fill_null(0))
    decided = known if benefit == Benefit.ARS else _decided(known, benefit, day)
    return _leaving(decided, benefit).select(*awards.columns, *ADDED)


def _kept_of(awards: pl.DataFrame, run_pk: int, benefit: str, day: date) -> pl.DataFrame:
    """What waits. Of a family to which the run adds nothing, it counts when all of it was due by `day`: the correction of an
    old month does not decide of later ones."""
    values, adds = {"run": run_pk, "benefit": benefit, "day": day}, pl.col("net_cents") > 0
    parts = [
        _of_families(
            awards.filter(kept), "kept_cents", values, cents="t.amount_cents", table="benefits_deferredsum",
            condition="t.state = 'WAITING' AND t.run_id <> %(run)s" + only,
        )
        for kept, only in ((adds, ""), (~adds, NONE_LATER))
    ]  # fmt: skip
    return pl.concat(parts)


def _agreed_of(awards: pl.DataFrame, run_pk: int, benefit: str, day: date) -> pl.DataFrame:
    """What families agreed to have withheld. Neither the day of the payment nor that of the computation is before the end of the
    time to contest: the issue is later than both looked at."""
    run = Run.objects.get(pk=run_pk)
    values = {"day": min(day, run.day), "benefit": benefit, "period": period_of(run, benefit, run.day)}
    # The debt that it pays may be the very one that the family agreed to give back.
    others = awards.filter(pl.col("due_again_cents") == 0)
    return _of_families(others, "agreed_cents", values, cents="t.cents", table=f"({AVAILABLE})", condition="true")


def _of_families(awards: pl.DataFrame, name: str, values: Mapping[str, Any], **words: str) -> pl.DataFrame:
    wanted = {"funds": awards["fund"].to_list(), "numbers": awards["beneficiary_no"].to_list()}
    schema = {"fund": pl.String, "beneficiary_no": pl.String, name: pl.Int64}
    return read_frame(OF_FAMILIES.format(**words), schema, {**wanted, **values})


def _decided(known: pl.DataFrame, benefit: str, day: date) -> pl.DataFrame:
    """The rule's decision of each. The ARS is not given to it: its minimum is tested before CRDS, with the family's right."""
    funds = known["fund"].unique().to_list()
    facts = known.select(
        benefit=pl.lit(benefit),
        territory=_by_fund({fund: territory_of(fund) for fund in funds}),
        amount_cents="net_cents",
        deferred_cents="kept_cents",
        policy=_by_fund(policies_on(funds, day)),
        protected=pl.lit(None, dtype=pl.String),
    )
    try:
        found = small_payment_columns(facts, day=day)
    except NoParameterInForce:
        # The threshold of the day is not published: to keep a sum under it is a faculty, and nobody waits for a figure.
        return known.with_columns(decision=pl.lit("PAY"), left_cents=pl.col("net_cents") + pl.col("kept_cents"))
    # L. 133-3 lets a fund give up a benefit below the threshold: the benefit of a whole month, not what a correction adds to one
    # that reaches it. That is kept, and leaves as any small sum (decision 0062).
    is_small_benefit = known["whole_cents"] < found["threshold_cents"]
    gives_up = found["decision"] == "WAIVE"
    decision = pl.when(gives_up & ~is_small_benefit).then(pl.lit("DEFER")).otherwise(found["decision"])
    # Beside what was received already, what leaves may be what the family had given back: that is kept from nobody.
    given_back, whole = pl.col("due_again_cents") > 0, pl.col("net_cents") + pl.col("kept_cents")
    return known.with_columns(decision=decision, left_cents=found["paid_cents"]).with_columns(
        decision=pl.when(given_back).then(pl.lit("PAY")).otherwise("decision"),
        left_cents=pl.when(given_back & (pl.col("net_cents") > 0)).then(whole).otherwise("left_cents"),
    )


def _by_fund(words: Mapping[str, str]) -> pl.Expr:
    return pl.col("fund").replace_strict(dict(words), return_dtype=pl.String)


def _leaving(decided: pl.DataFrame, benefit: str) -> pl.DataFrame:
    """What was kept before is never withheld: only the new award is what the family agreed to."""
    if benefit == Benefit.ARS:
        decided = decided.with_columns(decision=pl.lit("PAY"), left_cents="net_cents")
    moves = (pl.col("net_cents") > 0) | (pl.col("left_cents") > 0)
    pays = pl.col("left_cents") > 0
    return decided.with_columns(
        status=pl.when(moves).then(pl.col("decision").replace_strict(STATUS, return_dtype=pl.String)),
        released_cents=pl.when(pays).then(pl.col("left_cents") - pl.col("net_cents")).otherwise(0),
        recovered_cents=pl.when(pays).then(pl.min_horizontal("agreed_cents", "net_cents")).otherwise(0),
    ).with_columns(paid_cents=pl.col("left_cents") - pl.col("recovered_cents"))
