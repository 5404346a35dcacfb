"""Contributions rebuilt from the declared net pay (CSS L. 133-5-6, L. 241-10). Money in cents, rates in millionths."""

import polars as pl

from cmg.rules.figures import MILLION
from portal.legislation.engine import Expr, literal, round_half_up, step


@step("CSS L. 531-5", label="Assistante maternelle ou assistant maternel", unit="flag")
def is_childminder(care_mode: Expr) -> Expr:
    return care_mode == "CHILDMINDER"


@step("CSS L. 242-1", label="Salaire brut")
def gross_cents(
    net_salary_cents: Expr, is_childminder: Expr, employee_rate_childminder: Expr, employee_rate_home_employee: Expr
) -> Expr:
    """Net ÷ (1 − employee rate), to the cent, half up."""
    rate = pl.when(is_childminder).then(employee_rate_childminder).otherwise(employee_rate_home_employee)
    return round_half_up(net_salary_cents * MILLION, literal(MILLION) - rate)


@step("CSS L. 241-2", label="Cotisations salariales")
def employee_share_cents(gross_cents: Expr, net_salary_cents: Expr) -> Expr:
    return gross_cents - net_salary_cents


@step("CSS L. 241-2", label="Cotisations patronales")
def employer_share_cents(
    gross_cents: Expr, is_childminder: Expr, employer_rate_childminder: Expr, employer_rate_home_employee: Expr
) -> Expr:
    rate = pl.when(is_childminder).then(employer_rate_childminder).otherwise(employer_rate_home_employee)
    return round_half_up(gross_cents * rate, MILLION)


@step("CSS L. 531-8", label="Cotisations dues")
def contributions_cents(employee_share_cents: Expr, employer_share_cents: Expr) -> Expr:
    return employee_share_cents + employer_share_cents


@step("CSS L. 241-10, I bis", label="Déduction forfaitaire de l’employeur à domicile")
def deduction_cents(
    hours_hundredths: Expr,
    is_childminder: Expr,
    territory: Expr,
    home_deduction: Expr,
    home_deduction_overseas: Expr,
) -> Expr:
    """2 € an hour (3,70 € overseas), home employees only."""
    hourly = pl.when(territory == "OVERSEAS").then(home_deduction_overseas).otherwise(home_deduction)
    deduction = round_half_up(hours_hundredths.fill_null(0) * hourly, 100)
    return pl.when(is_childminder).then(literal(0)).otherwise(deduction)
