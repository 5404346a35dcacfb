"""What is told of a recovery: L17 to the creditor, L18 to the debtor (CSS R. 581-5, R. 582-8 II).

An account leaves when everything that had fallen due is paid and passed on, when a tool fails, and otherwise twice a year
if something came: never every month. A clearance is told once for each recovery, however late the next months are paid.
"""

from datetime import date

from aripa.life.living import CREDITOR, DEBTOR, Life
from aripa.life.state import Case, State, Term
from aripa.rules.calendar import account_day


def tell(life: Life) -> None:
    """The account of the day, once its money has moved."""
    case = life.case
    begun = _begun(case)
    if begun is None:
        return
    if _is_cleared(life, begun):
        case.cleared.append(life.day)
        _account(life, recovered=0)
        life.write("L18", DEBTOR)
        return
    recovered, due = recovered_cents(case), account_due(case)
    if _has_failed(life) or (due and due <= life.day and recovered > case.accounted):
        _account(life, recovered=recovered)
    elif due and due <= life.day:
        case.accounted_on = life.day


def _account(life: Life, *, recovered: int) -> None:
    life.case.accounted_on, life.case.accounted = life.day, recovered
    life.write("L17", CREDITOR)


def recovering(case: Case, before: date = date.max) -> list[Term]:
    """The terms under recovery since the last clearance that came before the day: forced, or past ones asked for."""
    last = max((one for one in case.cleared if one < before), default=date.min)
    return [term for term in case.terms if not term.suspended and (since := _since(term)) and since > last]


def recovered_cents(case: Case) -> int:
    """What came for them, the fund's part included."""
    return sum(term.due - term.lacking for term in recovering(case))


def account_due(case: Case) -> date | None:
    """When the creditor is next told where a recovery stands; None when nothing is recovered any more."""
    begun = _begun(case)
    if begun is None:
        return None
    if case.state != State.FORCED and not any(term.lacking for term in recovering(case)):
        return None
    return account_day(max(begun, case.accounted_on or begun))


def _since(term: Term) -> date | None:
    return term.forced_on or (term.unpaid_on if term.arrears else None)


def _begun(case: Case) -> date | None:
    """The day of forced recovery, or the last on which past terms were asked for."""
    asked = [term.unpaid_on for term in case.terms if term.arrears]
    return max((one for one in (case.forced_since, *asked) if one), default=None)


def _is_cleared(life: Life, begun: date) -> bool:
    """Nothing that had fallen due lacks, and the creditor has it: told once since this recovery began."""
    case = life.case
    if (case.cleared and begun <= case.cleared[-1]) or case.payables or not recovering(case):
        return False
    return not any(term.lacking for term in case.terms if not term.suspended and term.due_on <= life.day)


def _has_failed(life: Life) -> bool:
    """A tool came to nothing today although something lacks."""
    ended = any(order.closed_on == life.day for order in life.case.orders)
    return ended and any(term.lacking for term in recovering(life.case))
