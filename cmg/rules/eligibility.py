"""Age of the child and conditions of the right (CSS L. 531-5 IV, D. 531-18-1, L. 531-9, R. 552-3).

A birthday takes effect on the first day of the following month: the month of the birthday is still in the younger band.
"""

from datetime import date

import polars as pl

from portal.legislation.engine import Expr, step


@step("CSS R. 552-3", label="Âge du plus jeune enfant, en mois à compter du mois de naissance", unit="index")
def age_in_months(birth_month: Expr, month_index: Expr) -> Expr:
    """Whole months between the month of birth and the care month; never negative in the bands that follow."""
    return month_index - birth_month


@step("CSS D. 531-18-1", label="Enfant sous l’âge limite", unit="flag")
def is_under_age_limit(age_in_months: Expr, isolated_parent: Expr, age_limit: Expr, age_limit_isolated: Expr) -> Expr:
    limit = pl.when(isolated_parent).then(age_limit_isolated).otherwise(age_limit)
    return age_in_months <= limit * 12


@step("CSS L. 531-5, IV", label="Moins de trois ans pour le plafond de cotisations", unit="flag")
def is_under_three(age_in_months: Expr) -> Expr:
    return age_in_months <= 36


@step("CSS L. 531-5 ; L. 531-9 ; L. 553-1", label="Motif de refus du droit", unit="text")
def right_refusal(
    has_right: Expr, is_under_age_limit: Expr, claimed_too_late: Expr, prepare: Expr, territory: Expr
) -> Expr:  # fmt: skip
    """The first reason for which there is no CMG whatever the amounts; null when there is a right."""
    return (
        pl.when(territory == "MAYOTTE")
        .then(pl.lit("cmg.mayotte"))
        .when(~has_right)
        .then(pl.lit("cmg.no_right"))
        .when(~is_under_age_limit)
        .then(pl.lit("cmg.age_limit_passed"))
        .when(claimed_too_late)
        .then(pl.lit("cmg.time_barred"))
        .when(prepare == "FULL")
        .then(pl.lit("cmg.full_parental_leave"))
    )


def month_of(day: Expr) -> Expr:
    """`month_number` of a column of dates."""
    return day.dt.year().cast(pl.Int64) * 12 + day.dt.month().cast(pl.Int64) - 1


def month_number(day: date) -> int:
    """Months since year 0, to subtract months."""
    return day.year * 12 + day.month - 1
