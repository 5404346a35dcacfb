"""CMG, direct employment, care until August 2025 (CSS D. 531-17, D. 531-18): part (a) and the bounds of part (b)."""

import polars as pl

from cmg.rules.figures import MILLION
from cmg.rules.scale_a import percent_of
from portal.legislation.engine import Expr, at_least, at_most, literal, round_half_up, step


@step("CSS D. 531-18", label="Pourcentage de la BMAF, en centièmes de pour cent", unit="index")
def bmaf_percent(
    bracket_index: Expr, is_full_amount: Expr, pct_max: Expr, pct_mid: Expr, pct_min: Expr,
    half_pct_max: Expr, half_pct_mid: Expr, half_pct_min: Expr,
) -> Expr:  # fmt: skip
    return percent_of(
        bracket_index, is_full_amount, (pct_max, pct_mid, pct_min), (half_pct_max, half_pct_mid, half_pct_min)
    )


@step("CSS D. 531-17, I", label="Salaire brut par jour de garde")
def daily_gross_cents(gross_cents: Expr, days: Expr) -> Expr:
    """Null without a paid day."""
    return pl.when(days > 0).then(round_half_up(gross_cents, pl.when(days > 0).then(days).otherwise(literal(1))))


@step("CSS D. 531-17, I", label="Plafond journalier (cinq SMIC horaires)")
def daily_cap_cents(smic: Expr, daily_cap_multiple: Expr) -> Expr:
    return smic * daily_cap_multiple


@step("CSS D. 531-17 ; D. 531-18", label="Motif de refus des montants", unit="text")
def refusal(
    right_refusal: Expr, is_childminder: Expr, daily_gross_cents: Expr, daily_cap_cents: Expr, days: Expr,
    hours_hundredths: Expr, annual_resources: Expr, dependent_children: Expr, gross_cents: Expr,
) -> Expr:  # fmt: skip
    """A missing fact refuses by name instead of counting for zero; one cent above the daily cap takes both parts."""
    return (
        pl.when(right_refusal.is_not_null())
        .then(right_refusal)
        .when(annual_resources.is_null() | dependent_children.is_null())
        .then(pl.lit("cmg.missing_resources"))
        .when(is_childminder & (gross_cents > 0) & (days.is_null() | (days == 0)))
        .then(pl.lit("cmg.missing_days"))
        .when(~is_childminder & hours_hundredths.is_null())
        .then(pl.lit("cmg.missing_hours"))
        .when(is_childminder & (daily_gross_cents > daily_cap_cents))
        .then(pl.lit("cmg.daily_cap_exceeded"))
    )


@step("CSS D. 531-17, III", label="Plafond mensuel de cotisations")
def contribution_cap_cents(is_full_amount: Expr, home_cap: Expr, home_cap_reduced: Expr) -> Expr:
    return pl.when(is_full_amount).then(home_cap).otherwise(home_cap_reduced)


@step("CSS D. 531-17", label="Cotisations prises en charge, part (a)")
def part_a_cents(
    refusal: Expr, is_childminder: Expr, contributions_cents: Expr, deduction_cents: Expr, home_share: Expr,
    contribution_cap_cents: Expr,
) -> Expr:  # fmt: skip
    """The whole for a childminder; half of what the deduction leaves, up to the cap, for a home employee."""
    left = at_least(0, contributions_cents - deduction_cents)
    half = at_most(contribution_cap_cents, round_half_up(left * home_share, MILLION))
    given = pl.when(is_childminder).then(contributions_cents).otherwise(half)
    return pl.when(refusal.is_null()).then(given).otherwise(literal(0))


@step("CSS D. 531-18, 1°", label="85 % du salaire net et de l’entretien")
def share_of_cost_cents(
    refusal: Expr, net_salary_cents: Expr, maintenance_allowance_cents: Expr, share_of_cost: Expr
) -> Expr:
    share = round_half_up((net_salary_cents + maintenance_allowance_cents) * share_of_cost, MILLION)
    return pl.when(refusal.is_null()).then(share).otherwise(literal(0))
