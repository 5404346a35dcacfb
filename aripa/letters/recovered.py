"""The account of a recovery to the creditor (L17), and its clearance to the debtor (L18): CSS R. 581-5, R. 582-8 II.

Neither says where the other parent lives, works or banks: a tool is named, never who was asked to pay. Where a parent is
to be protected not even the tool is.
"""

from collections.abc import Iterable
from datetime import date

from aripa.letters.told import Facts, Told
from aripa.life.accounts import recovering
from aripa.life.state import LIVING, Order, State, Term
from aripa.words import TOOLS
from portal.frame.templatetags.portal import money, short_day
from portal.legislation.words import month_in_words

FAILED = {"REFUSED": "aucun argent n’a pu être pris par ce moyen", "CLOSED": "ce moyen a pris fin"}


def l17(told: Told) -> Facts:
    """What was done, month by month what came, and why what lacks was not obtained."""
    case = told.life.case
    terms = recovering(case, told.day)
    months = [_month(told, term) for term in terms]
    return {
        "acts": list(_acts(told)), "failures": list(_failures(told)), "months": months,
        "due_cents": _sum(months, "due"), "passed_on_cents": _sum(months, "passed"),
        "waiting_cents": _sum(months, "waiting"), "between_cents": _sum(months, "between"),
        "fund_cents": _sum(months, "fund"), "cleared_cents": _sum(months, "due") - _sum(months, "left"),
        "left_cents": _sum(months, "left"), "fund_left_cents": sum(line.fund_lacks for term in terms for line in term.lines),
        "offsets": case.offsets, "is_open": case.state == State.FORCED,
    }  # fmt: skip


def _sum(months: Iterable[Facts], name: str) -> int:
    return sum(one[name] for one in months)


def _month(told: Told, term: Term) -> Facts:
    """What came for a month: passed on, about to be, kept for the advance of the fund, paid by the other parent without it."""
    waiting = sum(one.amount for one in told.life.case.payables if one.month == term.month)
    between = sum(line.between for line in term.lines)
    return {
        "month": term.month.isoformat(), "due": term.due, "between": between, "waiting": waiting,
        "passed": sum(line.creditor for line in term.lines) - between - waiting,
        "fund": sum(line.asf for line in term.lines), "left": term.lacking,
    }  # fmt: skip


def _acts(told: Told) -> Iterable[str]:
    case, terms = told.life.case, recovering(told.life.case, told.day)
    for term in terms:
        if term.notice and term.notice.sent_on:
            words = "Sommes réclamées" if term.notice.code == "L09" else "Dernier rappel envoyé"
            yield f"{words} le {short_day(term.notice.sent_on)}, pour {month_in_words(term.month)}"
    if case.plan:
        yield f"Plan de {money(case.plan.monthly)} par mois, accepté le {short_day(case.plan.since)}"
    if case.forced_since:
        yield f"Recouvrement forcé depuis le {short_day(case.forced_since)}"
    for order in _orders(told):
        yield f"{_tool(told, order)}, décidé le {short_day(order.decided_on)}"


def _failures(told: Told) -> Iterable[str]:
    """Why something lacks; nothing when nothing does."""
    terms = recovering(told.life.case, told.day)
    if not any(term.lacking for term in terms):
        return
    for order in _orders(told):
        if order.closed_on:
            yield f"{_tool(told, order)} : {FAILED[order.state]} (le {short_day(order.closed_on)})"
    for term in terms:
        if term.lacking and term.debit and term.debit.returned:
            yield f"Le prélèvement pour {month_in_words(term.month)} a été rejeté par la banque"


def _orders(told: Told) -> list[Order]:
    """The tools of this recovery."""
    last = max((one for one in told.life.case.cleared if one < told.day), default=date.min)
    return [one for one in told.life.case.orders if max(one.decided_on, one.closed_on or one.decided_on) > last]


def _tool(told: Told, order: Order) -> str:
    return "Moyen de recouvrement" if told.life.case.violence else TOOLS[order.tool]


def l18(told: Told) -> Facts:
    """Nothing that had fallen due lacks: what the debtor owes besides, and what goes on."""
    case = told.life.case
    return {
        "cleared_on": told.day.isoformat(), "charges_cents": case.costs + case.fees + case.penalty,
        "is_forced": case.state == State.FORCED, "is_called": case.state in LIVING,
    }  # fmt: skip
