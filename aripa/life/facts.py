"""What a life is made from: titles, parents, events and prices, as the files gave them. Amounts in cents."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
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
    """A parent as known from `known_on` on; None is "not known". `reachable` says that a debit can be sent to it.

    `updated_on`, when told later than it was so: of two rows known, the one that speaks of the later day holds.
    """

    number: str
    known_on: date
    updated_on: date | None = None
    fund: str = ""
    country: str = ""
    postcode: str = ""
    stable_residence: bool | None = None
    lawful_stay: bool | None = None
    means: str = ""
    payment_day: int = 1
    reachable: bool = False


class Event(Struct, frozen=True, kw_only=True):
    """What a fund learns on `day`; `number` orders the events of a day. Fields as the contract names the columns.

    `told_on` is the day that the event bears, when its file came after that day had been lived.
    """

    number: int
    day: date
    told_on: date | None = None
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
    """One published index; `value` in hundredths. `told_on`, when the fund was told of it later."""

    series: str
    base: int
    month: date
    value: int
    published_on: date
    told_on: date | None = None

    @property
    def known_on(self) -> date:
        return self.told_on or self.published_on


class Prices:
    """The published indices, found as CSS R. 582-7 asks for them among those known by a day; what was found once is
    remembered."""

    def __init__(self, prices: Sequence[Price]) -> None:
        self._series: dict[str, list[Price]] = {}
        self._last: dict[tuple[str, date, int], Price | None] = {}
        self._told_late = sorted({one.known_on for one in prices if one.known_on > one.published_on})
        for price in sorted(prices, key=lambda one: (one.month, one.base, one.known_on), reverse=True):
            self._series.setdefault(price.series, []).append(price)

    def last_published(self, series: str, on: date, *, known_by: date) -> Price | None:
        """The latest month out on that day; of one month in two bases, the newer base."""
        key = (series, on, bisect_right(self._told_late, known_by))
        if key not in self._last:
            self._last[key] = next(self._out(series, on, known_by), None)
        return self._last[key]

    def of_month(self, series: str, month: date, base: int, on: date, *, known_by: date) -> Price | None:
        """That month's index in that base, if out on that day."""
        out = self._out(series, on, known_by)
        return next((one for one in out if one.month == month and one.base == base), None)

    def _out(self, series: str, on: date, known_by: date) -> Iterator[Price]:
        """Those out on a day, the latest month first."""
        return (one for one in self._series.get(series, []) if one.published_on <= on and one.known_on <= known_by)
