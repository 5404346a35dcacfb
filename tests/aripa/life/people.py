"""A small world for lives: one creditor, one debtor, one child, and the means to tell what happens to them."""

from dataclasses import dataclass, field
from datetime import date

from aripa.life.day import live_through
from aripa.life.facts import ChildLine, Event, Kind, Parent, Price, Prices, Title
from aripa.life.living import Book, Outcome, in_hand
from aripa.life.state import Case, Family, Term


def day(text: str) -> date:
    return date.fromisoformat(text)


def title(received: str = "2025-12-01", **said: object) -> Title:
    lines = said.pop("lines", None) or (line(),)
    values = {
        "number": "T1", "case": "C1", "kind": Kind.COURT_DECISION, "dated": day("2025-11-14"),
        "enforceable_on": day("2025-11-20"), "creditor": "P1", "debtor": "P2", "due_day": 10,
        "received_on": day(received), "indexation": "EXCLUDED", "lines": lines,
    }  # fmt: skip
    return Title(**(values | said))  # type: ignore[arg-type]


def line(child: str = "K1", cash: int = 250_00, **said: object) -> ChildLine:
    values = {
        "child": child,
        "cash": cash,
        "starts_on": day("2025-12-01"),
        "ends_on": None,
        "born_on": day("2017-05-02"),
    }
    return ChildLine(**(values | said))  # type: ignore[arg-type]


def parent(number: str, known: str = "2025-01-01", **said: object) -> Parent:
    values = {
        "number": number, "known_on": day(known), "fund": "CAF63", "country": "FR", "stable_residence": True,
        "lawful_stay": True, "means": "DIRECT_DEBIT", "payment_day": 1, "reachable": True,
    }  # fmt: skip
    return Parent(**(values | said))  # type: ignore[arg-type]


@dataclass
class World:
    """One family and what is told of it, in the order of telling."""

    titles: list[Title] = field(default_factory=lambda: [title()])
    parents: list[Parent] = field(default_factory=lambda: [parent("P1"), parent("P2")])
    prices: list[Price] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    family: Family = field(default_factory=lambda: Family(creditor="P1"))
    out: Outcome = field(default_factory=Outcome)

    def tell(self, on: str, kind: str, **said: object) -> "World":
        for name in ("month", "effective_on"):
            if isinstance(value := said.get(name), str):
                said[name] = day(value if len(value) == 10 else value + "-01")
        number = len(self.events) + 1
        case = said.pop("case", "C1")
        self.events.append(Event(number=number, day=day(on), case=case, kind=kind, **said))  # type: ignore[arg-type]
        return self

    def informed(self, on: str = "2025-12-10") -> "World":
        return self.tell(on, "INFORMATION", party="BOTH", reason="FULL")

    def live(self, until: str) -> "World":
        book = Book(self.titles, self.parents, Prices(self.prices))
        told = live_through(self.family, book, self.events, until=day(until))
        self.out.add(told)
        for case in self.family.cases.values():
            assert in_hand(case) == waiting(case) >= 0
        return self

    @property
    def case(self) -> Case:
        return self.family.cases["C1"]

    def term(self, month: str) -> Term:
        return next(one for one in self.case.terms if one.month == day(month + "-01"))

    def moved(self, *kinds: str) -> list[tuple[str, str, int]]:
        return [(str(one.day), one.kind, one.amount) for one in self.out.movements if not kinds or one.kind in kinds]

    def letters(self, *codes: str) -> list[tuple[str, str, str]]:
        return [(str(one.day), one.code, one.to) for one in self.out.letters if not codes or one.code in codes]


def waiting(case: Case) -> int:
    """What is in the fund's hands must be there for somebody: to pay out, kept, or to give back."""
    return (
        sum(one.amount for one in case.payables)
        + sum(amount for _day, amount in case.kept)
        + sum(one.amount for one in case.refunds)
    )
