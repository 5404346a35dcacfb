"""Category of the complement that help and expenses give: CSS R. 541-2. Expenses of a month, in cents.

Any one condition is enough; the highest category met is the child's. Each threshold is a part of the BMAF to the cent.
"""

from portal.benefits.rules.figures import MILLION
from portal.legislation.engine import Expr, choose, round_half_up, step


@step("CSS R. 541-2", label="Aide d’au moins 8 heures par semaine, ou travail réduit d’un cinquième", unit="flag")
def has_help_8h(work_cut: Expr, helper_hours: Expr, work_cut_8h: Expr, helper_hours_8h: Expr) -> Expr:
    return (work_cut >= work_cut_8h) | (helper_hours >= helper_hours_8h)


@step("CSS R. 541-2", label="Aide d’au moins 20 heures par semaine, ou travail réduit de moitié", unit="flag")
def has_help_20h(work_cut: Expr, helper_hours: Expr, work_cut_20h: Expr, helper_hours_20h: Expr) -> Expr:
    return (work_cut >= work_cut_20h) | (helper_hours >= helper_hours_20h)


@step("CSS R. 541-2", label="Aide à temps plein, ou travail arrêté", unit="flag")
def has_help_full_time(
    work_cut: Expr, helper_hours: Expr, work_cut_full_time: Expr, helper_hours_full_time: Expr
) -> Expr:
    return (work_cut >= work_cut_full_time) | (helper_hours >= helper_hours_full_time)


@step("CSS R. 541-2, 1°", label="Dépenses de la catégorie 1")
def threshold_1_alone_cents(bmaf: Expr, rate_1_alone: Expr) -> Expr:
    return round_half_up(bmaf * rate_1_alone, MILLION)


@step("CSS R. 541-2, 2°", label="Dépenses de la catégorie 2, sans aide")
def threshold_2_alone_cents(bmaf: Expr, rate_2_alone: Expr) -> Expr:
    return round_half_up(bmaf * rate_2_alone, MILLION)


@step("CSS R. 541-2, 3°", label="Dépenses de la catégorie 3, avec 8 heures d’aide")
def threshold_3_with_8h_cents(bmaf: Expr, rate_3_with_8h: Expr) -> Expr:
    return round_half_up(bmaf * rate_3_with_8h, MILLION)


@step("CSS R. 541-2, 3°", label="Dépenses de la catégorie 3, sans aide")
def threshold_3_alone_cents(bmaf: Expr, rate_3_alone: Expr) -> Expr:
    return round_half_up(bmaf * rate_3_alone, MILLION)


@step("CSS R. 541-2, 4°", label="Dépenses de la catégorie 4, avec 20 heures d’aide")
def threshold_4_with_20h_cents(bmaf: Expr, rate_4_with_20h: Expr) -> Expr:
    return round_half_up(bmaf * rate_4_with_20h, MILLION)


@step("CSS R. 541-2, 4°", label="Dépenses de la catégorie 4, avec 8 heures d’aide")
def threshold_4_with_8h_cents(bmaf: Expr, rate_4_with_8h: Expr) -> Expr:
    return round_half_up(bmaf * rate_4_with_8h, MILLION)


@step("CSS R. 541-2, 4°", label="Dépenses de la catégorie 4, sans aide")
def threshold_4_alone_cents(bmaf: Expr, rate_4_alone: Expr) -> Expr:
    return round_half_up(bmaf * rate_4_alone, MILLION)


@step("CSS R. 541-2, 5°", label="Dépenses de la catégorie 5, avec une aide à temps plein")
def threshold_5_with_full_time_cents(bmaf: Expr, rate_5_with_full_time: Expr) -> Expr:
    return round_half_up(bmaf * rate_5_with_full_time, MILLION)


@step("CSS R. 541-2", label="Catégorie par les dépenses seules", unit="index")
def category_by_expenses(
    expenses_cents: Expr,
    threshold_1_alone_cents: Expr,
    threshold_2_alone_cents: Expr,
    threshold_3_alone_cents: Expr,
    threshold_4_alone_cents: Expr,
) -> Expr:
    low = choose(expenses_cents >= threshold_1_alone_cents, 1, 0)
    low = choose(expenses_cents >= threshold_2_alone_cents, 2, low)
    high = choose(expenses_cents >= threshold_3_alone_cents, 3, low)
    return choose(expenses_cents >= threshold_4_alone_cents, 4, high)


@step("CSS R. 541-2", label="Catégorie par 8 heures d’aide, et les dépenses", unit="index")
def category_by_8h(
    has_help_8h: Expr, expenses_cents: Expr, threshold_3_with_8h_cents: Expr, threshold_4_with_8h_cents: Expr
) -> Expr:
    spent = choose(expenses_cents >= threshold_3_with_8h_cents, 3, 2)
    return choose(has_help_8h, choose(expenses_cents >= threshold_4_with_8h_cents, 4, spent), 0)


@step("CSS R. 541-2", label="Catégorie par 20 heures d’aide, et les dépenses", unit="index")
def category_by_20h(has_help_20h: Expr, expenses_cents: Expr, threshold_4_with_20h_cents: Expr) -> Expr:
    return choose(has_help_20h, choose(expenses_cents >= threshold_4_with_20h_cents, 4, 3), 0)


@step("CSS R. 541-2", label="Catégorie par une aide à temps plein, les dépenses et la surveillance", unit="index")
def category_by_full_time(
    has_help_full_time: Expr, needs_supervision: Expr, expenses_cents: Expr, threshold_5_with_full_time_cents: Expr
) -> Expr:
    spent = choose(expenses_cents >= threshold_5_with_full_time_cents, 5, 4)
    return choose(has_help_full_time, choose(needs_supervision, 6, spent), 0)


@step("CSS R. 541-2", label="Catégorie par une aide, avec les dépenses", unit="index")
def category_by_help(category_by_8h: Expr, category_by_20h: Expr, category_by_full_time: Expr) -> Expr:
    """Each level of help includes the ones below, and may reach less: the highest counts."""
    part_time = choose(category_by_20h >= category_by_8h, category_by_20h, category_by_8h)
    return choose(category_by_full_time >= part_time, category_by_full_time, part_time)


@step("CSS R. 541-2", label="Catégorie du complément", unit="index")
def category(category_by_help: Expr, category_by_expenses: Expr) -> Expr:
    return choose(category_by_help >= category_by_expenses, category_by_help, category_by_expenses)


@step("CSS L. 541-4", label="Catégorie qui repose sur une aide, pas sur les dépenses seules", unit="flag")
def is_by_help(category: Expr, category_by_help: Expr) -> Expr:
    """What the increase for a lone parent asks for."""
    return (category > 0) & (category_by_help == category)
