"""The dated figures that a month is closed with, read once from the parameters."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import polars as pl

from cmg.reconciliation.detections import Scale
from cmg.reconciliation.history import HistoryRules
from cmg.reconciliation.sides import next_month
from cmg.rules.figures import cmg_parameters

REGIME_B_FROM = date(2025, 9, 1)
OVERSEAS = ("971", "972", "973", "974", "977", "978")
MAYOTTE = "976"


@dataclass(frozen=True)
class MonthFigures:
    """Everything dated that the closing of one care month reads."""

    parameters: Any
    regime: str
    scale: Scale
    history: HistoryRules
    all_in_one_until: date
    hold_business_days: int

    def territory(self, fund: pl.Expr) -> pl.Expr:
        """METROPOLE, OVERSEAS or MAYOTTE, from the number that ends a fund's code."""
        number = fund.str.slice(3)
        return (
            pl.when(number == MAYOTTE)
            .then(pl.lit("MAYOTTE"))
            .when(number.is_in(OVERSEAS))
            .then(pl.lit("OVERSEAS"))
            .otherwise(pl.lit("METROPOLE"))
        )


@cache
def figures_of(month: date) -> MonthFigures:
    """The figures in force in `month` (first day). Raises NoParameterInForce."""
    parameters = cmg_parameters()

    def value(key: str) -> Any:
        return parameters.value(key, month)

    regime = "B" if month >= REGIME_B_FROM else "A"

    def ceilings(level: str) -> tuple[int, int, int] | None:
        if regime == "B":
            return None
        names = ("one_child", "two_children", "per_extra_child")
        one, two, extra = (int(value(f"regime_a.{level}_ceiling.{name}")) for name in names)
        return one, two, extra

    scale = Scale(
        month=month,
        regime=regime,
        age_limit=int(value("age_limit.general")),
        age_limit_isolated=int(value("age_limit.isolated_parent_direct")),
        lower_ceilings=ceilings("lower"),
        upper_ceilings=ceilings("upper"),
        isolated_ceiling_percent=int(value("regime_a.isolated_parent_ceiling_factor") * 100) if regime == "A" else 100,
        late_business_days=int(value("policy.late_right_business_days")),
        shared_residence_allowed=regime == "B" and bool(value("regime_b.shared_custody_both_parents")),
    )
    history = HistoryRules(
        jump_factor=int(value("policy.jump_factor")),
        jump_floor_cents=int(value("policy.jump_floor") * 100),
        jump_months_min=int(value("policy.jump_months_min")),
        first_debit_months=int(value("policy.first_debit_months")),
    )
    return MonthFigures(
        parameters=parameters,
        regime=regime,
        scale=scale,
        history=history,
        all_in_one_until=next_month(month).replace(day=int(value("cycle.pajemploi_plus_cutoff_day"))),
        hold_business_days=int(value("policy.hold_business_days_max")),
    )
