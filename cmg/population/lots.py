"""The messages of a fund: their numbers, and the lots in which they are sent."""

from dataclasses import replace
from datetime import timedelta

import polars as pl

from cmg.population.bundle import Bundle
from cmg.population.plan import ORDINARY, Month
from cmg.population.rights import BOTH_SIDES

FIRST_MESSAGE = 5001
SMALL_LOT_FAMILIES = 9
SMALL_LOT_BEFORE = timedelta(days=200)
EARLIER, SMALL, LATER = 0, 1, 2


def single_lot(bundle: Bundle) -> Bundle:
    """Every right in its fund's only lot."""
    return bundle.with_rights(lot=pl.lit(EARLIER))


def set_apart(bundle: Bundle, fund: str, code: str, month: Month) -> Bundle:
    """Split the fund's rights in three lots, the middle one holding a few clean families, whose anomaly `code` becomes.

    They are families of one declaration, whose rights were decided the same day.
    Raises ValueError if the fund has no such families.
    """
    families = _plain_families(bundle, fund)
    if families.is_empty():
        raise ValueError(f"{fund} is too small for three lots")
    is_chosen = pl.col("family").is_in(families.implode())
    middle = pl.lit(month.care_month).cast(pl.Datetime("us")) - SMALL_LOT_BEFORE
    bundle = bundle.with_rights(
        decided_at=pl.when(is_chosen).then(middle + pl.duration(hours=9)).otherwise("decided_at"),
        received_at=pl.when(is_chosen).then(middle + pl.duration(hours=33)).otherwise("received_at"),
    ).with_rights(
        lot=pl.when(pl.col("fund") != fund)
        .then("lot")
        .when(is_chosen)
        .then(SMALL)
        .when(pl.col("decided_at") < middle)
        .then(EARLIER)
        .otherwise(LATER)
    )
    declarations = bundle.declarations.with_columns(
        hit=pl.col("hit") | is_chosen, seeded=pl.when(is_chosen).then(pl.lit(code)).otherwise("seeded")
    )
    return replace(bundle, declarations=declarations)


def _plain_families(bundle: Bundle, fund: str) -> pl.Series:
    clean = bundle.declarations.filter(
        pl.col("fund") == fund,
        pl.col("seeded").is_null(),
        pl.col("kind") == ORDINARY,
        ~pl.col("is_paired"),
        ~pl.col("place").is_in([0, 2]),
    )
    single = clean.group_by("family", maintain_order=True).len().filter(pl.col("len") == 1)
    return single["family"].sort().head(SMALL_LOT_FAMILIES)


def numbered(bundle: Bundle) -> Bundle:
    """Give every message its number: consecutive in its fund, the same on both sides.

    What only Pajemploi holds bears the oldest numbers and what it lacks the newest, so that only a lost message
    leaves a hole in the middle of what Pajemploi received.
    """
    columns = ["fund", "right_no", "tier", "lot", "decided_at"]
    ours = bundle.rights_fund.select(columns)
    theirs = bundle.rights_pajemploi.select(columns).filter(pl.col("tier") < BOTH_SIDES)
    messages = (
        pl.concat([ours, theirs])
        .sort("fund", "tier", "lot", "decided_at", "right_no")
        .select("right_no", sequence_no=pl.int_range(pl.len()).over("fund") + FIRST_MESSAGE)
    )
    return replace(
        bundle,
        rights_fund=bundle.rights_fund.join(messages, on="right_no").sort("fund", "sequence_no"),
        rights_pajemploi=bundle.rights_pajemploi.join(messages, on="right_no").sort("fund", "sequence_no"),
    )
