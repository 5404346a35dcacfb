"""ASF of a month, frozen on its day (law 5.5 and 10)."""

from collections import defaultdict
from datetime import date

from tests.oracle.aripa import figures
from tests.oracle.aripa.base import Base
from tests.oracle.aripa.calendar import (
    month_named,
    month_of,
)
from tests.oracle.aripa.case import Asf, Case, Line, Term
from tests.oracle.aripa.flow import Row, day_in

BIRTHDAY = 20 * 12


class Rights(Base):
    def hear_lone_parent(self, case: Case, event: Row) -> None:
        case.lone.append((event["reason"], day_in(event["effective_on"]) or self.day))

    def hear_asf_claim(self, case: Case, event: Row) -> None:
        case.claims.append(event)

    def hear_judge_applied(self, case: Case, event: Row) -> None:
        case.judge_applied = True

    def pay_asf(self, month: int) -> None:
        computed = defaultdict(list)
        for case in self.cases.values():
            rows = [row for child in self.children(case) if (row := self.right(case, child, month))]
            computed[case.creditor] += [(case, row) for row in rows]
            for term in case.terms:
                if term.month == month and term.kind == "CURRENT":
                    for line in term.lines:
                        line.lacked = line.lacking > 0
        for rows in computed.values():
            is_paid = sum(row.amount for _, row in rows) >= 1500
            for case, row in rows:
                self.settle_asf(case, row, is_paid)
        for case in self.cases.values():
            now = [row for row in case.asf if row.month == month and row.kind != "TOP_UP"]
            self.move(case, "ASF", "ASF", "CREDITOR", sum(row.paid for row in now), month)
            if month % 3 == 2:
                self.pay_top_ups(case, month)

    def settle_asf(self, case: Case, row: Asf, is_paid: bool) -> None:
        case.asf.append(row)
        row.paid = row.amount if is_paid else 0
        row.recoverable = row.recoverable if is_paid else 0
        if is_paid and row.kind != "TOP_UP":
            row.paid_on = self.day
        for term in case.terms:
            if term.month == row.month and term.kind == "CURRENT":
                for line in term.lines:
                    if line.child == row.child:
                        line.advanced += row.recoverable
        second = sum(one.child == row.child and one.paid > 0 for one in case.asf) == 2
        if row.opening == "C3" and is_paid and second and not self.is_written_today(case, "L23"):
            self.write(case, "L23", "CREDITOR")

    def pay_top_ups(self, case: Case, month: int) -> None:
        for reached in range(month - 2, month + 1):
            rows = [row for row in case.asf if row.kind == "TOP_UP" and row.month == reached and row.paid]
            for row in rows:
                row.paid_on = self.day
            self.move(case, "ASF_TOP_UP", "ASF", "CREDITOR", sum(row.paid for row in rows), reached)

    def children(self, case: Case) -> dict[str, date]:
        return {
            r["child_id"]: date.fromisoformat(r["child_birth_date"])
            for t in case.titles
            for r in t.rows
            if r["child_birth_date"]
        }

    def is_alone(self, creditor: str, month: int) -> bool:
        """Alone on every day of the month: a couple from the first day of its month, until the month after."""
        told = sorted(
            (on, n, r) for c in self.cases.values() if c.creditor == creditor for n, (r, on) in enumerate(c.lone)
        )
        alone = True
        for on, _, reason in told:
            if reason == "COUPLE" and month_of(on) <= month:
                alone = False
            if reason == "ALONE" and month_of(on) < month:
                alone = True
        return alone

    def right(self, case: Case, child: str, month: int) -> Asf | None:
        born = self.children(case)[child]
        dead = [c.dead["CREDITOR"] for c in self.cases.values() if c.creditor == case.creditor and "CREDITOR" in c.dead]
        claims = [c for c in case.claims if month_named(c["day"]) <= month and c["child_id"] in ("", child)]
        if (
            not claims
            or not self.is_alone(case.creditor, month)
            or any(month_of(day) < month for day in dead)
            or month >= month_of(born) + BIRTHDAY
            or (child in case.dead and month_of(case.dead[child]) < month)
        ):
            return None
        for claim in claims:
            without = claim["reason"][0] in "AB" or claim["reason"] in ("C2", "C3")
            if without and (row := self.right_without_term(case, child, month, claim, born)):
                return row
        if any(claim["reason"] in ("C1", "D") for claim in claims):
            return self.right_of_term(case, child, month)
        return None

    def right_without_term(self, case: Case, child: str, month: int, claim: Row, born: date) -> Asf | None:
        opened = day_in(claim["effective_on"]) or day_in(claim["day"])
        if claim["reason"] == "A1":
            opened = max(opened, born)
        if month <= month_of(opened):
            return None
        before = [row for row in case.asf if row.child == child and row.opening == "C3" and row.paid]
        if claim["reason"] == "C3" and self.is_called(case, child, month):
            return None
        if claim["reason"] == "C3" and len(before) >= 4 and not (case.found_unable or case.judge_applied):
            return None
        net = figures.net_asf(month, claim["reason"] == "A2")
        return Asf(child, month, "NON_RECOVERABLE", claim["reason"], net, 0, 0, net, 0)

    def is_called(self, case: Case, child: str, month: int) -> bool:
        """By a title of any case of the creditor, in the month or before."""
        cases = [one for one in self.cases.values() if one.creditor == case.creditor]
        terms = [term for one in cases for term in one.terms if term.kind == "CURRENT" and term.month <= month]
        return any(line.child == child for term in terms for line in term.lines)

    def right_of_term(self, case: Case, child: str, month: int) -> Asf | None:
        def line_of(number: int) -> tuple[Term | None, Line | None]:
            term = next((t for t in case.terms if t.month == number and t.kind == "CURRENT"), None)
            return term, next((one for one in term.lines if one.child == child), None) if term else None

        term, line = line_of(month)
        if not term or not line:
            return None
        net, received = figures.net_asf(month, False), line.creditor + line.asf
        if term.suspended:
            return Asf(child, month, "NON_RECOVERABLE", "C1", net, line.due, received, net, 0)
        before_term, before = line_of(month - 1)
        if line.lacking:
            amount = net - received
            if not before or not before.lacked or before_term.suspended or amount <= 0:
                return None
            kind = "PARTIAL_ADVANCE" if received else "ADVANCE"
            return Asf(child, month, kind, "C1", net, line.due, received, amount, min(amount, line.lacking))
        if before_term and not before_term.suspended and net > line.due:
            return Asf(child, month, "TOP_UP", "D", net, line.due, received, net - line.due, 0)
        return None
