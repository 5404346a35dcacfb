"""A case as one of its parents may see it: the life of the case, and the side from which it is looked at.

What is read here is the case's, never the other parent's: no name, address, phone, account, employer or fund of theirs.
"""

from dataclasses import dataclass, field
from datetime import date

from aripa.days import loading
from aripa.life.living import CREDITOR, DEBTOR, Book, Life, Outcome
from aripa.life.state import Case, Movement, Notice, Order, State, Term
from aripa.linking import own_cases
from aripa.models import Case as CaseRow
from aripa.models import Event, EventKind
from aripa.models import Movement as MovementRow
from aripa.models import Title as TitleRow
from aripa.operations import last_day
from aripa.statements import Lived, StatementRow, creditor_rows, debtor_rows

LIVE = (State.LIVE, State.FORCED, State.SUSPENDED)


@dataclass
class Standing:
    """One case on the last day lived, from the side of `party`."""

    case: Case
    party: str
    life: Life
    lived: date
    protected: bool
    movements: list[Movement] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def is_creditor(self) -> bool:
        return self.party == CREDITOR

    @property
    def is_safe(self) -> bool:
        """Whether this page is the protected parent's own."""
        return self.protected and self.is_creditor

    @property
    def is_live(self) -> bool:
        return self.case.state in LIVE

    @property
    def children(self) -> str:
        """``Lina``, ``Tom et Zoé``; empty when the title gave no first name."""
        found = [self.names[line.child] for line in self.life.title().lines if self.names.get(line.child)]
        return " et ".join(filter(None, [", ".join(found[:-1]), found[-1]])) if found else ""

    @property
    def paid_by_third(self) -> Order | None:
        """The direct payment that a third party makes each month for the parent who pays; None when there is none."""
        orders = (one for one in reversed(self.case.orders) if one.tool == "DIRECT_PAYMENT")
        return next((one for one in orders if one.state == "ACCEPTED"), None)

    def rows(self) -> list[StatementRow]:
        """The statement of this side."""
        lived = Lived(self.case, self.movements)
        return creditor_rows(lived) if self.is_creditor else debtor_rows(lived)

    def current_terms(self) -> list[Term]:
        """The terms called month by month, the last first; arrears of before are apart."""
        return [term for term in reversed(self.case.terms) if not term.arrears]

    def owed_arrears(self) -> list[Term]:
        return [term for term in self.case.terms if term.arrears and term.lacking]


def standing_of(parent_no: str, case_no: str) -> Standing | None:
    """The case of this parent; None for anybody else's, as for one that does not exist."""
    row = CaseRow.objects.filter(pk=case_no).first()
    lived = last_day()
    if row is None or lived is None or parent_no not in (row.household_id, row.debtor_no) or not parent_no:
        return None
    party = CREDITOR if parent_no == row.household_id else DEBTOR
    if party == DEBTOR and not row.state:
        return None
    case, book = _case_of(row)
    moved = MovementRow.objects.filter(case_id=case_no).order_by("number")
    movements = [
        Movement(case=case_no, number=one.number, day=one.day, kind=one.kind, amount=one.amount_cents, month=one.month,
                 payer=one.payer) for one in moved
    ]  # fmt: skip
    life = Life(case, book, lived, Outcome())
    return Standing(
        case, party, life, lived, is_protected(case_no, known=row.violence), movements, child_names(case_no)
    )


def _case_of(row: CaseRow) -> tuple[Case, Book]:
    family = loading.families([row.household_id])[row.household_id]
    book = loading.books([row.household_id], loading.prices(last_day() or date.max))[row.household_id]
    return family.cases[row.case_no], book


def is_protected(case_no: str, *, known: bool) -> bool:
    """Whether the case has the flag of violence: from the moment it came in, without waiting for the day's run."""
    if known:
        return True
    told = Event.objects.filter(case_no=case_no, kind=EventKind.VIOLENCE).exists()
    return told or TitleRow.objects.filter(case_no=case_no, violence=True).exists()


def has_safe_case(parent_no: str) -> bool:
    """Whether the parent receives in a case that protects them."""
    received = [one for one in own_cases(parent_no) if one.household_id == parent_no]
    return any(is_protected(one.case_no, known=one.violence) for one in received)


def child_names(case_no: str) -> dict[str, str]:
    """First names as the titles of the case give them."""
    rows = TitleRow.objects.filter(case_no=case_no, known_until__isnull=True).order_by("received_on", "pk")
    return {child: name for child, name in rows.values_list("child_id", "child_first_name") if name}


def waiting_notice(term: Term) -> Notice | None:
    """The last reminder of a term, while it is not settled."""
    return term.notice if term.lacking and term.notice and term.notice.code == "L08" else None
