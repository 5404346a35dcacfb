"""What every part of a day uses: the case, its title of the day, a letter written, money moved."""

from datetime import date

from tests.oracle.aripa import figures
from tests.oracle.aripa.calendar import (
    DAY,
    deadline,
    first_of,
    last_of,
    month_of,
)
from tests.oracle.aripa.case import Case, Letter, Line
from tests.oracle.aripa.flow import Flow, Row, Title


class Base:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.indexes = figures.Indexes(flow)
        self.cases: dict[str, Case] = {}
        self.movements: list[tuple] = []
        self.received: set[str] = set()
        self.missing_index = False
        self.heard: set[str] = set()

    def case(self, number: str) -> Case:
        return self.cases.setdefault(number, Case(number))

    def move(self, case: Case, kind: str, source: str, target: str, amount: int, month: int | None = None) -> None:
        if amount:
            self.movements.append((case.number, self.day, kind, source, target, amount, month))

    def write(self, case: Case, code: str, *parties: str, month: int | None = None) -> None:
        case.letters += [Letter(code, party, self.day, month) for party in parties if party not in case.dead]

    def parent(self, case: Case, party: str) -> Row:
        return self.flow.parent(case.creditor if party == "CREDITOR" else case.debtor, self.day)

    def due_day(self, case: Case, day: date) -> int:
        title = self.title_on(case, day)
        if title.kind in figures.JUDGES and title.due_day:
            return int(title.due_day)
        first = min(day.replace(day=1), self.day)
        return int(
            self.flow.parent(case.debtor, first).get("payment_day")
            or self.parent(case, "DEBTOR").get("payment_day")
            or 1
        )

    def title_on(self, case: Case, day: date) -> Title:
        titles = [t for t in case.titles if t.kind != "NONE" and not t.has("cancels_support")]
        found = titles[0]
        for title in titles[1:]:
            if title.effective <= day:
                found = title
        return found

    def first_due_from(self, case: Case, day: date) -> date:
        while day.day != self.due_day(case, day):
            day += DAY
        return day

    def is_suspended(self, case: Case) -> bool:
        return bool(case.suspended_from and case.suspended_from <= self.day and not case.able_again)

    def is_held_up(self, case: Case) -> bool:
        """By a complaint, until the day after it is closed."""
        return case.complaint or case.closed_on == self.day

    def over(self, letter: Letter, days: int) -> bool:
        return letter.received_on is not None and deadline(letter.received_on, days) < self.day

    def is_written_today(self, case: Case, code: str) -> bool:
        return any((one.code, one.day) == (code, self.day) for one in case.letters)

    def last_letter(self, case: Case, code: str, to: str) -> Letter | None:
        return next((one for one in reversed(case.letters) if (one.code, one.to) == (code, to)), None)

    def lines_of(self, case: Case, month: int, day: date) -> list[Line]:
        title = self.title_on(case, day)
        return [
            Line(row["child_id"], amount)
            for row in title.rows
            if row["effective_on"] <= last_of(month).isoformat()
            and not (row["amount_end"] and row["amount_end"] <= first_of(month).isoformat())
            and not (row["child_id"] in case.dead and month > month_of(case.dead[row["child_id"]]))
            and (amount := self.indexes.amount(title, row, day))
        ]
