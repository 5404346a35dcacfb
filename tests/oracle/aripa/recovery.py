"""Unpaid terms, arrears, plans, orders, release (law 4.4, 4.5, 6.3)."""

from datetime import date
from fractions import Fraction
from math import ceil

from tests.oracle.aripa import figures
from tests.oracle.aripa.base import Base
from tests.oracle.aripa.calendar import (
    DAY,
    first_of,
    is_working_day,
    month_named,
    month_of,
    months_after,
    working_day_from,
)
from tests.oracle.aripa.case import Case, Line, Order, Term
from tests.oracle.aripa.flow import Row, cents


class Recovery(Base):
    def hear_arrears_request(self, case: Case, event: Row) -> None:
        month = month_named(event["month"])
        earliest = month_of(self.day) - figures.on(figures.LOOKBACK, self.day)
        if not case.is_live or not earliest <= month < min(month_of(case.discharge), month_of(self.day)):
            return
        term = next((t for t in case.terms if t.kind == "ARREARS" and t.month == month), None)
        if not term:
            term = Term(month, first_of(month), self.title_on(case, first_of(month)).title_no, [], kind="ARREARS")
            term.noticed, term.asked_on = True, self.day
            case.terms.append(term)
        if any(line.child == event["child_id"] for line in term.lines):
            return
        term.asked_on = self.day
        term.lines.append(Line(event["child_id"], cents(event["amount"])))
        term.lines.sort(key=lambda line: line.child)
        if not self.is_written_today(case, "L09"):
            self.write(case, "L09", "DEBTOR")

    def hear_plan_accepted(self, case: Case, event: Row) -> None:
        asked = [t for t in case.terms if t.kind == "ARREARS" and t.lacking]
        least = ceil(Fraction(self.support(case, self.day), 500)) * 100
        most = 12 if len(asked) <= 12 else 24
        amount = cents(event["amount"])
        if asked and amount >= least and amount * most >= sum(t.lacking for t in asked):
            case.plan = {"amount": amount, "first": self.day + 10 * DAY, "owed": sum(t.lacking for t in asked)}
            self.write(case, "L10", "DEBTOR", "CREDITOR")

    def hear_complaint(self, case: Case, event: Row) -> None:
        case.complaint = True

    def hear_complaint_closed(self, case: Case, event: Row) -> None:
        case.complaint, case.closed_on = False, self.day

    def hear_recovery_decision(self, case: Case, event: Row) -> None:
        if not case.forced or self.is_held_up(case) or case.suspended_from and case.suspended_from <= self.day:
            return
        month = month_of(self.day)
        past = [t for t in case.pursued() if month - 24 <= t.month < month and t.lacking]
        pay = cents(event["amount"]) if event["amount"] else None
        capacity = None if pay is None else max(0, pay - cents(figures.on(figures.RSA, self.day)))
        current, arrears = 0 if case.ended else self.support(case, self.day), sum(t.lacking for t in past)
        months, part, last = spread(arrears, len(past), current, capacity)
        order = Order(
            len(case.orders) + 1,
            event["reason"],
            event["ref"],
            self.day,
            current,
            len(past),
            arrears,
            months,
            part,
            last,
            capacity,
        )
        case.orders.append(order)
        if order.tool == "DIRECT_PAYMENT":
            self.write(case, "L11", "GARNISHEE", "DEBTOR")

    def hear_garnishee_answer(self, case: Case, event: Row) -> None:
        for order in reversed(case.orders):
            if order.ref == event["ref"] and order.state in ("SENT", "ACCEPTED", "PAUSED"):
                order.state = {"ACCEPTED": "ACCEPTED", "NOT_HELD": "REFUSED", "ENDED": "CLOSED"}[event["reason"]]
                order.closed_on = None if order.state == "ACCEPTED" else self.day
                return

    def hear_release_request(self, case: Case, event: Row) -> None:
        since = case.forced_since if case.forced else None
        last_six = sorted((t for t in case.pursued() if t.kind == "CURRENT"), key=lambda t: t.due_on)[-6:]
        owed = sum(t.lacking for t in case.pursued())
        if not since or case.ended or owed or len(last_six) < 6 or last_six[0].due_on < since:
            return
        garnishee = any(o.state in ("SENT", "ACCEPTED", "PAUSED") for o in case.orders)
        self.write(case, "L12", *(["GARNISHEE"] if garnishee else []), "DEBTOR")
        for order in case.orders:
            if order.state in ("SENT", "ACCEPTED", "PAUSED"):
                order.state, order.closed_on = "CLOSED", self.day
        case.forced = False

    def support(self, case: Case, day: date) -> int:
        return sum(line.due for line in self.lines_of(case, month_of(day), day))

    def pass_unpaid(self, case: Case) -> None:
        for term in case.terms:
            waits = term.kind == "CURRENT" and not term.suspended and not term.unpaid_on and not term.debit_day
            if waits and term.lacking and self.day >= term.due_on + 5 * DAY:
                self.is_unpaid(case, term)

    def is_unpaid(self, case: Case, term: Term) -> None:
        term.unpaid_on = self.day
        if case.forced and not self.is_held_up(case):
            term.forced = True

    def pass_notices(self, case: Case) -> None:
        if self.is_suspended(case):
            return
        self.pass_plan(case)
        for term in list(case.terms):
            if term.suspended or term.forced or not term.lacking:
                continue
            if term.kind == "ARREARS":
                code, on, days = ("L08", term.broken_on, 15) if term.broken_on else ("L09", term.asked_on, 30)
                notice = next(one for one in case.letters if (one.code, one.day) == (code, on))
                if not case.plan and self.over(notice, days):
                    self.force(case, term)
            elif term.noticed:
                notice = next(one for one in reversed(case.letters) if one.code == "L08" and one.month == term.month)
                if self.over(notice, 15):
                    self.force(case, term)
            elif term.unpaid_on and term.unpaid_on < self.day and case.forced:
                self.force(case, term)
            elif term.unpaid_on and term.unpaid_on < self.day and is_working_day(self.day) and not case.ended:
                term.noticed = True
                self.write(case, "L08", "DEBTOR", month=term.month)

    def pass_plan(self, case: Case) -> None:
        """An instalment missed: a notice like L08, then forced recovery."""
        asked = [t for t in case.terms if t.kind == "ARREARS" and t.lacking]
        if not case.plan or not asked:
            return
        plan = case.plan
        reached = [n for n in range(25) if working_day_from(months_after(plan["first"], n)) < self.day]
        cleared = plan["owed"] - sum(t.lacking for t in asked)
        if cleared < min(len(reached) * plan["amount"], plan["owed"]):
            case.plan = {}
            self.write(case, "L08", "DEBTOR", month=min(t.month for t in asked))
            for term in asked:
                term.broken_on = self.day

    def force(self, case: Case, term: Term) -> None:
        term.forced = True
        if not case.forced:
            case.forced, case.forced_since = True, self.day


def spread(total: int, terms: int, current: int, capacity: int | None):
    """The fewest months allowed for which the support and an instalment fit in the capacity; the most if none fits."""
    if not terms:
        return 0, None, None
    for months in range(terms, (12 if terms <= 12 else 24) + 1):
        part = figures.half_up(Fraction(total, months))
        if capacity is None or current + part <= capacity:
            break
    return months, part, total - part * (months - 1)
