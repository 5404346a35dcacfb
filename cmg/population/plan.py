"""Who lives where and what happens to whom: one row per family, before anything is written.

Families are numbered fund by fund, so that a fund's families follow each other. An anomaly, or a case that takes two
households, falls on a family of odd place in its fund; the family just before it is then its clean counterpart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl
from polars import Expr

from portal.fiction.draws import Draws
from portal.fiction.shares import shared_out, weight_of
from portal.organisations import directory

REGIME_B_FROM = date(2025, 9, 1)
SHARED_RESIDENCE_FROM = date(2025, 12, 1)
SMALLEST_SEEDED_FUND = 12
FAMILIES_PER_FUND = 40
MOST_FAMILIES = 950_000
HIGHEST_RATE = Fraction(2, 5)

ORDINARY, CLOSED, ENDED, NO_NUMBER = "ORDINARY", "CLOSED", "ENDED", "NO_NUMBER"
REFUSED, TOO_OLD, SHARED = "REFUSED", "TOO_OLD", "SHARED"
STRUCTURE, BOTH = "STRUCTURE", "BOTH"
KINDS = {ORDINARY: 941, STRUCTURE: 18, BOTH: 6, CLOSED: 8, ENDED: 6, NO_NUMBER: 6, REFUSED: 6, TOO_OLD: 6, SHARED: 3}
"""Situations of a clean family, per thousand. CLOSED to TOO_OLD have no right, on a positive decision of both sides."""

CODES = tuple(f"CMG-{n:03}" for n in (*range(1, 10), 11, 12, 13, 14, 15, 16, 18, 25, 26, 28, *range(31, 36), 38, 39))


@dataclass(frozen=True, slots=True)
class Month:
    """The month of care to write, and the days on which families declare."""

    care_month: date
    first_day: date
    days: int

    @property
    def index(self) -> int:
        """Months since year 0, so that months can be added."""
        return self.care_month.year * 12 + self.care_month.month - 1

    @property
    def is_regime_b(self) -> bool:
        return self.care_month >= REGIME_B_FROM

    @property
    def text(self) -> str:
        return f"{self.care_month:%Y-%m}"


def first_of(month_index: Expr) -> Expr:
    """The first day of the month so numbered (see Month.index)."""
    return pl.date(month_index // 12, month_index % 12 + 1, 1)


def allocate(families: int, region: Sequence[str] | None) -> dict[str, int]:
    """Families per fund, by largest remainder. Without a region: the largest funds of France, as many as can be lively.

    The CMG does not exist in Mayotte, so that its fund is never drawn.
    """
    funds = region or [f.code for f in directory.funds().values() if f.body != "URSSAF" and f.seat_departement != "976"]
    weights = {code: weight_of(code) for code in funds}
    if region is None:
        kept = sorted(funds, key=weights.__getitem__, reverse=True)[: max(1, families // FAMILIES_PER_FUND)]
        weights = {code: weights[code] for code in funds if code in kept}
    return shared_out(families, weights)


def _places(shares: dict[str, int]) -> pl.DataFrame:
    funds = pl.DataFrame(
        {"fund": list(shares), "fund_size": list(shares.values())}, schema={"fund": pl.String, "fund_size": pl.Int64}
    ).with_columns(fund_first=pl.col("fund_size").cum_sum() - pl.col("fund_size"))
    rows = funds.select("fund", "fund_size", "fund_first", place=pl.int_ranges(0, "fund_size")).explode("place")
    return rows.with_columns(family=pl.col("fund_first") + pl.col("place"))


def _former_funds(shares: dict[str, int]) -> pl.DataFrame:
    """For each fund, the Caf its movers came from: the next of the region, or one of Paris or Lyon."""
    cafs = [code for code in shares if code.startswith("CAF")]
    ring = cafs if len(cafs) > 1 else ["CAF69", "CAF75"]
    following = dict(zip(ring, [*ring[1:], ring[0]], strict=True))
    return pl.DataFrame({"fund": list(shares), "former_fund": [following.get(code, ring[0]) for code in shares]})


def _seeded(places: pl.DataFrame, draws: Draws, wanted: int) -> pl.DataFrame:
    """The families that bear an anomaly, drawn among odd places, and their codes in turn."""
    drawn = (
        places.filter(pl.col("place") % 2 == 1, pl.col("fund_size") >= SMALLEST_SEEDED_FUND)
        .select("family", order=draws.word("seeded"))
        .sort("order")
        .head(wanted)
        .with_row_index("rank")
    )
    return drawn.select("family", seeded=pl.lit(pl.Series(CODES)).gather(pl.col("rank") % len(CODES)))


def plan(shares: dict[str, int], draws: Draws, anomaly_rate: Fraction, month: Month) -> pl.DataFrame:
    """One row per family: `family, fund, fund_size, fund_first, place, kind, seeded, variant, twin_of, is_partner, …`.

    `seeded` is the anomaly's code or null; `variant` (0 to 5) tells its forms apart; `twin_of` is the family whose
    child, number or person this one shares, and `is_partner` marks that other family.
    Raises ValueError for a rate outside 0 … 2/5 or more families than there are identities.
    """
    families = sum(shares.values())
    if not 0 <= anomaly_rate <= HIGHEST_RATE:
        raise ValueError(f"the anomaly rate must be between 0 and {HIGHEST_RATE}")
    if families > MOST_FAMILIES:
        raise ValueError(f"there are identities for at most {MOST_FAMILIES} families")
    wanted = int(families * anomaly_rate + Fraction(1, 2))
    places = _places(shares)
    rows = places.join(_former_funds(shares), on="fund", maintain_order="left")
    rows = rows.join(_seeded(places, draws, wanted), on="family", how="left", maintain_order="left")
    return _paired(rows.with_columns(variant=draws.below("variant", 6), kind=_kind(draws, month)))


def _kind(draws: Draws, month: Month) -> Expr:
    drawn = draws.weighted("kind", KINDS)
    can_share = pl.lit(month.care_month >= SHARED_RESIDENCE_FROM) & (pl.col("place") % 2 == 1)
    is_plain = pl.col("seeded").is_not_null() | ((drawn == SHARED) & ~can_share)
    return pl.when(is_plain).then(pl.lit(ORDINARY)).otherwise(drawn)


def _paired(rows: pl.DataFrame) -> pl.DataFrame:
    """Mark the pairs, and keep the counterpart of each, and the ends of each fund's numbers, ordinary."""
    needs_twin = (
        pl.col("seeded").is_in(["CMG-015", "CMG-016"])
        | ((pl.col("seeded") == "CMG-013") & (pl.col("variant") % 2 == 0))
        | (pl.col("kind") == SHARED)
    ).fill_null(value=False)
    rows = rows.with_columns(twin_of=pl.when(needs_twin).then(pl.col("family") - 1))
    follower = pl.col("twin_of").shift(-1).is_not_null()
    rows = rows.with_columns(
        is_partner=follower.fill_null(value=False),
        shared=((pl.col("kind") == SHARED) | (pl.col("kind").shift(-1) == SHARED)).fill_null(value=False),
        shares_number=((pl.col("seeded").shift(-1) == "CMG-013") & follower).fill_null(value=False),
    )
    is_anchor = pl.col("place").is_in([0, 2])
    return rows.with_columns(
        kind=pl.when(pl.col("is_partner") | is_anchor).then(pl.lit(ORDINARY)).otherwise("kind"),
        # Of two persons under one number, neither can be told right.
        seeded=pl.when("shares_number").then(pl.lit("CMG-013")).otherwise("seeded"),
    )
