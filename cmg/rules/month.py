"""The settlement of many declarations of one care month: the entry point of the monthly batch and of every screen.

A regime is a set of steps chosen by the care month; the old one stays as it was.
"""

from datetime import date

import polars as pl

from cmg.rules import contributions, eligibility, regime_a, regime_b, scale_a, settlement
from cmg.rules.eligibility import month_number, month_of
from cmg.rules.figures import DIRECT_A, DIRECT_B, contribution_rates, figures_on, regime_of
from cmg.rules.pooling import attribute, children_of_mixed, with_keys, with_maxima
from portal.legislation.engine import Step, check_facts, compute, steps_of
from portal.legislation.parameters import Parameters

STEPS_BEFORE_POOL = steps_of(contributions, eligibility, scale_a, regime_a)
STEPS_B = steps_of(contributions, eligibility, regime_b)
STEPS_AFTER = steps_of(settlement)
# What a child's own age changes in its maximum.
STEPS_OF_A_CHILD = steps_of(scale_a) | {
    name: STEPS_BEFORE_POOL[name] for name in ("age_in_months", "is_under_age_limit", "bmaf_percent")
}
# Facts of every declaration; amounts in cents, hours in hundredths, resources in whole euros a year.
NUMBERS = (
    "hours_hundredths", "specific_hours_hundredths", "days", "net_salary_cents", "maintenance_allowance_cents",
    "meal_allowance_cents", "terminal_indemnities_cents", "withholding_tax_cents", "transition_supplement_cents",
    "annual_resources", "dependent_children", "aeeh_children",
)  # fmt: skip


def steps_for(month: date) -> dict[str, Step]:
    """Every step of the regime of `month`, for the explanation of an amount."""
    return (STEPS_BEFORE_POOL if regime_of(month) == "A" else STEPS_B) | STEPS_AFTER


def figures_for(month: date, parameters: Parameters) -> dict[str, int | bool]:
    """The dated figures that the steps of `month` name, as integers. Raises NoParameterInForce."""
    table = DIRECT_A if regime_of(month) == "A" else DIRECT_B
    figures = figures_on(table, month, parameters) | contribution_rates(month, parameters)
    figures["month_index"] = month_number(month)
    if regime_of(month) == "A":
        figures["full_month"] = bool(figures.pop("full_until_august")) and month.month <= 8
    return figures


def settle(facts: pl.DataFrame, *, care_month: date, parameters: Parameters) -> pl.DataFrame:
    """`facts` with the columns of every step, one row per declaration, all of `care_month` (its first day).

    Columns needed: declaration_no, care_mode (CHILDMINDER or HOME_EMPLOYEE), child_id (ids joined by ``|``) and
    child_birth_dates (list of dates), the children who count in the same order, has_right, isolated_parent, aah, prepare, territory,
    all_in_one, pool_key (rows of one household, or null), and NUMBERS; `claimed_too_late` when it is (L. 553-1).
    `refusal` is null or a code of `cmg.rules.refusals`; the amounts of a refused right are zero, its contributions and
    deduction stay.

    Raises NoParameterInForce, or FactOutOfBounds.
    """
    figures = figures_for(care_month, parameters)
    ready = ready_facts(facts).with_columns(regime=pl.lit(regime_of(care_month)))
    if not parameters.value("cycle.withholding_tax_in_debit", care_month):
        # Nobody collected the employee's tax before 2020: a declared one is neither debited nor booked.
        ready = ready.with_columns(withholding_tax_cents=pl.lit(0, dtype=pl.Int64))
    settled = compute(ready, STEPS_B, figures) if regime_of(care_month) == "B" else _regime_a(ready, figures)
    return compute(settled, STEPS_AFTER, {})


def ready_facts(facts: pl.DataFrame, *more: str) -> pl.DataFrame:
    """`facts` as the steps want them: NUMBERS (and `more`) checked and on 64 bits, the youngest child's month of birth.

    Raises FactOutOfBounds.
    """
    numbers = [name for name in (*NUMBERS, *more) if name in facts.columns]
    check_facts(facts.select(numbers))
    if "claimed_too_late" not in facts.columns:
        facts = facts.with_columns(claimed_too_late=pl.lit(value=False))
    facts = facts.with_columns(pl.col("claimed_too_late").fill_null(value=False))
    return facts.with_columns(pl.col(numbers).cast(pl.Int64), birth_month=_youngest(pl.col("child_birth_dates")))


def _youngest(dates: pl.Expr) -> pl.Expr:
    """Month number of the youngest child's birth; a child without date counts as born in year 0, past every age."""
    return month_of(dates.list.max()).fill_null(0)


def _regime_a(ready: pl.DataFrame, figures: dict[str, int | bool]) -> pl.DataFrame:
    keyed = with_keys(compute(ready, STEPS_BEFORE_POOL, figures))
    pooled = attribute(with_maxima(keyed, _maxima_of_children(keyed, figures)))
    return pooled.drop("mixed", "children_maximum_cents").with_columns(
        supplement_cents=pl.lit(0, dtype=pl.Int64),
        crds_cents=pl.lit(0, dtype=pl.Int64),
    )


def _maxima_of_children(keyed: pl.DataFrame, figures: dict[str, int | bool]) -> pl.DataFrame:
    """The maximum of each child in the households that use several modes: its own age, not the youngest one's."""
    children = children_of_mixed(keyed).drop(STEPS_OF_A_CHILD)
    return compute(children, STEPS_OF_A_CHILD, figures).filter("is_under_age_limit")
