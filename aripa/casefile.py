"""One case as its pages show it: read once from the memory of the day's run, so that it says what the exports say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from aripa.days import loading
from aripa.life import terms
from aripa.life.living import Book, Life, Outcome, in_hand
from aripa.life.state import LIVING, AsfMonth, Family, Movement, Term
from aripa.life.state import Case as State
from aripa.models import Case, Event, Notice, Parent, Title
from aripa.models import Movement as MovementRow
from aripa.next_step import NextStep, next_step
from aripa.rules.calendar import asf_day, month_shifted
from aripa.selectors import HEARD, full_name, last_name
from aripa.statements import Lived
from aripa.words import RETURNS, STATES, TERMS

COMING = 2
PAID_OUT = ("PAYOUT", "OFFSET")


def state_words(case: State) -> tuple[str, str]:
    """The state of a case in words; while intermediation goes on, what became of its oldest unpaid term."""
    owed = [one for one in case.terms if one.lacking and one.unpaid_on and not one.suspended]
    if case.shown_state != "LIVE" or not owed:
        return STATES[case.shown_state]
    return ("Impayé notifié", "stop") if owed[0].notice else ("Impayé", "stop")


@dataclass(frozen=True)
class MonthLine:
    """One line of the calendar of terms. Cents, None for what has not come yet; `returned`: the bank's code in words."""

    month: date
    is_arrears: bool
    due_on: date | None
    due: int
    received: int | None
    paid_out: int | None
    asf: int | None
    asf_words: str
    lacking: int | None
    state: tuple[str, str]
    returned: str = ""


@dataclass
class CaseFile:
    """A case, its family's memory and its facts. `day`: the last day lived; `known_until`: the last whose facts are
    known, the later ones of a file wait for their day."""

    row: Case
    family: Family
    book: Book
    day: date
    known_until: date
    movements: list[Movement]
    letters: list[Notice]
    told: list[Event]
    titles: list[Title]
    parents: dict[str, Parent] = field(default_factory=dict)

    @property
    def state(self) -> State:
        return self.family.cases[self.row.pk]

    @cached_property
    def life(self) -> Life:
        return Life(self.state, self.book, self.day, Outcome())

    @property
    def is_protected(self) -> bool:
        return self.state.violence

    @property
    def state_words(self) -> tuple[str, str]:
        return state_words(self.state)

    @cached_property
    def next(self) -> NextStep:
        return next_step(self.life)

    @property
    def creditor(self) -> Parent | None:
        return self.parents.get(self.state.creditor)

    @property
    def debtor(self) -> Parent | None:
        return self.parents.get(self.state.debtor)

    @property
    def creditor_name(self) -> str:
        return last_name(self.creditor, is_protected=self.is_protected)

    @property
    def debtor_name(self) -> str:
        return last_name(self.debtor, is_protected=self.is_protected)

    @property
    def creditor_full(self) -> str:
        return full_name(self.creditor, is_protected=self.is_protected)

    @property
    def debtor_full(self) -> str:
        return full_name(self.debtor, is_protected=self.is_protected)

    @property
    def children(self) -> dict[str, str]:
        """First names by the child's number, the eldest first."""
        rows = sorted(self.titles, key=lambda one: (one.child_birth_date or date.max, one.child_id))
        return {one.child_id: one.child_first_name or "enfant" for one in rows}

    @property
    def title(self) -> Title | None:
        return next((one for one in reversed(self.titles) if one.title_no == self.state.title), None)

    @cached_property
    def support(self) -> int:
        """What the month asks, children together, indexed."""
        return 0 if self.state.without_title or not self.titles else terms.monthly_support(self.life)

    @property
    def due_day(self) -> int | None:
        return None if self.state.without_title or not self.titles else terms.due_day(self.life)

    @property
    def lived(self) -> Lived:
        return Lived(self.state, self.movements)

    @property
    def in_hand(self) -> int:
        return in_hand(self.state)

    @property
    def lacking(self) -> int:
        """What the debtor owes of terms fallen due: support, not fees."""
        return sum(one.lacking for one in self.state.terms if not one.suspended)

    @property
    def fund_lacks(self) -> int:
        return sum(line.fund_lacks for one in self.state.terms for line in one.lines)

    # ---- calendar ---------------------------------------------------------------------------------------------

    @property
    def years(self) -> list[int]:
        """The years with a month to show, the last first."""
        found = {one.month.year for one in self.state.terms} | {one.month.year for one in self.state.asf}
        return sorted(found | {one.month.year for one in self._coming()}, reverse=True)

    def calendar(self, year: int) -> list[MonthLine]:
        """The months of a year: terms, ASF without a term, and those to come."""
        shown = [_line(one, self) for one in self.state.terms if one.month.year == year]
        with_term = {one.month for one in self.state.terms if not one.arrears}
        alone = {one.month for one in self.state.asf if one.month.year == year} - with_term
        shown += [_of_asf(month, self) for month in alone] + [one for one in self._coming() if one.month.year == year]
        return sorted(shown, key=lambda one: (one.month, one.is_arrears))

    def _coming(self) -> list[MonthLine]:
        case = self.state
        if case.state not in LIVING or case.calls_from is None or not self.titles:
            return []
        first = max(self._first_uncalled(), case.calls_from.replace(day=1))
        months = [month_shifted(first, number) for number in range(COMING)]
        return [self._to_come(month) for month in months if case.end_date is None or month < case.end_date]

    def _first_uncalled(self) -> date:
        called = self.state.called_to
        return month_shifted(called, 1) if called else terms.month_of(self.day)

    def _to_come(self, month: date) -> MonthLine:
        due = sum(line.due for line in terms.due_lines(self.life, month))
        nothing = {"received": None, "paid_out": None, "asf": None, "asf_words": "", "lacking": None}
        return MonthLine(
            month=month, is_arrears=False, due_on=terms.due_on(self.life, month), due=due, state=TERMS["COMING"], **nothing
        )  # type: ignore[arg-type]  # fmt: skip

    @property
    def asf_coming(self) -> tuple[date, date] | None:
        """The month of the ASF that a lasting default would open, and the day it would be paid (CSS R. 523-3)."""
        lacking = [one.month for one in self.state.terms if one.lacking and not one.suspended and not one.arrears]
        if not lacking or not any(one.code in ("C1", "D") for one in self.state.claims):
            return None
        called, month = {one.month for one in self.state.terms if not one.arrears}, month_shifted(lacking[-1], 1)
        if month in called:
            month = lacking[-1]
        in_default = month in lacking or month not in called
        computed = any(one.month == month for one in self.state.asf) or month_shifted(month, -1) not in lacking
        return (month, asf_day(month)) if in_default and not computed and asf_day(month) > self.day else None

    def has_current(self, month: date) -> bool:
        """Whether a term of the month itself stands beside the past one asked for: payouts name the month alone."""
        return any(one.month == month and not one.arrears for one in self.state.terms)

    def asf_of(self, month: date) -> list[AsfMonth]:
        return [one for one in self.state.asf if one.month == month]


def _line(term: Term, file: CaseFile) -> MonthLine:
    asf = [] if term.arrears else file.asf_of(term.month)
    moved = [one for one in file.movements if one.month == term.month and one.kind in PAID_OUT]
    returned = term.debit.returned if term.debit else ""
    return MonthLine(
        month=term.month, is_arrears=term.arrears, due_on=term.due_on, due=term.due,
        received=sum(line.creditor + line.asf for line in term.lines),
        paid_out=0 if term.arrears and file.has_current(term.month) else sum(one.amount for one in moved),
        asf=sum(one.counted for one in asf) if asf else None, asf_words=_asf_words(asf), lacking=term.lacking,
        state=TERMS[term.status], returned=f"{returned} {RETURNS.get(returned, '')}".strip() if returned else "",
    )  # fmt: skip


def _of_asf(month: date, file: CaseFile) -> MonthLine:
    asf = file.asf_of(month)
    return MonthLine(
        month=month, is_arrears=False, due_on=None, due=0, received=None, paid_out=None,
        asf=sum(one.counted for one in asf), asf_words=_asf_words(asf), lacking=None, state=("pas de terme", ""),
    )  # fmt: skip


def _asf_words(rows: Sequence[AsfMonth]) -> str:
    paid = [one.paid_on for one in rows if one.paid_on]
    if paid:
        return f"payée le {max(paid):%d/%m}"
    return "à payer" if any(one.counted for one in rows) else "sous le minimum" if rows else ""


def read_case(row: Case, *, day: date, today: date) -> CaseFile:
    """A case with everything its pages need, in a number of queries that does not grow with its years."""
    known = max(day, today)
    family = loading.families([row.household_id])[row.household_id]
    book = loading.books([row.household_id], loading.prices(day))[row.household_id]
    numbers = {row.household_id, row.debtor_no} - {""}
    parents = Parent.objects.filter(HEARD, parent_no__in=numbers).order_by("parent_no", "-updated_on")
    return CaseFile(
        row=row, family=family, book=book, day=day, known_until=known, movements=_movements(row), letters=_letters(row),
        told=list(Event.objects.filter(case_no=row.pk, day__lte=known).order_by("event_no")),
        titles=list(Title.objects.filter(HEARD, case_no=row.pk).order_by("received_on", "title_no", "child_id")),
        parents={one.parent_no: one for one in parents.distinct("parent_no")},
    )  # fmt: skip


def _movements(row: Case) -> list[Movement]:
    found = MovementRow.objects.filter(case_id=row.pk).order_by("number")
    return [
        Movement(case=one.case_id, number=one.number, day=one.day, kind=one.kind, amount=one.amount_cents,
                 month=one.month, payer=one.payer)
        for one in found
    ]  # fmt: skip


def _letters(row: Case) -> list[Notice]:
    return list(Notice.objects.filter(case_id=row.pk).order_by("number"))
