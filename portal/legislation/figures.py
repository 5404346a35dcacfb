"""Dated figures as the integers that column rules want, and the tables that say which figures a rule reads."""

from collections.abc import Container, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from portal.legislation.parameters import Parameters

# How a figure becomes an integer: a factor to the unit of the rules, None for a flag, a word for a flag that is set
# when the figure is that word.
Unit = int | str | None


class Read(NamedTuple):
    """Where a rule's figure comes from: its key, how it becomes an integer, its place when the figure is a list."""

    key: str
    factor: Unit
    place: int | None = None
    # What the figure is before its first date, for a rule that did not exist yet; None: nothing is guessed.
    before: int | None = None
    # The figure that holds what came before the first date of `key`.
    earlier: str | None = None


Table = Mapping[str, Read]


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


def figures_on(table: Table, day: date, parameters: Parameters, *, early: bool = False) -> dict[str, int | bool]:
    """The figures of `table` in force on `day`; `early`: before its first day, a figure is already the first one.

    Raises NoParameterInForce.
    """
    days = {one.key: max(day, _first_day(one.key, parameters)) if early else day for one in table.values()}
    return {name: _read(one, days[one.key], parameters) for name, one in table.items()}


def _first_day(key: str, parameters: Parameters) -> date:
    return parameters.figures[key].values[0].since


def _read(one: Read, day: date, parameters: Parameters) -> int | bool:
    is_before = day < _first_day(one.key, parameters)
    if is_before and one.before is not None:
        return one.before
    value = parameters.value(one.earlier if is_before and one.earlier else one.key, day)
    return as_integer(value if one.place is None else value[one.place], one.factor, one.key)


def keys_of(table: Table, needed: Container[str]) -> set[str]:
    """The keys of the figures that the rules named in `needed` read, for the explanation of an amount."""
    read = [one for name, one in table.items() if name in needed]
    return {one.key for one in read} | {one.earlier for one in read if one.earlier}
