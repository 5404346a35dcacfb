"""Terms falling due, receipts and their imputation, debits, payouts."""

from collections import defaultdict
from datetime import date
from fractions import Fraction
from math import floor

from tests.oracle.aripa import figures
from tests.oracle.aripa.base import Base
from tests.oracle.aripa.calendar import (
    DAY,
    bank_day_from,
    month_named,
    month_of,
)
from tests.oracle.aripa.case import Case, Term, Waiting
from tests.oracle.aripa.flow import Row, cents

BLOCKING = {"AC01", "AC04", "AC06", "AG01", "MD01", "MD06", "MD07"}
WITH_FEES = ("GARNISHEE", "OFFICER", "BENEFIT_FORCED")


class Money(Base):
    def is_due(self, case: Case, day: date) -> bool:
        month = month_of(day)
        return (
            case.discharge is not None
            and day >= case.discharge
            and (day.day == self.due_day(case, day) or self.comes_in_late(case, day))
            and not any(t.month == month and t.kind == "CURRENT" for t in case.terms)
            and not self.is_after_end(case, month, day)
            and bool(self.lines_of(case, month, day))
        )

    def comes_in_late(self, case: Case, day: date) -> bool:
        """The first day of a title whose due day of this month has passed."""
        return self.title_on(case, day).effective == day and day.day > self.due_day(case, day) and day > case.discharge

    def is_suspended_on(self, case: Case, day: date) -> bool:
        return bool(case.suspended_from and case.suspended_from <= day) and not (
            case.able_again and day >= case.calls_from
        )

    def call_term(self, case: Case) -> None:
        if not case.discharge or not self.is_due(case, self.day):
            return
        month = month_of(self.day)
        term = Term(month, self.day, self.title_on(case, self.day).title_no, self.lines_of(case, month, self.day))
        term.suspended = self.is_suspended_on(case, self.day)
        case.terms.append(term)
        if case.able_again and not term.suspended:
            case.suspended_from = case.able_again = None
        if not term.suspended and case.pot:
            case.pot -= self.serve_creditor(case, term, case.pot, since=self.day - DAY)
            if not self.has_next_due(case):
                self.refund_pot(case, self.day)

    def has_next_due(self, case: Case) -> bool:
        days = [self.day + n * DAY for n in range(1, 31)]
        return not self.is_suspended(case) and any(self.is_due(case, day) and day >= case.calls_from for day in days)

    def refund_pot(self, case: Case, since: date | None = None) -> None:
        if case.pot:
            case.refunds.append(Waiting(since or self.day - DAY, case.pot))
            case.pot = 0

    def take_money(self, event: Row) -> None:
        case = self.case(event["case_no"])
        getattr(self, "take_" + event["kind"].lower())(case, event, cents(event["amount"]))

    def take_expense(self, case: Case, event: Row, amount: int) -> None:
        case.costs += amount

    def take_creditor_repaid(self, case: Case, event: Row, amount: int) -> None:
        amount = min(amount, case.overpaid)
        case.overpaid -= amount
        self.move(case, "REPAYMENT", "CREDITOR", "OVERPAYMENT", amount)

    def take_debit_returned(self, case: Case, event: Row, amount: int) -> None:
        if event["reason"] in BLOCKING:
            case.blocked = True
        month = month_named(event["month"])
        term = next((t for t in case.terms if t.month == month and sum(t.debited.values()) == amount), None)
        if not term:
            refund = next((r for r in case.refunds if r.month == month and r.amount), None)
            if refund:
                self.move(case, "DEBIT_RETURN", "HELD", "DEBTOR", refund.amount, month)
                refund.amount = 0
            return
        total = sum(term.debited.values())
        self.move(case, "DEBIT_RETURN", "HELD", "DEBTOR", total, month)
        left = total
        for payout in case.payouts:
            if payout.month == month and payout.since == term.debit_day:
                kept = min(left, payout.amount)
                payout.amount -= kept
                left -= kept
        if left:
            self.overpay(case, left, month)
        for line in term.lines:
            line.creditor -= term.debited.get(line.child, 0)
        term.debited, term.returned = {}, True
        self.is_unpaid(case, term)

    def take_payment_received(self, case: Case, event: Row, amount: int) -> None:
        means = event["means"]
        payer = (
            "DEBTOR" if means in ("TRANSFER", "CARD", "CHEQUE", "BENEFIT_CONSENT", "BENEFIT_FORCED") else "GARNISHEE"
        )
        self.move(case, "RECEIPT", payer, "HELD", amount)
        forced = case.forced and not self.is_suspended(case)
        named = month_named(event["month"]) if event["month"] and not forced else None
        left = self.impute(case, amount, named)
        if means in WITH_FEES and forced:
            base = amount - left
            case.fees += figures.half_up(Fraction(base * 75, 1000))
            if means != "OFFICER":
                case.fees += figures.half_up(Fraction(base * 25, 1000))
        for kind, debt in (("COST", "costs"), ("FEE", "fees"), ("PENALTY", "penalty")):
            paid = min(left, getattr(case, debt))
            setattr(case, debt, getattr(case, debt) - paid)
            self.move(case, kind, "HELD", "MANAGEMENT", paid)
            left -= paid
        if left and self.has_next_due(case):
            case.pot += left
        elif left:
            case.refunds.append(Waiting(self.day, left))

    def impute(self, case: Case, amount: int, named: int | None) -> int:
        pursued = sorted(case.pursued(), key=lambda t: (t.due_on, t.month))
        for term in (t for t in pursued if t.month == named):
            amount = self.serve(case, term, amount)
        due = [t for t in pursued if t.due_on <= self.day]
        if due:
            amount = self.serve(case, due[-1], amount)
        for term in pursued:
            amount -= self.serve_fund(case, term, amount)
        for term in pursued:
            amount -= self.serve_creditor(case, term, amount)
        return amount

    def serve(self, case: Case, term: Term, amount: int) -> int:
        amount -= self.serve_fund(case, term, amount)
        return amount - self.serve_creditor(case, term, amount)

    def serve_fund(self, case: Case, term: Term, amount: int) -> int:
        parts = share(amount, {line.child: line.lacking_to_fund for line in term.lines})
        for line in term.lines:
            line.asf += parts[line.child]
        self.move(case, "ASF_REFUND", "HELD", "ASF", sum(parts.values()), term.month)
        return sum(parts.values())

    def serve_creditor(self, case: Case, term: Term, amount: int, since: date | None = None) -> int:
        parts = share(amount, {line.child: line.lacking_to_creditor for line in term.lines})
        for line in term.lines:
            line.creditor += parts[line.child]
        if sum(parts.values()):
            case.payouts.append(Waiting(since or self.day, sum(parts.values()), term.month))
        return sum(parts.values())

    def send_debits(self, case: Case) -> None:
        for term in case.terms:
            if term.kind == "ARREARS" or term.suspended or term.debit_tried or bank_day_from(term.due_on) != self.day:
                continue
            term.debit_tried = True
            debtor = self.parent(case, "DEBTOR")
            direct = (
                debtor.get("payment_means") in ("DIRECT_DEBIT", "") and debtor.get("iban") and debtor.get("mandate_ref")
            )
            ordered = any(o.tool == "DIRECT_PAYMENT" and o.state == "ACCEPTED" for o in case.orders)
            if not term.lacking or case.blocked or not direct or ordered or self.is_suspended(case):
                continue
            term.debit_day = self.day
            before = {line.child: line.creditor for line in term.lines}
            self.move(case, "DEBIT", "DEBTOR", "HELD", term.lacking, term.month)
            self.serve_creditor(case, term, term.lacking)
            term.debited = {line.child: line.creditor - before[line.child] for line in term.lines}

    def pay_out(self, case: Case) -> None:
        leaving = defaultdict(int)
        for payout in [p for p in case.payouts if p.since < self.day]:
            leaving[payout.month] += payout.amount
            case.payouts.remove(payout)
        for month in sorted(leaving):
            kept = min(leaving[month], case.overpaid) if case.offset else 0
            case.overpaid -= kept
            self.move(case, "OFFSET", "HELD", "OVERPAYMENT", kept, month)
            self.move(case, "PAYOUT", "HELD", "CREDITOR", leaving[month] - kept, month)
        for refund in [r for r in case.refunds if r.since < self.day]:
            self.move(case, "REFUND", "HELD", "DEBTOR", refund.amount)
            case.refunds.remove(refund)


def share(amount: int, lacks: dict[str, int]) -> dict[str, int]:
    """In proportion to what each lacks, cut to the cent; left-over cents one by one in the order of the children."""
    total = sum(lacks.values())
    if not total or amount >= total:
        return dict(lacks)
    parts = {child: floor(Fraction(amount * lack, total)) for child, lack in lacks.items()}
    while left := amount - sum(parts.values()):
        for child in sorted(parts):
            if left and parts[child] < lacks[child]:
                parts[child] += 1
                left -= 1
    return parts
