"""What a case holds: terms with a line for each child, letters, orders, claims, and what waits for the next bank day."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.oracle.aripa.flow import Title


@dataclass
class Line:
    """What one child is due in one month."""

    child: str
    due: int
    creditor: int = 0
    asf: int = 0
    advanced: int = 0
    lacked: bool | None = None  # on the ASF day of its month

    @property
    def lacking(self) -> int:
        return self.due - self.creditor - self.asf

    @property
    def lacking_to_fund(self) -> int:
        return min(self.advanced - self.asf, self.lacking)

    @property
    def lacking_to_creditor(self) -> int:
        return self.lacking - self.lacking_to_fund


@dataclass
class Term:
    month: int
    due_on: date
    title_no: str
    lines: list[Line]
    kind: str = "CURRENT"
    suspended: bool = False
    debited: dict[str, int] = field(default_factory=dict)
    debit_day: date | None = None
    debit_tried: bool = False
    returned: bool = False
    unpaid_on: date | None = None
    noticed: bool = False
    forced: bool = False
    asked_on: date | None = None
    broken_on: date | None = None

    @property
    def lacking(self) -> int:
        return sum(line.lacking for line in self.lines)

    @property
    def due(self) -> int:
        return sum(line.due for line in self.lines)

    @property
    def status(self) -> str:
        if self.suspended:
            return "SUSPENDED"
        if not self.lacking:
            return "RECOVERED" if self.forced else "SETTLED" if self.noticed else "PAID"
        reached = (
            ("FORCED", self.forced),
            ("NOTICED", self.noticed),
            ("RETURNED", self.returned),
            ("PARTIAL", any(line.creditor + line.asf for line in self.lines)),
            ("UNPAID", self.unpaid_on),
        )
        return next((name for name, is_so in reached if is_so), "SCHEDULED")


@dataclass
class Letter:
    code: str
    to: str
    day: date
    month: int | None = None
    received_on: date | None = None
    done: bool = False


@dataclass
class Order:
    number: int
    tool: str
    ref: str
    decided_on: date
    current: int
    terms: int
    arrears: int
    months: int
    instalment: int | None
    last: int | None
    capacity: int | None
    state: str = "SENT"
    closed_on: date | None = None


@dataclass
class Waiting:
    """Money that leaves on the first bank day after `since`."""

    since: date
    amount: int
    month: int | None = None


@dataclass
class Asf:
    child: str
    month: int
    kind: str
    opening: str
    net: int
    due: int
    received: int
    amount: int
    recoverable: int
    paid: int = 0
    paid_on: date | None = None


@dataclass
class Case:
    number: str
    creditor: str = ""
    debtor: str = ""
    received_on: date | None = None
    titles: list[Title] = field(default_factory=list)
    origin: str = ""
    state: str = ""
    fund: str = ""
    violence: bool = False
    requester: str = ""
    early_request: dict[str, str] | None = None
    information: dict[str, bool] = field(default_factory=dict)
    without_deadline: bool = False
    discharge: date | None = None
    calls_from: date | None = None
    forced: bool = False
    forced_since: date | None = None
    suspended_from: date | None = None
    unable: bool = False
    found_unable: bool = False
    able_again: date | None = None
    blocked: bool = False
    complaint: bool = False
    closed_on: date | None = None
    offset: bool = False
    asked_by: str = ""
    consent_pending: bool = False
    end_date: date | None = None
    end_reason: str = ""
    ended: bool = False
    dead: dict[str, date] = field(default_factory=dict)
    terms: list[Term] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    claims: list[dict[str, str]] = field(default_factory=list)
    asf: list[Asf] = field(default_factory=list)
    judge_applied: bool = False
    lone: list[tuple[str, date]] = field(default_factory=list)
    moves_on: date | None = None
    moves_to: str = ""
    pot: int = 0
    payouts: list[Waiting] = field(default_factory=list)
    refunds: list[Waiting] = field(default_factory=list)
    overpaid: int = 0
    costs: int = 0
    fees: int = 0
    penalty: int = 0
    plan: dict[str, Any] = field(default_factory=dict)

    @property
    def is_link(self) -> bool:
        return bool(self.titles) and all(title.kind == "NONE" for title in self.titles)

    @property
    def is_live(self) -> bool:
        return self.discharge is not None and not self.ended

    def living(self) -> list[str]:
        return [party for party in ("CREDITOR", "DEBTOR") if party not in self.dead]

    def pursued(self) -> list[Term]:
        return [term for term in self.terms if not term.suspended]
