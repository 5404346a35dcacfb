"""Settlement of one declaration (CSS L. 531-8): the aid first pays what is left of the contributions."""

import polars as pl

from portal.legislation.engine import Expr, at_least, at_most, literal, step


@step("CSS L. 531-8", label="Cotisations restant à la famille")
def remainder_cents(contributions_cents: Expr, deduction_cents: Expr, part_a_cents: Expr) -> Expr:
    return at_least(0, contributions_cents - deduction_cents - part_a_cents)


@step("CSS L. 531-8, al. 2", label="Aide imputée sur ces cotisations")
def offset_cents(part_b_cents: Expr, supplement_cents: Expr, remainder_cents: Expr) -> Expr:
    return at_most(remainder_cents, part_b_cents + supplement_cents)


@step("CSS L. 531-8 ; D. 133-13-18", label="À prélever (cotisations restantes et impôt retenu)")
def debit_cents(remainder_cents: Expr, offset_cents: Expr, withholding_tax_cents: Expr) -> Expr:
    return remainder_cents - offset_cents + withholding_tax_cents


@step("CSS L. 531-8", label="À verser à la famille")
def payout_cents(part_b_cents: Expr, supplement_cents: Expr, offset_cents: Expr) -> Expr:
    return part_b_cents + supplement_cents - offset_cents


@step("CSS L. 133-5-12 ; L. 531-8-1", label="Mouvement unique de Pajemploi+ (négatif : versé à la famille)")
def total_debit_cents(
    all_in_one: Expr, net_salary_cents: Expr, maintenance_allowance_cents: Expr, meal_allowance_cents: Expr,
    remainder_cents: Expr, offset_cents: Expr, payout_cents: Expr,
) -> Expr:  # fmt: skip
    """Pay and allowances, plus what is left of the contributions, less the aid; the tax is inside the net pay."""
    pay = net_salary_cents + maintenance_allowance_cents + meal_allowance_cents
    movement = pay + remainder_cents - offset_cents - payout_cents
    return pl.when(all_in_one).then(movement).otherwise(literal(0))
