"""The scale of regime A (CSS D. 531-18 and D. 531-23 until August 2025; D. 531-21 for structures since): brackets,
reduced amounts, uplifts, CRDS. Percentages are in hundredths of a per cent of the BMAF."""

import polars as pl

from cmg.rules.figures import MILLION
from portal.legislation.engine import Expr, literal, round_half_up, step, truncate


def resource_ceiling(children: Expr, isolated: Expr, one: Expr, two: Expr, extra: Expr, factor: Expr) -> Expr:
    """A ceiling in hundredths of a euro a year: exact product, no rounding."""
    couple = pl.when(children <= 1).then(one).otherwise(two + (children - 2) * extra)
    return couple * pl.when(isolated).then(factor).otherwise(literal(100))


@step("CSS D. 531-18, 3°", label="Tranche de ressources (0 la plus basse, 2 la plus haute)", unit="index")
def bracket_index(
    annual_resources: Expr, dependent_children: Expr, isolated_parent: Expr, isolated_ceiling_factor: Expr,
    lower_one: Expr, lower_two: Expr, lower_extra: Expr, upper_one: Expr, upper_two: Expr, upper_extra: Expr,
) -> Expr:  # fmt: skip
    """Bounds belong to the more generous bracket; a person alone has both ceilings raised by 40 %."""
    resources = annual_resources * 100
    lower = resource_ceiling(
        dependent_children, isolated_parent, lower_one, lower_two, lower_extra, isolated_ceiling_factor
    )
    upper = resource_ceiling(
        dependent_children, isolated_parent, upper_one, upper_two, upper_extra, isolated_ceiling_factor
    )
    return (resources > lower).cast(pl.Int64) + (resources > upper).cast(pl.Int64)


@step("CSS L. 531-5, IV", label="Montant plein (enfant de moins de trois ans, ou jusqu’au 31 août)", unit="flag")
def is_full_amount(age_in_months: Expr, birth_month: Expr, month_index: Expr, full_month: Expr, prepare: Expr) -> Expr:
    """Halved from three years on, and with partial PreParE for an activity up to half time (CSS L. 531-9)."""
    third_birthday = birth_month + literal(36)
    kept = full_month & (third_birthday // 12 == month_index // 12) & (third_birthday % 12 <= literal(7))
    return ((age_in_months <= 36) | kept) & (prepare != "PARTIAL_LE_50")


@step("CSS D. 531-23-1", label="Majorations, en millionièmes", unit="millionths")
def uplift_rate(
    aah: Expr, isolated_parent: Expr, aeeh_children: Expr, specific_hours_hundredths: Expr,
    uplift_aah: Expr, uplift_isolated: Expr, uplift_aeeh: Expr, uplift_specific_hours: Expr,
    uplift_hours_threshold: Expr, uplifts_add_up: Expr,
) -> Expr:  # fmt: skip
    """AAH, person alone, AEEH: 30 % each; 25 hours at specific times: 10 %. They add up on the same maximum.

    How they combine is uncertain, hence a dated figure: any other word than `additive` multiplies them.
    """
    whole = literal(MILLION)
    cases = (
        (aah, uplift_aah),
        (isolated_parent, uplift_isolated),
        (aeeh_children > 0, uplift_aeeh),
        (specific_hours_hundredths.fill_null(0) >= uplift_hours_threshold, uplift_specific_hours),
    )
    added, multiplied = literal(0), whole
    for condition, uplift in cases:
        rate = pl.when(condition).then(uplift).otherwise(literal(0))
        added, multiplied = added + rate, truncate(multiplied * (whole + rate), MILLION)
    return pl.when(uplifts_add_up).then(added).otherwise(multiplied - whole)


@step("CSS D. 531-18 ; D. 531-23", label="Maximum brut du barème")
def gross_maximum_cents(bmaf: Expr, bmaf_percent: Expr) -> Expr:
    return round_half_up(bmaf_percent * bmaf, 10_000)


@step("CSS D. 531-23-1", label="Maximum brut majoré")
def uplifted_maximum_cents(gross_maximum_cents: Expr, uplift_rate: Expr) -> Expr:
    return round_half_up(gross_maximum_cents * (uplift_rate + literal(MILLION)), MILLION)


@step("Ordonnance 96-50, art. 14", label="CRDS sur le maximum (tronquée)")
def maximum_crds_cents(uplifted_maximum_cents: Expr, crds_rate: Expr) -> Expr:
    return truncate(uplifted_maximum_cents * crds_rate, MILLION)


@step("CSS D. 531-18 ; D. 531-23", label="Maximum net")
def net_maximum_cents(uplifted_maximum_cents: Expr, maximum_crds_cents: Expr) -> Expr:
    return uplifted_maximum_cents - maximum_crds_cents


def percent_of(bracket: Expr, full: Expr, percents: tuple[Expr, ...], halves: tuple[Expr, ...]) -> Expr:
    """The percentage of a bracket, full or reduced."""
    chosen = []
    for table in (percents, halves):
        chosen.append(pl.when(bracket == 0).then(table[0]).when(bracket == 1).then(table[1]).otherwise(table[2]))
    return pl.when(full).then(chosen[0]).otherwise(chosen[1])
