"""Which debt a receipt pays: CSS R. 581-9, L. 581-3, L. 581-5, L. 581-10. Pure; amounts in cents.

1. the last term fallen due; 2. the ASF advanced, oldest month first; 3. the creditor's arrears, oldest month first;
4. costs, fees, penalty; 5. what is left. Where a month has an ASF advance, the fund's part is served before the
creditor's: nobody is paid the same month twice. Outside forced recovery, the month that the payer names comes first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from aripa.rules.fees import fee_cents


class Served(StrEnum):
    """What an allocation serves, in the words of the order above."""

    NAMED_TERM = "NAMED_TERM"
    LAST_TERM = "LAST_TERM"
    ADVANCE = "ADVANCE"
    ARREARS = "ARREARS"
    COST = "COST"
    FEE = "FEE"
    PENALTY = "PENALTY"
    EXCESS = "EXCESS"


class Part(StrEnum):
    """Whose money it is: the creditor's, the fund's for its ASF, the fund's management, or nobody's yet."""

    CREDITOR = "CREDITOR"
    FUND = "FUND"
    MANAGEMENT = "MANAGEMENT"
    HELD = "HELD"


@dataclass(frozen=True, slots=True)
class OwedLine:
    """What one child's line of one term still lacks. The fund's part is what it advanced and was not given back.

    Lines that lack nothing are given too: they tell which term fell due last.
    """

    month: date
    due_on: date
    child_id: str
    creditor_cents: int
    fund_cents: int = 0


@dataclass(frozen=True, slots=True)
class Owed:
    """All that the debtor of a case owes. Suspended terms are left out by whoever builds it."""

    lines: tuple[OwedLine, ...] = ()
    costs_cents: int = 0
    fees_cents: int = 0
    penalty_cents: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money received, other than the debit of a term. `is_forced`: the case is under forced recovery."""

    received_on: date
    amount_cents: int
    means: str
    is_forced: bool = False
    month: date | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of a receipt: what it serves, whose it becomes, of which month and child when it is a term's."""

    served: Served
    part: Part
    amount_cents: int
    month: date | None = None
    child_id: str = ""


def impute(receipt: Receipt, owed: Owed) -> list[Allocation]:
    """Every cent of the receipt, once, in the order it is served.

    The fee of this very receipt (see `fee_of`) is collected from what is left of it. Raises NoParameterInForce.
    """
    pot = _Pot(receipt.amount_cents)
    due = [line for line in owed.lines if line.due_on <= receipt.received_on]
    found = [*_terms(pot, receipt, due)]
    fee = fee_of(receipt, found)
    for served, owing in (
        (Served.COST, owed.costs_cents), (Served.FEE, owed.fees_cents + fee), (Served.PENALTY, owed.penalty_cents)
    ):  # fmt: skip
        found += _some(served, Part.MANAGEMENT, pot.take(owing))
    return found + _some(Served.EXCESS, Part.HELD, pot.take(pot.left_cents))


def fee_of(receipt: Receipt, allocations: Iterable[Allocation]) -> int:
    """What recovering this receipt adds to the debtor's debt: on what it cleared of terms and advances (steps 1 to 3)."""
    base = sum(one.amount_cents for one in allocations if one.month is not None)
    return fee_cents(base, receipt.means, receipt.received_on, is_forced=receipt.is_forced)


def shared(amount_cents: int, lacking: Sequence[int]) -> list[int]:
    """`amount_cents` in proportion to what each lacks, cut to the cent; the cents left one by one, in order.

    Nobody gets more than what they lack; together they get the amount, or all that they lack.
    """
    whole = sum(lacking)
    if amount_cents >= whole:
        return list(lacking)
    parts = [amount_cents * one // whole for one in lacking]
    left = amount_cents - sum(parts)
    for place, lacks in enumerate(lacking):
        if left and parts[place] < lacks:
            parts[place] += 1
            left -= 1
    return parts


class _Pot:
    """What is left of the receipt."""

    def __init__(self, cents: int) -> None:
        self.left_cents = cents

    def take(self, wanted_cents: int) -> int:
        taken = min(self.left_cents, wanted_cents)
        self.left_cents -= taken
        return taken


def _terms(pot: _Pot, receipt: Receipt, due: Sequence[OwedLine]) -> Iterator[Allocation]:
    """Steps 1 to 3, the named month before them when the payer may name one."""
    served: set[OwedLine] = set()
    if receipt.month is not None and not receipt.is_forced:
        named = [line for line in due if line.month == receipt.month]
        served |= set(named)
        yield from _whole_term(pot, Served.NAMED_TERM, named)
    last = _last_term(due)
    yield from _whole_term(pot, Served.LAST_TERM, [line for line in last if line not in served])
    older = [line for line in due if line not in served and line not in last]
    for part, kind in ((Part.FUND, Served.ADVANCE), (Part.CREDITOR, Served.ARREARS)):
        for term in _oldest_first(older):
            yield from _lines(pot, kind, part, term)


def _last_term(due: Sequence[OwedLine]) -> list[OwedLine]:
    """The lines of the term that fell due last, even when nothing of it lacks."""
    latest = max(((line.due_on, line.month) for line in due), default=None)
    return [line for line in due if (line.due_on, line.month) == latest]


def _oldest_first(lines: Sequence[OwedLine]) -> list[list[OwedLine]]:
    """The lines grouped by term."""
    terms: dict[tuple[date, date], list[OwedLine]] = {}
    for line in sorted(lines, key=lambda one: (one.month, one.due_on)):
        terms.setdefault((line.month, line.due_on), []).append(line)
    return list(terms.values())


def _whole_term(pot: _Pot, kind: Served, term: Sequence[OwedLine]) -> Iterator[Allocation]:
    """The fund's part of the term, then the creditor's."""
    yield from _lines(pot, kind, Part.FUND, term)
    yield from _lines(pot, kind, Part.CREDITOR, term)


def _lines(pot: _Pot, kind: Served, part: Part, term: Sequence[OwedLine]) -> Iterator[Allocation]:
    """One part of one term, shared between its children."""
    ordered = sorted(term, key=lambda line: line.child_id)
    lacking = [line.fund_cents if part is Part.FUND else line.creditor_cents for line in ordered]
    amounts = shared(pot.take(sum(lacking)), lacking)
    for line, amount in zip(ordered, amounts, strict=True):
        if amount:
            yield Allocation(kind, part, amount, line.month, line.child_id)


def _some(served: Served, part: Part, cents: int) -> list[Allocation]:
    return [Allocation(served, part, cents)] if cents else []
