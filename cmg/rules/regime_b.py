"""CMG, direct employment, care since September 2025: CSS L. 531-5 III, D. 531-17 and D. 531-18.

Money in cents, rates in millionths; the counted cost is kept in hundredths of a cent, so that cap × hours is exact and
part (b) is rounded once.
"""

import polars as pl

from cmg.rules.figures import MILLION
from portal.legislation.engine import Expr, at_least, at_most, literal, round_half_up, step


@step("CSS D. 531-18, 1°", label="Coût mensuel de la garde")
def monthly_cost_cents(
    is_childminder: Expr, net_salary_cents: Expr, maintenance_allowance_cents: Expr, meal_allowance_cents: Expr
) -> Expr:
    """Net pay, and for a childminder maintenance and meals; mileage is left out."""
    extra = maintenance_allowance_cents + meal_allowance_cents
    return net_salary_cents + pl.when(is_childminder).then(extra).otherwise(literal(0))


@step("CSS L. 531-5, III, 6°", label="Indemnités de fin de contrat hors plafond horaire")
def excluded_indemnities_cents(terminal_indemnities_cents: Expr, terminal_excluded: Expr) -> Expr:
    return pl.when(terminal_excluded).then(terminal_indemnities_cents).otherwise(literal(0))


@step("CSS D. 531-18, 1°", label="Plafond horaire")
def hourly_cap_cents(is_childminder: Expr, hourly_cap_childminder: Expr, hourly_cap_home_employee: Expr) -> Expr:
    return pl.when(is_childminder).then(hourly_cap_childminder).otherwise(hourly_cap_home_employee)


@step("CSS D. 531-18, 1°", label="Coût limité par le plafond horaire", unit="hundredths_of_a_cent")
def capped_cost(hourly_cap_cents: Expr, hours_hundredths: Expr) -> Expr:
    return hourly_cap_cents * hours_hundredths


@step("CSS D. 531-18, 1°", label="Plafond horaire dépassé", unit="flag")
def hourly_cap_exceeded(monthly_cost_cents: Expr, excluded_indemnities_cents: Expr, capped_cost: Expr) -> Expr:
    return ((monthly_cost_cents - excluded_indemnities_cents) * 100 > capped_cost).fill_null(value=False)


@step("CSS D. 531-18, 1°", label="Coût retenu", unit="hundredths_of_a_cent")
def counted_cost(
    hourly_cap_exceeded: Expr, capped_cost: Expr, monthly_cost_cents: Expr, excluded_indemnities_cents: Expr
) -> Expr:
    """Above the cap: cap × hours, plus the indemnities left out of the test."""
    clipped = capped_cost + excluded_indemnities_cents * 100
    return pl.when(hourly_cap_exceeded).then(clipped).otherwise(monthly_cost_cents * 100)


@step("CSS D. 531-18, 2°", label="Revenu mensuel retenu, en euros", unit="euros")
def counted_income(annual_resources: Expr, income_floor: Expr, income_ceiling: Expr) -> Expr:
    """A twelfth of the resources to the nearest euro, between floor and ceiling."""
    return at_most(income_ceiling, pl.max_horizontal(round_half_up(annual_resources, 12), income_floor))


@step("CSS D. 531-18, 3°", label="Rang du taux d’effort (enfants à charge, AEEH)", unit="index")
def effort_band(dependent_children: Expr, aeeh_children: Expr) -> Expr:
    """1, 2, 3, 4 to 7, 8 and more; each child with AEEH moves one step further."""
    band = (
        pl.when(dependent_children >= 8)
        .then(literal(4))
        .when(dependent_children >= 4)
        .then(literal(3))
        .otherwise(dependent_children.clip(1) - 1)
    )
    return at_most(literal(4), band + aeeh_children)


@step("CSS D. 531-18, 3°", label="Taux d’effort horaire", unit="millionths")
def effort_rate(
    is_childminder: Expr, effort_band: Expr,
    effort_childminder_0: Expr, effort_childminder_1: Expr, effort_childminder_2: Expr, effort_childminder_3: Expr,
    effort_childminder_4: Expr, effort_home_employee_0: Expr, effort_home_employee_1: Expr,
    effort_home_employee_2: Expr, effort_home_employee_3: Expr, effort_home_employee_4: Expr,
) -> Expr:  # fmt: skip
    def of(rates: tuple[Expr, ...]) -> Expr:
        chosen = rates[4]
        for index in (3, 2, 1, 0):
            chosen = pl.when(effort_band == index).then(rates[index]).otherwise(chosen)
        return chosen

    childminder = (
        effort_childminder_0, effort_childminder_1, effort_childminder_2, effort_childminder_3, effort_childminder_4,
    )  # fmt: skip
    home = (
        effort_home_employee_0, effort_home_employee_1, effort_home_employee_2, effort_home_employee_3,
        effort_home_employee_4,
    )  # fmt: skip
    return pl.when(is_childminder).then(of(childminder)).otherwise(of(home))


@step("CSS D. 531-18, 4°", label="Coût horaire de référence", unit="millionths_of_a_euro")
def reference_hourly_cost(is_childminder: Expr, reference_childminder: Expr, reference_home_employee: Expr) -> Expr:
    return pl.when(is_childminder).then(reference_childminder).otherwise(reference_home_employee)


@step("CSS D. 531-18", label="Motif de refus des montants", unit="text")
def refusal(
    right_refusal: Expr, hours_hundredths: Expr, monthly_cost_cents: Expr, excluded_indemnities_cents: Expr,
    annual_resources: Expr, dependent_children: Expr,
) -> Expr:  # fmt: skip
    """A missing fact refuses by name instead of counting for zero."""
    paid = monthly_cost_cents > excluded_indemnities_cents
    return (
        pl.when(right_refusal.is_not_null())
        .then(right_refusal)
        .when(annual_resources.is_null() | dependent_children.is_null())
        .then(pl.lit("cmg.missing_resources"))
        .when(paid & (hours_hundredths.is_null() | (hours_hundredths == 0)))
        .then(pl.lit("cmg.missing_hours"))
    )


@step("CSS D. 531-18", label="CMG, part rémunération (b)")
def part_b_cents(
    refusal: Expr, counted_cost: Expr, counted_income: Expr, effort_rate: Expr, reference_hourly_cost: Expr
) -> Expr:
    """Counted cost × (1 − counted income × effort rate ÷ reference hourly cost), never negative, rounded half up once."""
    left = at_least(0, reference_hourly_cost - counted_income * effort_rate)
    amount = round_half_up(counted_cost * left, reference_hourly_cost * 100)
    return pl.when(refusal.is_null()).then(amount).otherwise(literal(0))


@step("CSS D. 531-17, III", label="Plafond mensuel de cotisations")
def contribution_cap_cents(is_under_three: Expr, home_cap: Expr, home_cap_reduced: Expr) -> Expr:
    return pl.when(is_under_three).then(home_cap).otherwise(home_cap_reduced)


@step("CSS D. 531-17", label="Cotisations prises en charge, part (a)")
def part_a_cents(
    refusal: Expr, is_childminder: Expr, contributions_cents: Expr, deduction_cents: Expr, home_share: Expr,
    contribution_cap_cents: Expr, hourly_cap_exceeded: Expr, capped_cost: Expr, monthly_cost_cents: Expr,
    excluded_indemnities_cents: Expr,
) -> Expr:  # fmt: skip
    """The whole for a childminder, in proportion when the hourly cap is exceeded; half, up to the cap, at home."""
    over = monthly_cost_cents - excluded_indemnities_cents
    divisor = pl.when(over > 0).then(over * 100).otherwise(literal(1))
    reduced = round_half_up(contributions_cents * capped_cost, divisor)
    whole = pl.when(hourly_cap_exceeded).then(reduced).otherwise(contributions_cents)
    left = at_least(0, contributions_cents - deduction_cents)
    half = at_most(contribution_cap_cents, round_half_up(left * home_share, MILLION))
    given = pl.when(is_childminder).then(whole).otherwise(half)
    return pl.when(refusal.is_null()).then(given).otherwise(literal(0))


@step(
    "Loi 2022-1616, art. 86, VII ; décret 2025-515", label="Complément différentiel, dans la limite de 90 % du salaire"
)
def supplement_cents(
    refusal: Expr, transition_supplement_cents: Expr, part_b_cents: Expr, net_salary_cents: Expr, supplement_share: Expr
) -> Expr:
    limit = at_least(0, round_half_up(net_salary_cents * supplement_share, MILLION) - part_b_cents)
    granted = at_most(limit, transition_supplement_cents)
    return pl.when(refusal.is_null()).then(granted).otherwise(literal(0))


@step("Ordonnance 96-50, art. 14", label="CRDS (pour les livres : la part (b) est nette)")
def crds_cents(part_b_cents: Expr, crds_rate: Expr) -> Expr:
    return round_half_up(part_b_cents * MILLION, literal(MILLION) - crds_rate) - part_b_cents
