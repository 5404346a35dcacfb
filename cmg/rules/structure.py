"""CMG structure (CSS L. 531-6, D. 531-23, then D. 531-21 to D. 531-23): the scale of regime A, for ever.

The fund pays, on the family's paid invoice, the lesser of the net maximum and 85 % of the invoice; what the household's
other invoices and its own employees share with it is in `cmg.rules.shared_maxima`.
"""

import sys
from datetime import date

import polars as pl

from cmg.rules import scale_a
from cmg.rules.eligibility import month_number, month_of
from cmg.rules.figures import MILLION, STRUCTURE, figures_on
from cmg.rules.scale_a import percent_of
from cmg.rules.shared_maxima import with_left_of_maxima
from portal.legislation.engine import (
    Expr,
    Step,
    at_most,
    check_facts,
    compute,
    literal,
    round_half_up,
    step,
    steps_of,
)
from portal.legislation.parameters import NoParameterInForce, Parameters


@step("CSS R. 552-3", label="Âge de l’enfant en mois, à compter du mois de naissance", unit="index")
def age_in_months(birth_month: Expr, month_index: Expr) -> Expr:
    return month_index - birth_month


@step("CSS L. 531-6", label="Motif de refus", unit="text")
def refusal(
    has_right: Expr, territory: Expr, prepare: Expr, age_in_months: Expr, age_limit: Expr, fnas_funded: Expr,
    care_mode: Expr, hourly_tariff_cents: Expr, micro_tariff_cap: Expr, hours_hundredths: Expr, hours_min: Expr,
    annual_resources: Expr, dependent_children: Expr,
) -> Expr:  # fmt: skip
    """A subsidised place, a micro-crèche above the tariff, too few hours where a minimum is in force: no CMG."""
    micro = care_mode == "MICRO_CRECHE"
    return (
        pl.when(territory == "MAYOTTE")
        .then(pl.lit("cmg.mayotte"))
        .when(~has_right)
        .then(pl.lit("cmg.no_right"))
        .when(age_in_months > age_limit * 12)
        .then(pl.lit("cmg.age_limit_passed"))
        .when(prepare == "FULL")
        .then(pl.lit("cmg.full_parental_leave"))
        .when(fnas_funded)
        .then(pl.lit("cmg.fnas_funded"))
        .when(annual_resources.is_null() | dependent_children.is_null())
        .then(pl.lit("cmg.missing_resources"))
        .when(micro & hourly_tariff_cents.is_null())
        .then(pl.lit("cmg.missing_tariff"))
        .when(micro & (hourly_tariff_cents > micro_tariff_cap))
        .then(pl.lit("cmg.tariff_above_cap"))
        .when((hours_min > 0) & hours_hundredths.is_null())
        .then(pl.lit("cmg.missing_hours"))
        .when(hours_hundredths < hours_min)
        .then(pl.lit("cmg.too_few_hours"))
    )


@step("CSS D. 531-23, puis D. 531-21", label="Pourcentage de la BMAF, en centièmes de pour cent", unit="index")
def bmaf_percent(
    bracket_index: Expr, is_full_amount: Expr, care_mode: Expr, childminder_max: Expr, childminder_mid: Expr,
    childminder_min: Expr, childminder_half_max: Expr, childminder_half_mid: Expr, childminder_half_min: Expr,
    home_max: Expr, home_mid: Expr, home_min: Expr, home_half_max: Expr, home_half_mid: Expr, home_half_min: Expr,
) -> Expr:  # fmt: skip
    childminder = percent_of(
        bracket_index, is_full_amount, (childminder_max, childminder_mid, childminder_min),
        (childminder_half_max, childminder_half_mid, childminder_half_min),
    )  # fmt: skip
    home = percent_of(
        bracket_index, is_full_amount, (home_max, home_mid, home_min), (home_half_max, home_half_mid, home_half_min)
    )
    return pl.when(care_mode == "STRUCTURE_CHILDMINDER").then(childminder).otherwise(home)


@step("CSS D. 531-23, II, puis D. 531-21, II", label="85 % de la facture")
def share_of_invoice_cents(invoice_amount_cents: Expr, share_of_cost: Expr) -> Expr:
    return round_half_up(invoice_amount_cents * share_of_cost, MILLION)


@step("CSS L. 531-6 ; D. 531-22", label="CMG structure")
def part_b_cents(
    refusal: Expr, net_maximum_cents: Expr, share_of_invoice_cents: Expr, left_of_maxima_cents: Expr
) -> Expr:
    """Within the maximum, and within what other invoices and direct employment left; null when nothing is shared."""
    given = at_most(left_of_maxima_cents, at_most(net_maximum_cents, share_of_invoice_cents))
    return pl.when(refusal.is_null()).then(given).otherwise(literal(0))


@step("CSS L. 531-6", label="À verser par la caisse")
def payout_cents(part_b_cents: Expr) -> Expr:
    return part_b_cents


STEPS: dict[str, Step] = steps_of(scale_a, sys.modules[__name__])
# Before what is shared is known, and after.
FIRST = {name: one for name, one in STEPS.items() if name not in ("part_b_cents", "payout_cents")}
LAST = {name: STEPS[name] for name in ("part_b_cents", "payout_cents")}
STEPS_OF_A_CHILD = steps_of(scale_a) | {name: STEPS[name] for name in ("age_in_months", "bmaf_percent")}
NUMBERS = (
    "hours_hundredths", "specific_hours_hundredths", "invoice_amount_cents", "hourly_tariff_cents",
    "annual_resources", "dependent_children", "aeeh_children",
)  # fmt: skip


def minimum_hours(month: date, parameters: Parameters) -> int:
    """The minimum of hours in hundredths: sixteen until August 2025, none since (uncertain, kept as a dated figure)."""
    try:
        return int(parameters.value("structure.min_hours_per_month", month) * 100)
    except NoParameterInForce:
        return 0


def structure_figures(month: date, parameters: Parameters) -> dict[str, int | bool]:
    """The dated figures that the steps name. Raises NoParameterInForce."""
    figures = figures_on(STRUCTURE, month, parameters)
    figures["month_index"] = month_number(month)
    figures["full_month"] = bool(figures.pop("full_until_august")) and month.month <= 8
    figures["hours_min"] = minimum_hours(month, parameters)
    return figures


def settle_structures(
    facts: pl.DataFrame, *, care_month: date, parameters: Parameters, direct: pl.DataFrame | None = None
) -> pl.DataFrame:
    """`facts` with the columns of every step, one row per invoice of `care_month`.

    Columns: invoice_no, household (null: shares nothing), child_id, care_mode (STRUCTURE_CHILDMINDER, STRUCTURE_HOME,
    MICRO_CRECHE), child_birth_dates, has_right, prepare, isolated_parent, aah, territory, fnas_funded, and NUMBERS.
    `direct` is what direct employment gave the households, with the columns of `cmg.rules.shared_maxima.DIRECT`.

    Raises NoParameterInForce, FactOutOfBounds.
    """
    figures = structure_figures(care_month, parameters)
    first = compute(_ready(facts), FIRST, figures)

    def maxima(children: pl.DataFrame) -> pl.DataFrame:
        known = compute(children, STEPS_OF_A_CHILD, figures)
        return known.filter(pl.col("age_in_months") <= figures["age_limit"] * 12)

    return compute(with_left_of_maxima(first, direct, maxima), LAST, {})


def _ready(facts: pl.DataFrame) -> pl.DataFrame:
    """The facts as the steps want them. Raises FactOutOfBounds."""
    numbers = [name for name in NUMBERS if name in facts.columns]
    check_facts(facts.select(numbers))
    youngest = pl.col("child_birth_dates").list.max()
    ready = facts.with_columns(pl.col(numbers).cast(pl.Int64), birth_month=month_of(youngest).fill_null(0))
    if "specific_hours_hundredths" not in ready.columns:
        ready = ready.with_columns(specific_hours_hundredths=pl.lit(0, dtype=pl.Int64))
    return ready
