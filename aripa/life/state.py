"""What a case remembers from one day to the next. Amounts in cents; every list in the order things happened."""

from datetime import date
from enum import StrEnum

from msgspec import Struct, field


class State(StrEnum):
    """`domain` 4.1; RECEIVED, ADMISSIBILITY and INSTRUCTED pass within a day when nothing is awaited."""

    REJECTED = "REJECTED"
    ADMISSIBILITY = "ADMISSIBILITY"
    INFO_REQUESTED = "INFO_REQUESTED"
    PENALTY_WARNED = "PENALTY_WARNED"
    PENALTY_PRONOUNCED = "PENALTY_PRONOUNCED"
    LIVE = "LIVE"
    FORCED = "LIVE_UNDER_FORCED_RECOVERY"
    SUSPENDED = "SUSPENDED"
    ENDING_CONSENT_PENDING = "ENDING_CONSENT_PENDING"
    ENDED = "ENDED"


BEFORE_LIVE = (State.ADMISSIBILITY, State.INFO_REQUESTED, State.PENALTY_WARNED, State.PENALTY_PRONOUNCED)
LIVING = (State.LIVE, State.FORCED)


class Line(Struct, kw_only=True):
    """One child's part of a term: due, given to the creditor and to the fund, and what ASF advanced of it.

    `between`: of what the creditor has, what the debtor paid without the fund (never refunded, never asked back by it).
    """

    child: str
    due: int
    creditor: int = 0
    asf: int = 0
    advanced: int = 0
    between: int = 0

    @property
    def lacking(self) -> int:
        return self.due - self.creditor - self.asf

    @property
    def fund_lacks(self) -> int:
        """What the fund, which advanced, is still to be given: served before the creditor's part."""
        return min(self.advanced - self.asf, self.lacking)

    @property
    def creditor_lacks(self) -> int:
        return self.lacking - self.fund_lacks


class Debit(Struct, kw_only=True):
    """The one debit of a term: day, amount, the part of each child; `returned` is the bank's code when it came back."""

    day: date
    amount: int
    parts: dict[str, int]
    returned: str = ""


class Notice(Struct, kw_only=True):
    """A letter whose receipt starts a delay; `deadline` is its last day."""

    code: str
    sent_on: date
    received_on: date | None = None
    deadline: date | None = None


class Term(Struct, kw_only=True):
    """The support of one month. `unpaid_on`: the day it was found unpaid; `forced_on`: under forced recovery since."""

    month: date
    due_on: date
    title: str
    arrears: bool = False
    suspended: bool = False
    lines: list[Line]
    debit: Debit | None = None
    unpaid_on: date | None = None
    notice: Notice | None = None
    forced_on: date | None = None

    @property
    def due(self) -> int:
        return sum(line.due for line in self.lines)

    @property
    def lacking(self) -> int:
        # Asked of every term of every year on every day lived: plain on purpose.
        total = 0
        for line in self.lines:
            total += line.due - line.creditor - line.asf
        return total

    @property
    def status(self) -> str:
        """`domain` 4.4: what became of the term."""
        if self.suspended:
            return "SUSPENDED"
        if self.lacking == 0:
            return "RECOVERED" if self.forced_on else "SETTLED" if self.notice else "PAID"
        return self._owed_status()

    def _owed_status(self) -> str:
        if self.forced_on:
            return "FORCED"
        if self.notice:
            return "NOTICED"
        if self.debit and self.debit.returned:
            return "RETURNED"
        if self.lacking < self.due:
            return "PARTIAL"
        return "UNPAID" if self.unpaid_on else "SCHEDULED"


class Payable(Struct, kw_only=True):
    """Money that fell to the creditor and has not left: it leaves on the first bank day after `received_on`."""

    month: date
    amount: int
    received_on: date
    by_debit: bool = False


class Refund(Struct, kw_only=True):
    """Money to give back to the debtor on the first bank day after `since`; `month`: the removed term it was for."""

    amount: int
    since: date
    month: date | None = None


class Consent(Struct, kw_only=True):
    """A request to end by consent (C. civ. 373-2-2 III); `agreed` once the other parent said yes."""

    party: str
    notice: Notice
    agreed: bool = False


class Plan(Struct, kw_only=True):
    """A plan accepted for the arrears that a letter L09 asked (R. 582-8 II)."""

    since: date
    monthly: int
    paid: int = 0


class Order(Struct, kw_only=True):
    """A recovery decision and its figures (CPCE R. 213-11); `state` while no complaint pauses it."""

    number: int
    tool: str
    ref: str
    decided_on: date
    current: int
    terms: int
    arrears: int
    instalments: list[int]
    capacity: int | None
    state: str = "SENT"
    closed_on: date | None = None


class Claim(Struct, kw_only=True):
    """A claim of ASF: `code` of CSS L. 523-1 (`domain` 10.1), `opens_on` what opens the right, `child` or all."""

    code: str
    claimed_on: date
    opens_on: date | None
    child: str = ""


class AsfMonth(Struct, kw_only=True):
    """ASF of one child and month, frozen on its day. `counted` is what is paid once the minimum is passed."""

    child: str
    month: date
    kind: str
    code: str
    net: int
    due: int
    received: int
    amount: int
    recoverable: int
    surplus: int
    still_owed: int
    counted: int = 0
    paid_on: date | None = None


class Answer(Struct, kw_only=True):
    """What one parent was asked by L01, and answered."""

    asked: bool = False
    given: str = ""
    notice: Notice | None = None


class Case(Struct, kw_only=True):
    """One case: one creditor, one debtor."""

    number: str
    creditor: str
    debtor: str
    title: str
    without_title: bool = False
    state: State | None = None
    origin: str = ""
    automatic: bool = False
    requester: str = ""
    received_on: date | None = None
    fund: str = ""
    moves: list[tuple[date, str]] = field(default_factory=list)
    violence: bool = False
    answers: dict[str, Answer] = field(default_factory=dict)
    warning: Notice | None = None
    decision: Notice | None = None
    discharge_date: date | None = None
    calls_from: date | None = None
    suspended_from: date | None = None
    unable: str = ""
    forced_since: date | None = None
    complaint: bool = False
    calm_until: date | None = None
    consent: Consent | None = None
    end_date: date | None = None
    end_reason: str = ""
    dead: dict[str, date] = field(default_factory=dict)
    terms: list[Term] = field(default_factory=list)
    called_to: date | None = None
    debits_blocked: bool = False
    payables: list[Payable] = field(default_factory=list)
    kept: list[tuple[date, int]] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    overpaid: int = 0
    offsets: bool = False
    costs: int = 0
    fees: int = 0
    penalty: int = 0
    charges: list[tuple[date, str, int]] = field(default_factory=list)
    plan: Plan | None = None
    orders: list[Order] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    judge_applied: bool = False
    # Accounts of a recovery: each day of a clearance, the last account and what had come by then.
    cleared: list[date] = field(default_factory=list)
    accounted_on: date | None = None
    accounted: int = 0
    controlled_on: date | None = None
    not_paid_since: date | None = None
    lacked: list[tuple[date, str]] = field(default_factory=list)
    asf: list[AsfMonth] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    movements: int = 0
    letters: int = 0

    @property
    def is_forced(self) -> bool:
        """Under forced recovery, which goes on for old arrears when intermediation has ended."""
        return self.state == State.FORCED or (self.state == State.ENDED and self.forced_since is not None)

    @property
    def shown_state(self) -> str:
        if self.state in LIVING and self.consent:
            return State.ENDING_CONSENT_PENDING
        return self.state or ""


class Family(Struct, kw_only=True):
    """A creditor and their cases: what ASF looks at together (D. 523-3)."""

    creditor: str
    cases: dict[str, Case] = field(default_factory=dict)
    couple: list[tuple[date, bool]] = field(default_factory=list)
    lived_until: date | None = None


class Movement(Struct, frozen=True, kw_only=True):
    """Money that moved, numbered within its case: `kind` says from where to where, `payer` who paid in, `month` of
    which term."""

    case: str
    number: int
    day: date
    kind: str
    amount: int
    month: date | None = None
    payer: str = "DEBTOR"


class Receipt(Struct, frozen=True, kw_only=True):
    """The date certain on which a letter reached its reader."""

    case: str
    code: str
    to: str
    month: date | None
    received_on: date


class Letter(Struct, frozen=True, kw_only=True):
    """A letter of `domain` 4.3 that left; numbered within its case."""

    case: str
    number: int
    code: str
    to: str
    day: date
    month: date | None = None
