"""Yearly indexation of a support: CSS R. 582-7. Always from the first amount and index of the title.

Indices are in millionths; both in the same base, which the caller sees to. The amount may go down with prices.
"""

from portal.legislation.engine import Expr, choose, round_half_up, round_up, step, truncate

ROUNDINGS = ("CENT", "EURO_NEAREST", "EURO_UP", "EURO_DOWN")
FACTS = ("initial_amount_cents", "base_index", "new_index", "rounding")


@step("CSS R. 582-7", label="Montant indexé au centime")
def indexed_to_the_cent_cents(initial_amount_cents: Expr, base_index: Expr, new_index: Expr) -> Expr:
    """First amount × new index ÷ base index, half up."""
    return round_half_up(initial_amount_cents * new_index, base_index)


@step("CSS R. 582-7 ; titre", label="Montant indexé, arrondi comme le titre le dit")
def indexed_amount_cents(
    initial_amount_cents: Expr, base_index: Expr, new_index: Expr, rounding: Expr, indexed_to_the_cent_cents: Expr
) -> Expr:
    """To the euro, the exact product is rounded, not the amount already rounded to the cent."""
    exact, euro = initial_amount_cents * new_index, base_index * 100
    nearest = round_half_up(exact, euro) * 100
    down = choose(rounding == "EURO_DOWN", truncate(exact, euro) * 100, indexed_to_the_cent_cents)
    up = choose(rounding == "EURO_UP", round_up(exact, euro) * 100, down)
    return choose(rounding == "EURO_NEAREST", nearest, up)
