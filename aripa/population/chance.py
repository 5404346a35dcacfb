"""Chance without a generator: a draw is a hash of the seed, of who draws and of how many draws came before.

The same seed gives the same lives whatever the number of families or of processes. Pure module.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from typing import TypeVar

Value = TypeVar("Value")


class Chance:
    """The draws of one family or case, in their order."""

    def __init__(self, seed: int, name: str) -> None:
        self._hash = blake2b(f"{seed}:{name}".encode(), digest_size=8)
        self._count = 0

    def below(self, bound: int) -> int:
        """From 0 to bound − 1."""
        self._count += 1
        drawn = self._hash.copy()
        drawn.update(str(self._count).encode())
        return int.from_bytes(drawn.digest(), "big") % bound

    def between(self, low: int, high: int) -> int:
        """From low to high, both included."""
        return low + self.below(high - low + 1)

    def hit(self, per_mille: int) -> bool:
        """True so many times in a thousand."""
        return self.below(1000) < per_mille

    def pick(self, values: Sequence[Value]) -> Value:
        """One of the values, all as likely."""
        return values[self.below(len(values))]

    def weighted(self, weights: Mapping[Value, int]) -> Value:
        """One of the keys, as often as its weight says."""
        place = self.below(sum(weights.values()))
        for value, weight in weights.items():
            if place < weight:
                return value
            place -= weight
        raise AssertionError("weights are above zero")

    def day_between(self, first: date, last: date) -> date:
        return first + timedelta(days=self.below(max(1, (last - first).days + 1)))
