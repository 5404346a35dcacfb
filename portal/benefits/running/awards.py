"""From what the rules say of each family to its award in a run: the difference with what earlier runs settled.

The first run of a period decides of every family; a later one writes those alone of which something changed. Whatever run it
is, a family of which it has nothing to say but a small sum that still waits is not written; when the sum is due, it leaves.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from portal.batches.models import Run
from portal.benefits.models import Benefit
from portal.benefits.rules.small_payments import is_threshold_known
from portal.benefits.running.causes import Facts
from portal.benefits.running.due_again import parts_of
from portal.benefits.running.kinds import day_kept, kind_of
from portal.benefits.running.reasons import NO_DECISION, NO_PARAMETER, WAITING
from portal.benefits.running.standing import SETTLED, settled_of
from portal.benefits.small.applying import apply

MOVED = ("already_cents", "old_gross_cents", "old_crds_cents")
# The columns of the table, in the order of the digest; the others are left out of it.
DIGESTED = (
    "fund", "beneficiary_no", "status", "refusal", "children", "gross_cents", "crds_cents", "net_cents",
    "exceptional_cents", "is_differential", "already_cents", "due_again_cents", "released_cents", "recovered_cents",
    "paid_cents",
)  # fmt: skip
STORED = ("run_id", "slice_number", "benefit", "territory", "month", *DIGESTED, "facts")
# What the page and the run's balance add up, beside the stored cents.
CHANGES = (
    "gross_change_cents", "crds_change_cents", "put_aside_cents", "given_up_cents", "excess_cents", "due_again_cents",
)  # fmt: skip
# Of whom what waits may leave. Of a family that has no right as well: its sums are those of months that it had. A hold moves
# nothing; the ARS, paid once a year, is never kept.
LEAVES = {Benefit.ARS: ("DUE",), Benefit.AEEH: ("DUE", "REFUSED")}
IS_HELD = pl.col("outcome") == "HELD"
ZERO = pl.lit(0, dtype=pl.Int64)


def awards_of(run: Run, decided: pl.DataFrame) -> pl.DataFrame:
    """The awards of `run` for the families `decided` of (columns of deciding.DECIDED)."""
    kind = kind_of(run)
    families = decided["family"].to_list()
    known = settled_of(kind, run.month, families) if run.ordinal > 1 else pl.DataFrame(schema=SETTLED)
    settled = _settled(_with_what_is_due_again(_beside(decided, known, run.day), run), run)
    return settled.filter(pl.col("is_news") | (pl.col("released_cents") > 0)).with_columns(
        run_id=pl.lit(run.pk), benefit=pl.lit(kind.benefit.value), month=pl.lit(run.month)
    )


def _beside(decided: pl.DataFrame, known: pl.DataFrame, day: date) -> pl.DataFrame:
    """Beside what issued runs said. `is_news`: not what the last one said of the family already; that no decision names it is
    news of those alone of which something was said."""
    joined = with_holds(decided.join(known, on="family", how="left", maintain_order="left"), day)
    same = (
        (pl.col("last_gross_cents") == pl.col("gross_cents"))
        & (pl.col("last_net_cents") == pl.col("net_cents"))
        & (pl.col("last_refusal") == pl.col("refusal"))
        & ((pl.col("last_status") == "HELD") == IS_HELD)
    )
    nobody = pl.col("last_status").is_null() & (pl.col("refusal") == NO_DECISION)
    return joined.with_columns(
        *(pl.col(name).fill_null(0) for name in MOVED), is_news=~(same.fill_null(value=False) | nobody)
    )


def with_holds(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """A fall that rests on a fact that lacks (a child not received, a class not told) takes nothing back: the family waits.
    So it does while the threshold of `day` is not known, by which what was paid in excess is a debt or is given up."""
    falls = ~IS_HELD & (pl.col("net_cents") < pl.col("already_cents").fill_null(0))
    lacks = falls & (pl.col("outcome") == "DUE") & pl.col("refusal").is_in(sorted(WAITING))
    places = rows.filter(falls)["territory"].unique().to_list()
    unknown = falls & ~lacks & pl.col("territory").is_in([one for one in places if not is_threshold_known(day, one)])
    return rows.with_columns(
        outcome=pl.when(lacks | unknown).then(pl.lit("HELD")).otherwise("outcome"),
        refusal=pl.when(unknown).then(pl.lit(NO_PARAMETER)).otherwise("refusal"),
    )


def _with_what_is_due_again(rows: pl.DataFrame, run: Run) -> pl.DataFrame:
    """What of a rise the family has already, noted in excess by an earlier correction, counts as settled."""
    rising = rows.filter(
        ~IS_HELD & (pl.col("already_cents") < pl.col("net_cents")) & pl.col("last_status").is_not_null()
    )

    def facts_of(families: Sequence[str]) -> dict[str, Facts]:
        told = rising.filter(pl.col("family").is_in(families)).select("family", "facts")
        return {family: json.loads(facts) for family, facts in told.iter_rows()}

    parts = parts_of(run, rising.select("family", "net_cents", settled_cents="already_cents"), facts_of)
    again = parts.group_by("family").agg(due_again_cents=pl.col("amount_cents").sum())
    joined = rows.join(again, on="family", how="left", maintain_order="left").with_columns(
        pl.col("due_again_cents").fill_null(0)
    )
    return joined.with_columns(already_cents=pl.col("already_cents") + pl.col("due_again_cents"))


def _settled(rows: pl.DataFrame, run: Run) -> pl.DataFrame:
    """How what each award adds leaves, with small sums and earlier debts, and what a fall takes back."""
    zero = pl.when(IS_HELD).then(ZERO)
    found = rows.with_columns(
        rise_cents=zero.otherwise(pl.max_horizontal(pl.col("net_cents") - pl.col("already_cents"), ZERO)),
        excess_cents=zero.otherwise(pl.max_horizontal(pl.col("already_cents") - pl.col("net_cents"), ZERO)),
        gross_change_cents=zero.otherwise(pl.col("gross_cents") - pl.col("old_gross_cents")),
        crds_change_cents=zero.otherwise(pl.col("crds_cents") - pl.col("old_crds_cents")),
    )
    # A fall takes back and releases nothing: what waits may be what it takes.
    benefit = kind_of(run).benefit
    moving = found.filter(pl.col("outcome").is_in(LEAVES[benefit]) & (pl.col("excess_cents") == 0))
    due = moving.select("fund", "beneficiary_no", "due_again_cents", net_cents="rise_cents", whole_cents="net_cents")
    left = apply(due, run_pk=run.pk, benefit=benefit, day=due_day(run)).drop(*due.columns[2:])
    joined = found.join(left, on=["fund", "beneficiary_no"], how="left", maintain_order="left")
    paid = pl.when(pl.col("outcome") == "DUE").then(pl.lit("PAID")).otherwise("outcome")
    status = pl.coalesce("status", paid)
    kept = joined.with_columns(pl.col("released_cents", "recovered_cents", "paid_cents").fill_null(0), status=status)
    aside = {name: pl.when(pl.col("status") == code).then("rise_cents").otherwise(ZERO)
             for name, code in (("put_aside", "DEFERRED"), ("given_up", "WAIVED"))}  # fmt: skip
    return kept.with_columns(
        put_aside_cents=aside["put_aside"] - pl.col("released_cents"), given_up_cents=aside["given_up"]
    )


def due_day(run: Run) -> date:
    """The day whose threshold and choices of the funds count: that of the payment, the month of the right for the AEEH."""
    return day_kept(run, "paid_on")


def digest_of(awards: pl.DataFrame) -> str:
    """SHA-256 of what was decided, in the order of funds and numbers."""
    content = awards.select(DIGESTED).sort("fund", "beneficiary_no").write_csv()
    return hashlib.sha256(content.encode()).hexdigest()


def totals_of(awards: pl.DataFrame) -> dict[str, Any]:
    """Counts and cents of a slice, as they add up over a run."""
    summed = ("gross_cents", "crds_cents", "net_cents", "exceptional_cents", "released_cents", "recovered_cents",
              "paid_cents", *CHANGES)  # fmt: skip
    reduced = awards.filter("is_differential")
    return {
        "families": awards.height,
        "sums": {name: int(awards[name].sum()) for name in summed},
        "statuses": _grouped(awards, "status"),
        "territories": _grouped(awards, "territory"),
        "reasons": _reasons(awards),
        "differential": {"families": reduced.height, "cents": int(reduced["net_cents"].sum())},
        "payouts": int((awards["paid_cents"] > 0).sum()),
        "excesses": int((awards["excess_cents"] > 0).sum()),
    }


def _grouped(awards: pl.DataFrame, name: str) -> dict[str, dict[str, int]]:
    counted = awards.group_by(name).agg(
        families=pl.len(), net=pl.col("net_cents").sum(), paid=pl.col("paid_cents").sum()
    )
    return {
        row[name]: {"families": row["families"], "net_cents": row["net"], "paid_cents": row["paid"]}
        for row in counted.sort(name).to_dicts()
    }


def _reasons(awards: pl.DataFrame) -> dict[str, dict[str, int]]:
    """By status, then by code."""
    found: dict[str, dict[str, int]] = {}
    for status, code, families in (
        awards.filter(pl.col("refusal") != "").group_by("status", "refusal").len().iter_rows()
    ):
        found.setdefault(status, {})[code] = families
    return found
