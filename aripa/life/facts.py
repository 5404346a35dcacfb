"""What a life is made from: titles, parents, events and prices, as the files gave them. Amounts in cents."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """The six kinds of enforceable title (C. civ. 373-2-2 I), and none: a row that only links a parent and a child."""

    COURT_DECISION = "COURT_DECISION"
    HOMOLOGATED_AGREEMENT = "HOMOLOGATED_AGREEMENT"
    MUTUAL_CONSENT_AGREEMENT = "MUTUAL_CONSENT_AGREEMENT"
    NOTARIAL_DEED = "NOTARIAL_DEED"
    CAF_ENFORCEABLE_AGREEMENT = "CAF_ENFORCEABLE_AGREEMENT"
    COUNTERSIGNED_DEED = "COUNTERSIGNED_DEED"
    NONE = "NONE"


# Kinds 1° and 2°: a judge wrote or approved them; only these fix a due day or leave the indexation out.
JUDICIAL = (Kind.COURT_DECISION, Kind.HOMOLOGATED_AGREEMENT)


class ChildLine(Struct, frozen=True, kw_only=True):
    """What a title says of one child: `cash` is the monthly part in cash; `ends_on` the first day no longer due."""

    child: str
    cash: int
    starts_on: date | None
    ends_on: date | None
    born_on: date | None


class Title(Struct, frozen=True, kw_only=True):
    """A title, its lines in the order of `child`. `supersedes` names the title it replaces within the case."""

    number: str
    case: str
    supersedes: str = ""
    kind: Kind
    divorce: bool = False
    dated: date | None
    enforceable_on: date | None
    provides_intermediation: bool = False
    refused_by_both: bool = False
    excluded_by_judge: bool = False
    cancels_support: bool = False
    violence: bool = False
    creditor: str
    debtor: str
    due_day: int | None = None
    intermediation_end: date | None = None
    indexation: str = "NONE_MENTIONED"
    series: str = "ALL_HOUSEHOLDS"
    base_month: date | None = None
    first_indexation_on: date | None = None
    rounding: str = "CENT"
    lines: tuple[ChildLine, ...]
    received_on: date

    @property
    def starts_on(self) -> date:
        """The day from which this title speaks: the first of its lines, or its own date."""
        return min((line.starts_on for line in self.lines if line.starts_on), default=self.dated or self.received_on)


class Parent(Struct, frozen=True, kw_only=True):
    """A parent as known from `known_on` on; None is "not known". `reachable` says that a debit can be sent to it."""

    number: str
    known_on: date
    fund: str = ""
    country: str = ""
    postcode: str = ""
    stable_residence: bool | None = None
    lawful_stay: bool | None = None
    means: str = ""
    payment_day: int = 1
    reachable: bool = False


class Event(Struct, frozen=True, kw_only=True):
    """What a fund learns on `day`; `number` orders the events of a day. Fields as the contract names the columns."""

    number: int
    day: date
    case: str
    kind: str
    party: str = ""
    child: str = ""
    letter: str = ""
    month: date | None = None
    means: str = ""
    reason: str = ""
    amount: int | None = None
    effective_on: date | None = None
    ref: str = ""


class Price(Struct, frozen=True, kw_only=True):
    """One published index; `value` in hundredths."""

    series: str
    base: int
    month: date
    value: int
    published_on: date


class Prices:
    """The published indices, found as CSS R. 582-7 asks for them; what was found once is remembered."""

    def __init__(self, prices: Sequence[Price]) -> None:
        self._series: dict[str, list[Price]] = {}
        self._last: dict[tuple[str, date], Price | None] = {}
        for price in sorted(prices, key=lambda one: (one.month, one.base)):
            self._series.setdefault(price.series, []).append(price)

    def last_published(self, series: str, on: date) -> Price | None:
        """The latest month out on that day; of one month in two bases, the newer base."""
        if (series, on) not in self._last:
            found = (price for price in reversed(self._series.get(series, [])) if price.published_on <= on)
            self._last[series, on] = next(found, None)
        return self._last[series, on]

    def of_month(self, series: str, month: date, base: int, on: date) -> Price | None:
        """That month's index in that base, if out on that day."""
        same = (one for one in self._series.get(series, []) if one.month == month and one.base == base)
        return next((one for one in same if one.published_on <= on), None)
