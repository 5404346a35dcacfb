"""A synthetic population as flow files: families, their rights on both sides, their declarations, seeded anomalies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl

from cmg.population import demo as demo_people
from cmg.population import lots
from cmg.population.anomalies import SPOIL
from cmg.population.bundle import Bundle, clean, joined
from cmg.population.plan import Month, allocate, plan
from cmg.population.writing import Population
from portal.invented.draws import Draws

AUVERGNE = ("CAF03", "CAF15", "CAF43", "CAF63", "MSA63")
"""The funds of the demonstration."""
DEFAULT_RATE = Fraction(35, 1000)
FIRST_LOT = 116
BATCH_FAMILIES = 60_000
DECLARING_DAY, DECLARING_DAYS = 25, 11
FIRST_MONTH = date(2019, 6, 1)


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written: rows per kind, declarations expected per anomaly code, files in order, files kept for later."""

    families: int
    rows: dict[str, int]
    expected: dict[str, int]
    files: tuple[Path, ...]
    late: tuple[Path, ...]


def generate(
    families: int,
    seed: int,
    out: Path,
    *,
    anomaly_rate: Fraction | Decimal | str = DEFAULT_RATE,
    care_month: date = date(2026, 10, 1),
    region: Sequence[str] | None = None,
    demo: bool = False,
    missing_lot: str | None = None,
    wrong_sum: str | None = None,
    first_lot: int = FIRST_LOT,
    declaring_days: int | None = None,
) -> Summary:
    """Write a month of a population of so many families to the folder `out`, the same for the same arguments.

    `anomaly_rate` is the share of families that bear an anomaly; `care_month` any first day of a month from June 2019;
    `region` the funds to draw from, all of France by default. `demo` adds the family of the demonstration and has
    everybody declare on the 25th, unless `declaring_days` says over how many days from then. The rights of the fund
    `missing_lot` come in three lots, whose second is written to `out/late` (CMG-026); those of `wrong_sum` too, and the
    second lot's manifest is wrong by one euro (CMG-027).
    Lots are numbered from `first_lot` for each sender and kind.

    Raises ValueError for arguments outside these bounds, UnknownFund for a code that is none.
    """
    if families < 1:
        raise ValueError("a population has at least one family")
    if care_month.day != 1 or care_month < FIRST_MONTH:
        raise ValueError("the care month is the first day of a month, from June 2019")
    draws = Draws(seed)
    days = declaring_days or (1 if demo else DECLARING_DAYS)
    month = Month(care_month, care_month.replace(day=DECLARING_DAY), days)
    shares = allocate(families, region)
    _check_funds(shares, demo, missing_lot, wrong_sum)
    population = Population(Path(out), month, first_lot, missing_lot, wrong_sum)
    for batch in _batches(plan(shares, draws, Fraction(anomaly_rate), month)):
        population.write(_batch(batch, draws, month, demo, missing_lot, wrong_sum))
    rows, files, late = population.close()
    return Summary(families, rows, population.expected, files, late)


def _check_funds(shares: dict[str, int], demo: bool, missing_lot: str | None, wrong_sum: str | None) -> None:
    needed = {fund for fund in (missing_lot, wrong_sum) if fund is not None} | (demo_people.FUNDS if demo else set())
    absent = sorted(needed - shares.keys())
    if absent:
        raise ValueError(f"no family lives in {', '.join(absent)}")
    if missing_lot is not None and missing_lot == wrong_sum:
        raise ValueError("one fund's lot is either missing or wrong")


def _batches(families_plan: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The plan by groups of whole funds."""
    sizes = families_plan.group_by("fund", maintain_order=True).len()
    group = (sizes["len"].cum_sum() - sizes["len"]) // BATCH_FAMILIES
    groups = sizes.select("fund", group=group)
    for part in families_plan.join(groups, on="fund", maintain_order="left").partition_by("group"):
        yield part.drop("group")


def _batch(
    batch: pl.DataFrame, draws: Draws, month: Month, demo: bool, missing_lot: str | None, wrong_sum: str | None
) -> Bundle:
    whole = clean(batch, draws, month)
    bundles = [whole.filter(pl.col("seeded").is_null())]
    for code, spoil in SPOIL.items():
        touched = whole.filter(pl.col("seeded") == code)
        if touched.accounts.height:
            bundles.append(spoil(touched, draws, month))
    funds = set(batch["fund"].unique())
    if demo:
        bundles.extend(demo_people.families(month, funds))
    bundle = lots.single_lot(joined(bundles))
    for fund, code in ((missing_lot, "CMG-026"), (wrong_sum, "CMG-027")):
        if fund is not None and fund in funds:
            bundle = lots.set_apart(bundle, fund, code, month)
    return lots.numbered(bundle)
