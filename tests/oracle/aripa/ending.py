"""Ends, suspension, moves, and the terms called after an end."""

from datetime import date

from tests.oracle.aripa.base import Base
from tests.oracle.aripa.calendar import (
    DAY,
    first_of,
    month_of,
)
from tests.oracle.aripa.case import Case, Line, Term, Waiting
from tests.oracle.aripa.flow import Row, day_in

OTHER = {"CREDITOR": "DEBTOR", "DEBTOR": "CREDITOR"}
OPEN_STATES = ("INFO_REQUESTED", "PENALTY_WARNED", "PENALTY_PRONOUNCED", "INSTRUCTED")


class Ending(Base):
    def hear_death(self, case: Case, event: Row) -> None:
        died = day_in(event["effective_on"]) or self.day
        case.dead[event["child_id"] or event["party"]] = died
        if event["party"] in OTHER and case.state in OPEN_STATES:
            case.state = "REJECTED"
            self.write(case, "L02", *OTHER)
        elif event["party"] in OTHER:
            self.end(case, "DEATH", died)
        else:
            self.remove_terms_after_child(case, event["child_id"], month_of(died))

    def hear_violence(self, case: Case, event: Row) -> None:
        case.violence = True
        if case.consent_pending:
            case.consent_pending = False
            self.write(case, "L02", case.asked_by)

    def hear_move(self, case: Case, event: Row) -> None:
        if event["party"] == "CREDITOR":
            case.moves_on = first_of(month_of(self.day) + 1)
            case.moves_to = self.parent(case, "CREDITOR").get("fund", "")

    def hear_unable_to_pay(self, case: Case, event: Row) -> None:
        case.found_unable = True
        if event["reason"] in ("3", "4"):
            return
        case.unable = True
        if case.state not in ("", "REJECTED") and not case.ended and not case.suspended_from:
            case.suspended_from = first_of(month_of(self.day) + 1)
            if case.is_live:
                self.write(case, "L15", *case.living())

    def hear_able_to_pay(self, case: Case, event: Row) -> None:
        case.unable = case.found_unable = False
        if case.suspended_from and case.suspended_from > self.day:
            case.suspended_from = None
        elif case.is_live and case.suspended_from and not case.able_again:
            self.write(case, "L05", *case.living())
            case.calls_from = self.first_due_from(case, self.day + 14 * DAY)
            case.able_again, case.forced = self.day, False

    def hear_end_request(self, case: Case, event: Row) -> None:
        if not case.is_live or case.end_date or case.consent_pending or self.is_suspended(case):
            return
        party = event["party"]
        if case.violence:
            self.write(case, "L02", *([party] if party in OTHER else OTHER))
        elif party == "BOTH":
            self.end(case, "CONSENT", first_of(month_of(self.day) + 1))
        else:
            case.asked_by, case.consent_pending = party, True
            self.write(case, "L13", OTHER[party])

    def hear_end_consent(self, case: Case, event: Row) -> None:
        if case.consent_pending and event["party"] == OTHER[case.asked_by] and not case.violence:
            self.end(case, "CONSENT", first_of(month_of(self.day) + 1))

    def hear_end_refusal(self, case: Case, event: Row) -> None:
        case.consent_pending = False

    def pass_consent(self, case: Case) -> None:
        asked = self.last_letter(case, "L13", OTHER[case.asked_by])
        if asked and self.over(asked, 30):
            case.consent_pending = False

    def end(self, case: Case, reason: str, on: date) -> None:
        if case.ended or not case.state or case.state == "REJECTED":
            return
        if case.end_date and case.end_date <= on:
            return
        case.end_date, case.end_reason, case.consent_pending = on, reason, False
        self.write(case, "L14", *case.living())
        self.remove_terms(case)

    def pass_end(self, case: Case) -> None:
        if case.state in OPEN_STATES or case.is_live:
            title = self.title_on(case, self.day)
            stop = day_in(title.intermediation_end)
            ends = [case.dead.get(row["child_id"]) or day_in(row["amount_end"]) for row in title.rows]
            if stop and stop <= self.day:
                self.end(case, "TITLE_END", stop)
            elif all(ends) and max(ends) <= self.day:
                of_death = all(row["child_id"] in case.dead for row in title.rows)
                self.end(case, "DEATH" if of_death else "SUPPORT_END", max(ends))
            elif case.discharge and self.is_away(case):
                self.end(case, "RESIDENCE", self.day)
        if case.end_date and not case.ended and case.end_date <= self.day:
            case.ended = True
            if not self.has_next_due(case):
                self.refund_pot(case)

    def remove_terms(self, case: Case) -> None:
        for term in list(case.terms):
            if term.kind == "CURRENT" and self.is_after_end(case, term.month, term.due_on):
                for line in term.lines:
                    self.take_back(case, term, line)
                case.terms.remove(term)

    def is_after_end(self, case: Case, month: int, due_on: date) -> bool:
        if not case.end_date:
            return False
        if case.end_reason == "DEATH" or case.end_reason == "SUPPORT_END":
            return month > month_of(case.end_date)
        return due_on >= case.end_date

    def remove_terms_after_child(self, case: Case, child: str, month: int) -> None:
        for term in list(case.terms):
            if term.kind == "CURRENT" and term.month > month:
                for line in [line for line in term.lines if line.child == child]:
                    self.take_back(case, term, line)
                    term.lines.remove(line)
                if not term.lines:
                    case.terms.remove(term)

    def take_back(self, case: Case, term: Term, line: Line) -> None:
        """What a line that is not due received goes back to the debtor; what was passed on is an overpayment."""
        waiting = line.creditor
        for payout in case.payouts:
            if payout.month == term.month:
                kept = min(waiting, payout.amount)
                payout.amount -= kept
                waiting -= kept
        if waiting:
            self.overpay(case, waiting, term.month)
        if line.creditor:
            case.refunds.append(Waiting(self.day, line.creditor, term.month))

    def overpay(self, case: Case, amount: int, month: int) -> None:
        case.overpaid += amount
        self.move(case, "OVERPAYMENT", "OVERPAYMENT", "HELD", amount, month)
        if not any((one.code, one.day, one.month) == ("L16", self.day, month) for one in case.letters):
            self.write(case, "L16", "CREDITOR", month=month)
