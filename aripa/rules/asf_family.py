"""ASF of one child once the family's total is known: what is paid, and who owes what to whom (CSS D. 523-3, L. 581-2)."""

from portal.legislation.engine import Expr, at_most, choose, step


@step("CSS D. 523-3", label="Total de la famille sous le minimum", unit="flag")
def is_below_minimum(family_total_cents: Expr, family_minimum: Expr) -> Expr:
    return family_total_cents < family_minimum


@step("CSS D. 523-3", label="ASF payée pour l’enfant")
def paid_cents(is_below_minimum: Expr, amount_cents: Expr) -> Expr:
    return choose(is_below_minimum, 0, amount_cents)


@step("CSS L. 581-2", label="Part à récupérer sur le parent débiteur (subrogation)")
def recoverable_cents(is_non_recoverable: Expr, paid_cents: Expr, due_cents: Expr, received_cents: Expr) -> Expr:
    """Of what was paid, up to what the debtor left unpaid: none for a top-up, where nothing is unpaid."""
    return choose(is_non_recoverable, 0, at_most(due_cents - received_cents, paid_cents))


@step("CSS L. 581-2", label="Part acquise au parent créancier")
def surplus_cents(paid_cents: Expr, recoverable_cents: Expr) -> Expr:
    return paid_cents - recoverable_cents


@step("CSS L. 581-2 ; L. 582-1, VI", label="Reste dû au parent créancier")
def still_owed_cents(due_cents: Expr, received_cents: Expr, recoverable_cents: Expr) -> Expr:
    return due_cents - received_cents - recoverable_cents
