"""One case on one day: what the steps of a day read, and where what they do is written down."""

from collections.abc import Sequence
from datetime import date

from aripa.life.facts import Kind, Parent, Prices, Title
from aripa.life.state import Case, Letter, Movement, Receipt, State
from aripa.life.transitions import check

CREDITOR, DEBTOR, BOTH = "CREDITOR", "DEBTOR", "BOTH"
PARTIES = (CREDITOR, DEBTOR)
# What a movement adds to the money in the fund's hands: +1 it comes, -1 it leaves, 0 it passes beside.
IN_HAND = {
    "DEBIT": 1, "RECEIPT": 1, "OVERPAYMENT": 1, "DEBIT_RETURN": -1, "PAYOUT": -1, "ASF_REFUND": -1, "COST": -1,
    "FEE": -1, "PENALTY": -1, "REFUND": -1, "OFFSET": -1, "ASF": 0, "ASF_TOP_UP": 0, "REPAYMENT": 0, "BETWEEN": 0,
}  # fmt: skip

CHARGED = {"COST": "costs", "FEE": "fees", "PENALTY": "penalty"}


class Book:
    """The facts of one family: its titles by case, its parents by number, and the prices."""

    def __init__(self, titles: Sequence[Title], parents: Sequence[Parent], prices: Prices) -> None:
        self.prices = prices
        self._titles: dict[str, list[Title]] = {}
        for title in sorted(titles, key=lambda one: (one.received_on, one.number)):
            self._titles.setdefault(title.case, []).append(title)
        self._parents: dict[str, list[Parent]] = {}
        for parent in sorted(parents, key=lambda one: (one.updated_on or one.known_on, one.known_on)):
            self._parents.setdefault(parent.number, []).append(parent)

    def titles(self, case: str, day: date) -> list[Title]:
        """Those received by `day`, the first first; one sent again speaks as it was sent last."""
        received = {one.number: one for one in self._titles.get(case, []) if one.received_on <= day}
        return list(received.values())

    def parent(self, number: str, day: date) -> Parent | None:
        return next((one for one in reversed(self._parents.get(number, [])) if one.known_on <= day), None)

    def fact_days(self) -> set[date]:
        """Every day on which a title came or a parent was known anew."""
        titles = {one.received_on for found in self._titles.values() for one in found}
        return titles | {one.known_on for found in self._parents.values() for one in found}

    def cases(self) -> list[str]:
        return sorted(self._titles)

    def received(self, day: date) -> list[Title]:
        return [one for titles in self._titles.values() for one in titles if one.received_on == day]


class Outcome:
    """What living gives besides the state: movements, letters, and sentences about what a person must look at."""

    def __init__(self) -> None:
        self.movements: list[Movement] = []
        self.letters: list[Letter] = []
        self.receipts: list[Receipt] = []
        self.worries: list[tuple[str, date, str]] = []

    def add(self, other: "Outcome") -> None:
        """What another family left, after what this one did."""
        self.movements += other.movements
        self.letters += other.letters
        self.receipts += other.receipts
        self.worries += other.worries


class Life:
    """A case, its facts and the day."""

    def __init__(self, case: Case, book: Book, day: date, out: Outcome) -> None:
        self.case, self.book, self.day, self.out = case, book, day, out
        self._title: Title | None = None

    def become(self, state: State) -> None:
        """The case goes to another state, by a move of the table; nothing else assigns it. Raises MoveNotAllowed."""
        check(self.case.state or "", state)
        self.case.state = state

    def parent(self, party: str) -> Parent | None:
        """The creditor or the debtor as known on the day; None when no row of theirs came."""
        return self.book.parent(self.case.creditor if party == CREDITOR else self.case.debtor, self.day)

    def title(self) -> Title:
        """The title in force on the day: the last that replaced another and speaks already. A row without a title
        gives way to the first title that comes. No title comes within a day: it is looked for once."""
        if self._title is None:
            self._title = self._title_in_force()
        return self._title

    def _title_in_force(self) -> Title:
        received = self.book.titles(self.case.number, self.day)
        titles = [one for one in received if one.kind != Kind.NONE] or received
        replaced = [one for one in titles if one.supersedes and one.starts_on <= self.day]
        return replaced[-1] if replaced else titles[0]

    def write(self, code: str, *to: str, month: date | None = None) -> None:
        """One letter to each; the dead are written to no more."""
        for party in to:
            if party not in self.case.dead:
                self.case.letters += 1
                case, number = self.case.number, self.case.letters
                self.out.letters.append(
                    Letter(case=case, number=number, code=code, to=party, day=self.day, month=month)
                )

    def move(self, kind: str, amount: int, month: date | None = None, payer: str = DEBTOR) -> None:
        """Money moves; nothing does when the amount is zero."""
        if amount:
            totals = self.case.totals
            totals[kind] = totals.get(kind, 0) + amount
            self.case.movements += 1
            case, number = self.case.number, self.case.movements
            self.out.movements.append(
                Movement(case=case, number=number, day=self.day, kind=kind, amount=amount, month=month, payer=payer)
            )

    def charge(self, kind: str, amount: int) -> None:
        """The debtor owes costs, a fee or the penalty besides the support; a penalty dropped is a negative charge."""
        if amount:
            name = CHARGED[kind]
            setattr(self.case, name, getattr(self.case, name) + amount)
            self.case.charges.append((self.day, kind, amount))

    def worry(self, sentence: str) -> None:
        """Something a person must look at; the day goes on."""
        self.out.worries.append((self.case.number, self.day, sentence))


def in_hand(case: Case) -> int:
    """Money of others in the fund's hands; never negative."""
    return sum(sign * case.totals.get(kind, 0) for kind, sign in IN_HAND.items())


def other(party: str) -> str:
    return DEBTOR if party == CREDITOR else CREDITOR
