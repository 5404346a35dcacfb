"""Transition supplement of the 2025 reform (*complément différentiel*: loi 2022-1616, art. 86, VII; décret 2025-515).

A household that the reform makes worse off keeps the difference: the average of what was due for March, April and May
2025, less the average of what regime B gives for the same declarations. Averages are the sum ÷ 3, even with two months
declared. Money in cents, hours in hundredths. The 90 % limit of each declaration is in `cmg.rules.regime_b`.
"""

import sys
from datetime import date

import polars as pl

from cmg.rules.eligibility import month_number
from cmg.rules.figures import REGIME_B_FROM, TRANSITION, figures_on
from cmg.rules.month import STEPS_B, figures_for, ready_facts
from cmg.rules.refusals import TRANSITION as ARTICLE
from cmg.rules.scale_a import resource_ceiling
from portal.legislation.engine import Expr, Step, at_least, compute, literal, round_half_up, step, steps_of
from portal.legislation.parameters import Parameters

MONTHS = (date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1))


@step(ARTICLE, label="Trois ans passés au 1er septembre 2025", unit="flag")
def is_over_three(birth_day: Expr, reform_day: Expr) -> Expr:
    """The third birthday falls before the reform. Days are written YYYYMMDD, a year being 10 000."""
    return birth_day + literal(30_000) < reform_day


@step(ARTICLE, label="Enfant ouvrant le complément", unit="flag")
def is_opening_child(birth_day: Expr, reform_day: Expr, age_limit: Expr, excluded_birth_year: Expr) -> Expr:
    """Under six on 1 September 2025 and, uncertain, not born in 2022."""
    return (birth_day + age_limit * 10_000 > reform_day) & (birth_day // 10_000 != excluded_birth_year)


@step(ARTICLE, label="Premier mois sans complément, en mois depuis l’an 0", unit="index")
def end_month_index(birth_day: Expr, is_over_three: Expr, end_month_under_three: Expr) -> Expr:
    """Uncertain: under three at the reform, September of the year of the third birthday; else the month after the sixth.

    The legal maximum of four years is never reached.
    """
    year, month = birth_day // 10_000, birth_day // 100 % 100
    older = (year + 6) * 12 + month
    younger = (year + 3) * 12 + end_month_under_three - 1
    return pl.when(is_over_three).then(older).otherwise(younger)


@step(ARTICLE, label="Moyenne du CMG dû de mars à mai 2025")
def old_average_cents(due_cents: Expr) -> Expr:
    return round_half_up(due_cents, len(MONTHS))


@step(ARTICLE, label="Moyenne du CMG recalculé selon la réforme")
def new_average_cents(recomputed_cents: Expr) -> Expr:
    return round_half_up(recomputed_cents, len(MONTHS))


@step("CSS D. 531-18, 3°", label="Plafond de ressources du complément, en centimes")
def transition_ceiling_cents(
    dependent_children: Expr, isolated_parent: Expr, isolated_ceiling_factor: Expr, upper_one: Expr, upper_two: Expr,
    upper_extra: Expr,
) -> Expr:  # fmt: skip
    """The upper ceiling of 2025 for the size of the family, raised by 40 % for a person alone."""
    return resource_ceiling(
        dependent_children, isolated_parent, upper_one, upper_two, upper_extra, isolated_ceiling_factor
    )


@step(ARTICLE, label="Minimum mensuel moyen d’heures chez une assistante maternelle, en centièmes", unit="index")
def childminder_hours_min(
    children_with_childminder: Expr, has_child_over_three: Expr, hours_one_under_three: Expr,
    hours_one_over_three: Expr, hours_several_under_three: Expr, hours_several_one_over_three: Expr,
) -> Expr:  # fmt: skip
    one = pl.when(has_child_over_three).then(hours_one_over_three).otherwise(hours_one_under_three)
    several = pl.when(has_child_over_three).then(hours_several_one_over_three).otherwise(hours_several_under_three)
    return pl.when(children_with_childminder > 1).then(several).otherwise(one)


@step(ARTICLE, label="Minimum d’heures atteint dans l’un des modes", unit="flag")
def has_enough_hours(
    childminder_hours: Expr, home_hours: Expr, childminder_hours_min: Expr, hours_home_employee: Expr
) -> Expr:
    """The sums of the three months against three times the minimum: the average is never rounded."""
    return (childminder_hours >= childminder_hours_min * len(MONTHS)) | (
        home_hours >= hours_home_employee * len(MONTHS)
    )


@step(ARTICLE, label="Motif de refus du complément différentiel", unit="text")
def transition_refusal(
    missing_fact: Expr, months_declared: Expr, months_min: Expr, due_cents: Expr, has_opening_child: Expr,
    annual_resources: Expr, transition_ceiling_cents: Expr, has_enough_hours: Expr, old_average_cents: Expr,
    new_average_cents: Expr,
) -> Expr:  # fmt: skip
    """All conditions are needed; the first that fails is told. A fact that is missing refuses by its own name."""
    return (
        pl.when(missing_fact.is_not_null())
        .then(missing_fact)
        .when(months_declared < months_min)
        .then(pl.lit("cmg.transition_too_few_months"))
        .when(due_cents == 0)
        .then(pl.lit("cmg.transition_no_cmg"))
        .when(~has_opening_child)
        .then(pl.lit("cmg.transition_no_child"))
        .when(annual_resources * 100 > transition_ceiling_cents)
        .then(pl.lit("cmg.transition_above_ceiling"))
        .when(~has_enough_hours)
        .then(pl.lit("cmg.transition_too_few_hours"))
        .when(new_average_cents >= old_average_cents)
        .then(pl.lit("cmg.transition_not_worse_off"))
    )


@step(ARTICLE, label="Complément différentiel mensuel")
def transition_supplement_cents(transition_refusal: Expr, old_average_cents: Expr, new_average_cents: Expr) -> Expr:
    difference = at_least(0, old_average_cents - new_average_cents)
    return pl.when(transition_refusal.is_null()).then(difference).otherwise(literal(0))


STEPS: dict[str, Step] = steps_of(sys.modules[__name__])
OF_A_CHILD = {name: STEPS[name] for name in ("is_over_three", "is_opening_child", "end_month_index")}
OF_A_HOUSEHOLD = {name: one for name, one in STEPS.items() if name not in OF_A_CHILD}


def decide_transition(declarations: pl.DataFrame, *, parameters: Parameters) -> pl.DataFrame:
    """One row per `pool_key`: the averages, the conditions, `transition_refusal`, the monthly supplement and its end.

    `declarations` are those of March, April and May 2025: the columns of `cmg.rules.month.settle` (pool_key never
    null), and `care_month` (its first day), `due_part_b_cents` (what was really due). Resources and family are those
    of the last month declared. Raises FactOutOfBounds.
    """
    figures = figures_on(TRANSITION, REGIME_B_FROM, parameters)
    figures["reform_day"] = REGIME_B_FROM.year * 10_000 + REGIME_B_FROM.month * 100 + REGIME_B_FROM.day
    recomputed = _in_regime_b(declarations, parameters)
    children = _children(recomputed, figures)
    households = _households(recomputed).join(children, on="pool_key", how="left")
    return compute(households, OF_A_HOUSEHOLD, figures).sort("pool_key")


def _in_regime_b(declarations: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """The declarations with the steps of regime B at the figures of the reform, ages being those of the care month."""
    figures = figures_for(REGIME_B_FROM, parameters)
    del figures["month_index"]
    ready = ready_facts(declarations, "due_part_b_cents").with_columns(
        month_index=pl.col("care_month").replace_strict(MONTHS, [month_number(month) for month in MONTHS])
    )
    return compute(ready, STEPS_B, figures)


def _children(declarations: pl.DataFrame, figures: dict[str, int | bool]) -> pl.DataFrame:
    """Per household: if and until when a child opens the supplement; how many a childminder keeps, one over three."""
    born = declarations.explode("child_birth_dates").with_columns(
        birth_day=pl.col("child_birth_dates").dt.to_string("%Y%m%d").cast(pl.Int64)
    )
    with_childminder = pl.col("is_childminder")
    return (
        compute(born, OF_A_CHILD, figures)
        .group_by("pool_key")
        .agg(
            has_opening_child=pl.col("is_opening_child").any(),
            end_month_index=pl.col("end_month_index").filter("is_opening_child").max(),
            children_with_childminder=pl.col("child_id").filter(with_childminder).n_unique().cast(pl.Int64),
            has_child_over_three=pl.col("is_over_three").filter(with_childminder).any(),
        )
    )


def _households(declarations: pl.DataFrame) -> pl.DataFrame:
    """Per household: the sums over the three months, and the family as last declared."""
    hours, childminder = pl.col("hours_hundredths").fill_null(0), pl.col("is_childminder")
    family = ("annual_resources", "dependent_children", "isolated_parent")
    return (
        declarations.sort("care_month")
        .group_by("pool_key", maintain_order=True)
        .agg(
            pl.col(family).last(),
            months_declared=pl.col("care_month").n_unique().cast(pl.Int64),
            due_cents=pl.col("due_part_b_cents").sum(),
            recomputed_cents=pl.col("part_b_cents").sum(),
            childminder_hours=hours.filter(childminder).sum(),
            home_hours=hours.filter(~childminder).sum(),
            missing_fact=pl.col("refusal").filter(pl.col("refusal").str.starts_with("cmg.missing_")).first(),
        )
    )
