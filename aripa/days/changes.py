"""What the days changed of the rows of some families: a pension is lived for twenty years, and the day of its two
hundredth term must write what the day of its first one did."""

from collections.abc import Iterable, Mapping

import msgspec

from aripa.life.state import AsfMonth, Case, Family, Order, Term

Key = tuple[object, ...]
Pieces = dict[Key, bytes]
packed = msgspec.msgpack.Encoder().encode


def of_term(case: Case, term: Term) -> Key:
    return Term, case.number, term.month, term.arrears


def of_asf(case: Case, one: AsfMonth) -> Key:
    return AsfMonth, case.number, one.month, one.child


def of_order(case: Case, order: Order) -> Key:
    return Order, case.number, order.number


def pieces(family: Family) -> Pieces:
    """All that has rows of its own, each piece packed in a few bytes. A complaint pauses the orders."""
    found: Pieces = {}
    for case in family.cases.values():
        found |= {of_term(case, one): packed(one) for one in case.terms}
        found |= {of_asf(case, one): packed(one) for one in case.asf}
        found |= {of_order(case, one): packed((one, case.complaint)) for one in case.orders}
    return found


class Changes:
    """What is new or not what it was since the families were loaded. `stale`: what the tables still say of before."""

    def __init__(self, families: Iterable[Family], loaded: Mapping[str, Pieces]) -> None:
        self.stale: list[Key] = []
        self._changed: set[Key] = set()
        for family in families:
            before, after = loaded[family.creditor], pieces(family)
            self._changed |= {key for key, piece in after.items() if before.get(key) != piece}
            self.stale += [key for key, piece in before.items() if after.get(key) != piece]

    def __contains__(self, key: Key) -> bool:
        return key in self._changed
