"""Dated figures as the integers that column rules want."""

from fractions import Fraction
from typing import Any

# How a figure becomes an integer: a factor to the unit of the rules, None for a flag, a word for a flag that is set
# when the figure is that word.
Unit = int | str | None


def as_integer(value: Any, factor: Unit, key: str) -> int | bool:
    """`value` in the unit of the rules. Raises ValueError when it is finer than that unit: nothing is rounded here."""
    if factor is None:
        return bool(value)
    if isinstance(factor, str):
        return bool(value == factor)
    scaled = Fraction(value) * factor
    if scaled.denominator != 1:
        raise ValueError(f"{key}: {value} is finer than the rules' unit")
    return int(scaled)
