"""Direct payment ordered by a fund: CPCE L. 213-4 and R. 213-11, C. trav. L. 3252-5. Amounts in cents.

Past terms are spread over equal months; the last one takes what rounding leaves.
"""

from aripa.rules.figures import MILLION
from portal.legislation.engine import Expr, at_least, at_most, choose, round_half_up, round_up, step

SPREAD = "CPCE R. 213-11"


@step(SPREAD, label="Seuil de la petite dette, à l’euro supérieur")
def small_debt_threshold_cents(bmaf: Expr, small_debt_factor: Expr) -> Expr:
    return round_up(bmaf * small_debt_factor, MILLION * 100) * 100


@step(SPREAD, label="Petite dette que le parent débiteur accepte de régler", unit="flag")
def is_small_debt_agreed(
    arrears_total_cents: Expr, small_debt_threshold_cents: Expr, agreed_months: Expr, small_debt_months: Expr
) -> Expr:
    """Strictly under the threshold, and agreed to; `agreed_months` 0: no agreement."""
    agreed = (agreed_months > 0) & (agreed_months <= small_debt_months)
    return agreed & (arrears_total_cents < small_debt_threshold_cents)


@step(SPREAD, label="Mensualités au plus", unit="index")
def months_max(unpaid_terms: Expr, short_spread: Expr, long_spread: Expr) -> Expr:
    return choose(unpaid_terms <= short_spread, short_spread, long_spread)


@step("C. trav. L. 3252-5 ; R. 3252-5", label="Part du revenu qui peut être prise")
def capacity_cents(debtor_income_cents: Expr, rsa: Expr) -> Expr:
    """All but the RSA for one person."""
    return at_least(0, debtor_income_cents - rsa)


@step("C. trav. L. 3252-5", label="Place laissée aux arriérés par la pension du mois")
def room_cents(capacity_cents: Expr, monthly_support_cents: Expr) -> Expr:
    return at_least(0, capacity_cents - monthly_support_cents)


@step("C. trav. L. 3252-5 ; R. 3252-5", label="La pension du mois dépasse déjà ce qui peut être pris", unit="flag")
def is_without_room(is_income_known: Expr, capacity_cents: Expr, monthly_support_cents: Expr) -> Expr:
    return is_income_known & (monthly_support_cents > capacity_cents)


@step(SPREAD, label="Mensualités que le revenu demande", unit="index")
def months_for_income(
    arrears_total_cents: Expr, room_cents: Expr, is_income_known: Expr, is_without_room: Expr, months_max: Expr
) -> Expr:
    """The fewest n whose rounded part fits: total ÷ n < room + half a cent, so n > 2 × total ÷ (2 × room + 1)."""
    fewest = arrears_total_cents * 2 // (room_cents * 2 + 1) + 1
    return choose(is_income_known, choose(is_without_room, months_max, fewest), 0)


@step(SPREAD, label="Nombre de mensualités", unit="index")
def months(
    is_small_debt_agreed: Expr, agreed_months: Expr, unpaid_terms: Expr, months_max: Expr, months_for_income: Expr
) -> Expr:
    """As many as agreed for a small debt; else the fewest allowed that fit, and the most when none does."""
    fitting = at_most(months_max, at_least(unpaid_terms, months_for_income))
    return choose(unpaid_terms == 0, 0, choose(is_small_debt_agreed, agreed_months, fitting))


@step(SPREAD, label="Mensualité ordinaire des arriérés")
def instalment_cents(arrears_total_cents: Expr, months: Expr) -> Expr:
    """Nearest cent of total ÷ months; never more than the total."""
    return round_half_up(arrears_total_cents, at_least(1, months))


@step("CPCE L. 213-4 ; R. 213-11", label="Ordonné pour le premier mois, pension comprise")
def first_month_cents(monthly_support_cents: Expr, instalment_cents: Expr) -> Expr:
    return monthly_support_cents + instalment_cents


@step("C. trav. L. 3252-5 ; R. 3252-5", label="Payé par le tiers le premier mois")
def taken_cents(is_income_known: Expr, first_month_cents: Expr, capacity_cents: Expr) -> Expr:
    """Never into the RSA for one person; the whole when the income is not considered."""
    return choose(is_income_known, at_most(capacity_cents, first_month_cents), first_month_cents)
