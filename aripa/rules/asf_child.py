"""ASF of one child, before the family minimum: the amount of CSS R. 523-7 and what the month's support leaves of it."""

from aripa.rules.figures import MILLION
from portal.legislation.engine import Expr, at_least, at_most, choose, negated, round_half_down, step, truncate


@step("CSS R. 523-7, 1°", label="Enfant privé de ses deux parents", unit="flag")
def is_without_parents(kind_of_case: Expr) -> Expr:
    return kind_of_case == "A2"


@step("CSS R. 523-7", label="ASF avant CRDS")
def gross_cents(is_without_parents: Expr, bmaf: Expr, rate_one_parent: Expr, rate_two_parents: Expr) -> Expr:
    """BMAF × rate to the nearest cent; an exact half goes down, which reproduces the published amounts."""
    rate = choose(is_without_parents, rate_two_parents, rate_one_parent)
    return round_half_down(bmaf * rate, MILLION)


@step("Ordonnance 96-50, art. 14", label="CRDS, coupée au centime")
def crds_cents(gross_cents: Expr, crds_rate: Expr) -> Expr:
    return truncate(gross_cents * crds_rate, MILLION)


@step("CSS R. 523-7", label="ASF du mois, après CRDS")
def net_cents(gross_cents: Expr, crds_cents: Expr) -> Expr:
    return gross_cents - crds_cents


@step("CSS L. 523-2", label="Parent qui ne vit pas seul", unit="flag")
def is_not_lone(is_lone: Expr, is_without_parents: Expr) -> Expr:
    """Somebody who takes in a child without parents need not live alone: L. 523-2 speaks of the father or mother."""
    return negated(is_lone) & negated(is_without_parents)


@step("CSS R. 512-2", label="Enfant de vingt ans ou plus", unit="flag")
def is_too_old(age_months: Expr, age_limit: Expr) -> Expr:
    """The last month is the one before the month of the birthday."""
    return age_months >= age_limit * 12


@step("CSS L. 523-1 ; L. 523-2", label="Droit ouvert", unit="flag")
def has_right(is_mayotte: Expr, is_not_lone: Expr, is_too_old: Expr) -> Expr:
    return negated(is_mayotte | is_not_lone | is_too_old)


@step("CSS L. 523-1, I, 3° et 4°", label="Pension fixée par un titre", unit="flag")
def has_support(kind_of_case: Expr) -> Expr:
    return (kind_of_case == "C1") | (kind_of_case == "C2") | (kind_of_case == "D")


@step("CSS L. 523-1", label="Pension due pour le mois")
def due_cents(has_support: Expr, support_due_cents: Expr) -> Expr:
    return choose(has_support, support_due_cents, 0)


@step("CSS L. 523-1", label="Pension reçue pour le mois")
def received_cents(kind_of_case: Expr, due_cents: Expr, support_received_cents: Expr) -> Expr:
    """In case D the support is paid in full, by definition; never more than what is due for the month."""
    return choose(kind_of_case == "D", due_cents, at_most(due_cents, support_received_cents))


@step("CSS L. 523-1, I ; D. 523-2", label="ASF non récupérable", unit="flag")
def is_non_recoverable(kind_of_case: Expr, debtor_unable: Expr) -> Expr:
    """Every case but D and a debtor who evades (C1) while able to pay."""
    unable = (kind_of_case == "C1") & debtor_unable
    return unable | ((kind_of_case != "C1") & (kind_of_case != "D"))


@step("CSS L. 581-2", label="Différence entre l’ASF et la pension reçue")
def completed_cents(net_cents: Expr, received_cents: Expr) -> Expr:
    return at_least(0, net_cents - received_cents)


@step("CSS L. 523-1 ; L. 581-2", label="ASF de l’enfant, avant le minimum de la famille")
def amount_cents(has_right: Expr, is_non_recoverable: Expr, net_cents: Expr, completed_cents: Expr) -> Expr:
    """Without a right, nothing; the whole ASF when nothing can be recovered; else what the support received lacks."""
    return choose(has_right, choose(is_non_recoverable, net_cents, completed_cents), 0)


@step("CSS L. 523-1", label="Motif de refus", unit="text")
def refusal(is_mayotte: Expr, is_not_lone: Expr, is_too_old: Expr, amount_cents: Expr) -> Expr:
    reached = choose(amount_cents == 0, "aripa.support_reaches_asf", None)
    old = choose(is_too_old, "aripa.child_too_old", reached)
    return choose(is_mayotte, "aripa.mayotte", choose(is_not_lone, "aripa.not_lone", old))


@step("CSS L. 581-2", label="Nature de l’ASF", unit="text")
def asf_kind(amount_cents: Expr, is_non_recoverable: Expr, received_cents: Expr, due_cents: Expr) -> Expr:
    """The four rows of the table; nothing where there is no ASF."""
    missing = choose(received_cents == 0, "ADVANCE", "PARTIAL_ADVANCE")
    completing = choose(received_cents == due_cents, "TOP_UP", missing)
    return choose(amount_cents > 0, choose(is_non_recoverable, "NON_RECOVERABLE", completing), None)
