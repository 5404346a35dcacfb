"""Chance without a generator: every draw is a hash of the seed, the name of the draw and the row's number.

A draw depends on nothing else, so the same seed gives the same population whatever the size of the batches, the number
of threads or the version of a library. The hash is the finaliser of SplitMix64, on 64-bit unsigned columns that wrap.
Pure module.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import polars as pl
from polars import Expr

GOLDEN = 0x9E3779B97F4A7C15
FIRST_FACTOR = 0xBF58476D1CE4E5B9
SECOND_FACTOR = 0x94D049BB133111EB


def _word(number: int) -> Expr:
    return pl.lit(number, dtype=pl.UInt64)


def _folded(word: Expr, bits: int) -> Expr:
    return word ^ (word // _word(1 << bits))


def scattered(number: Expr, *, factor: int, shift: int, modulus: int) -> Expr:
    """A one-to-one shuffle of 0 … modulus − 1 (factor prime to modulus): numbers that look drawn and never collide."""
    return (number.cast(pl.UInt64) * _word(factor) + _word(shift)) % _word(modulus)


@dataclass(frozen=True, slots=True)
class Draws:
    """The draws of one seed. `of` names the integer column whose rows draw; equal numbers draw equal values."""

    seed: int

    def word(self, name: str, of: str = "family") -> Expr:
        """A 64-bit word per row."""
        salt = int.from_bytes(hashlib.blake2b(f"{self.seed}:{name}".encode(), digest_size=8).digest(), "big")
        word = pl.col(of).cast(pl.UInt64) * _word(GOLDEN) + _word(salt)
        word = _folded(word, 30) * _word(FIRST_FACTOR)
        word = _folded(word, 27) * _word(SECOND_FACTOR)
        return _folded(word, 31)

    def below(self, name: str, bound: int, of: str = "family") -> Expr:
        """An integer from 0 to bound − 1."""
        return (self.word(name, of) % _word(bound)).cast(pl.Int64)

    def between(self, name: str, low: int, high: int, of: str = "family") -> Expr:
        """An integer from low to high, both included."""
        return self.below(name, high - low + 1, of) + low

    def chance(self, name: str, per_mille: int, of: str = "family") -> Expr:
        """True for so many rows in a thousand."""
        return self.below(name, 1000, of) < per_mille

    def pick(self, name: str, values: Sequence[str], of: str = "family") -> Expr:
        """One of the values, all as likely."""
        return pl.lit(pl.Series(values)).gather(self.below(name, len(values), of))

    def weighted(self, name: str, weights: Mapping[str, int] | Mapping[int, int], of: str = "family") -> Expr:
        """One of the keys, as often as its weight says."""
        place = self.below(name, sum(weights.values()), of)
        values, bounds = list(weights), list(accumulate(weights.values()))
        chosen = pl.lit(values[-1])
        for value, bound in reversed(list(zip(values, bounds, strict=True))[:-1]):
            chosen = pl.when(place < bound).then(pl.lit(value)).otherwise(chosen)
        return chosen

    def quantile(self, name: str, bounds: Sequence[int], of: str = "family") -> Expr:
        """A whole number spread as the bounds say: as many rows between each two neighbours, evenly inside."""
        slot = self.below(name, len(bounds) - 1, of)
        low = pl.lit(pl.Series(bounds[:-1])).gather(slot)
        width = pl.lit(pl.Series([b - a for a, b in pairwise(bounds)])).gather(slot)
        return low + width * self.below(f"{name}.inside", 10_000, of) // 10_000
