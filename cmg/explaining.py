"""How an amount was computed: the steps with their articles, the figures with their dates and sources."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from cmg.chapters import Chapter, UsedFigure, chapters_of
from cmg.closing.verifying import rebuilt_facts, stored_family
from cmg.rules.figures import DIRECT_A, DIRECT_B, STRUCTURE, cmg_parameters, contribution_keys, regime_of
from cmg.rules.month import settle
from portal.legislation.engine import Step
from portal.legislation.parameters import Parameters
from portal.legislation.trace import figures_told, told

# What the rules derive from a figure and the month before any row is read -> the figure.
DERIVED = {
    "full_month": "regime_a.full_amount_until_31_august",
    "hours_min": "structure.min_hours_per_month",
    "withholding_tax_cents": "cycle.withholding_tax_in_debit",
}


def trace(settled: pl.DataFrame, steps: dict[str, Step], month: date) -> list[dict[str, Any]]:
    """One explanation per row: `steps` (name, label, value, unit, article), `parameters` (key, date, value, source)."""
    figures = _parameters_used(steps, month, cmg_parameters())
    return [{"steps": told(row, steps), "parameters": figures} for row in settled.iter_rows(named=True)]


def _parameters_used(steps: dict[str, Step], month: date, parameters: Parameters) -> list[dict[str, Any]]:
    structure = "share_of_invoice_cents" in steps
    table = STRUCTURE if structure else (DIRECT_A if regime_of(month) == "A" else DIRECT_B)
    needed = {need for one in steps.values() for need in one.needs}
    keys = {key for name, (key, _factor) in table.items() if name in needed}
    keys |= {key for name, key in DERIVED.items() if name in needed}
    if not structure:
        keys |= contribution_keys(month, parameters)
    return figures_told(keys, month, parameters)


@dataclass(frozen=True)
class Explained:
    """The explanation of one settlement: its chapters, its figures, and whether the trace gives the stored cents.

    `family` holds the facts of every declaration that shares its maxima, `row` what the rules gave of this one.
    """

    chapters: list[Chapter]
    figures: list[UsedFigure]
    row: dict[str, Any]
    family: pl.DataFrame
    agrees: bool


def explain(settlement: Any) -> Explained | None:
    """Recompute one settlement from its stored facts, with every declaration of its family where maxima are shared.

    None for a version that was replaced, cancelled or rejected: it bears no calculation.
    """
    stored = stored_family(settlement.run, settlement.employer_no)
    live = stored.filter(pl.col("status").is_in(["SETTLED", "HELD"]))
    if live.filter(pl.col("declaration_id") == settlement.declaration_id).is_empty():
        return None
    family = rebuilt_facts(live)
    row = settled_row(family, settlement.declaration_id, settlement.care_month)
    chapters, figures = chapters_of(row, settlement.care_month)
    names = ("contributions_cents", "part_a_cents", "part_b_cents", "offset_cents", "debit_cents", "payout_cents")
    agrees = all(row[name] == getattr(settlement, name) for name in names)
    return Explained(chapters, figures, row, family, agrees)


def settled_row(family: pl.DataFrame, declaration_id: int, month: date) -> dict[str, Any]:
    """Every column that the rules give of one declaration, settled with those of its family."""
    fresh = settle(family, care_month=month, parameters=cmg_parameters())
    row = fresh.row(by_predicate=pl.col("declaration_id") == declaration_id, named=True)
    return row | {"pool_before_cents": _pool_before(fresh, row)}


def _pool_before(fresh: pl.DataFrame, row: dict[str, Any]) -> int:
    """Regime A: what the declarations before this one took of the maximum that they share."""
    if "pool" not in fresh.columns:
        return 0
    earlier = fresh.filter((pl.col("pool") == row["pool"]) & (pl.col("declaration_no") < row["declaration_no"]))
    return int(earlier["share_of_cost_cents"].sum())
