"""Column rules: small pure functions whose parameter names are facts, dated figures or other steps.

Each step returns one Polars expression over integer columns, named after the function. The engine orders the steps by
those names and evaluates them over one row or a million: the same code, the same cents, and the columns are the
explanation. Literals are 64 bits wide: Polars would make them 32 and overflow without a word.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from types import ModuleType
from typing import Any, TypeVar

import polars as pl

Expr = pl.Expr
# The helpers below take columns or plain integers, and give back the same.
Number = TypeVar("Number", int, pl.Expr)
# Facts larger than this are refused: no product of the rules can then leave 64 bits.
LARGEST_FACT = 100_000_000


class FactOutOfBounds(ValueError):
    """A numeric fact is negative or absurdly large; the message names the column."""


class CircularSteps(ValueError):
    """Steps that need each other, or something nobody gives."""


@dataclass(frozen=True)
class Step:
    """One rule: its name, the text it comes from, the words people read, its unit, and what it needs."""

    name: str
    article: str
    label: str
    unit: str
    needs: tuple[str, ...]
    expression: Callable[..., Expr]


def step(article: str, *, label: str, unit: str = "cents") -> Callable[[Callable[..., Expr]], Callable[..., Expr]]:
    """Declare a rule. `unit`: cents, a finer amount (`portal.legislation.trace.FINER`), euros, flag, millionths, index or text."""

    def declare(function: Callable[..., Expr]) -> Callable[..., Expr]:
        needs = tuple(inspect.signature(function).parameters)
        function.step = Step(function.__name__, article, label, unit, needs, function)  # type: ignore[attr-defined]
        return function

    return declare


def steps_of(*modules: ModuleType) -> dict[str, Step]:
    """The steps declared in `modules`, by name. A later module may not redefine a step."""
    found: dict[str, Step] = {}
    for module in modules:
        for value in vars(module).values():
            declared = getattr(value, "step", None)
            if isinstance(declared, Step) and value.__module__ == module.__name__:
                if declared.name in found:
                    raise ValueError(f"step {declared.name} is declared twice")
                found[declared.name] = declared
    return found


def in_layers(steps: Mapping[str, Step], given: Iterable[str]) -> list[list[Step]]:
    """The steps in an order where each finds what it needs. Raises CircularSteps."""
    known, left, layers = set(given), dict(steps), []
    while left:
        ready = [one for one in left.values() if known.issuperset(one.needs)]
        if not ready:
            missing = {need for one in left.values() for need in one.needs} - known - set(left)
            raise CircularSteps(f"steps {sorted(left)} cannot be ordered; nobody gives {sorted(missing)}")
        layers.append(ready)
        known |= {one.name for one in ready}
        left = {name: one for name, one in left.items() if name not in known}
    return layers


def check_facts(frame: pl.DataFrame) -> None:
    """Refuse negative or absurdly large numbers. Raises FactOutOfBounds."""
    numbers = [name for name, kind in frame.schema.items() if kind.is_integer()]
    if frame.is_empty() or not numbers:
        return
    low, high = frame.select(pl.col(numbers).min()).row(0), frame.select(pl.col(numbers).max()).row(0)
    for name, smallest, largest in zip(numbers, low, high, strict=True):
        if smallest is not None and (smallest < 0 or largest > LARGEST_FACT):
            raise FactOutOfBounds(f"{name}: between 0 and {LARGEST_FACT} expected, {smallest}…{largest} found")


def compute(frame: pl.DataFrame, steps: Mapping[str, Step], figures: Mapping[str, Any]) -> pl.DataFrame:
    """`frame` with one more column per step. `figures` are the dated figures, integers or flags, by parameter name."""
    literals = {name: literal(value) for name, value in figures.items()}
    wide = frame.with_columns(pl.col(pl.Int8, pl.Int16, pl.Int32).cast(pl.Int64)).lazy()
    for layer in in_layers(steps, [*frame.columns, *literals]):
        wide = wide.with_columns(
            one.expression(**{need: literals.get(need, pl.col(need)) for need in one.needs}).alias(one.name)
            for one in layer
        )
    return wide.collect()


Order = tuple[tuple[str, Callable[..., Any], Callable[[Mapping[str, Any]], tuple[Any, ...]]], ...]


def in_order(steps: Mapping[str, Step], given: Iterable[str]) -> Order:
    """The steps one after the other, each after what it needs: name, function, how its needs are picked.

    Raises CircularSteps.
    """
    return tuple((one.name, one.expression, _picking(one.needs)) for layer in in_layers(steps, given) for one in layer)


def _picking(needs: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(needs) == 1:
        (only,) = needs
        return lambda known: (known[only],)
    return itemgetter(*needs)


def compute_one(known: dict[str, Any], order: Order) -> dict[str, Any]:
    """`known` (facts and figures of one row, plain numbers) with one more value per step: no column is made.

    The same functions as `compute`: only for steps written with the helpers below, which take columns or numbers.
    """
    for name, function, picked in order:
        known[name] = function(*picked(known))
    return known


def literal(value: Any) -> Expr:
    """A literal of the engine: integers on 64 bits."""
    if isinstance(value, bool) or not isinstance(value, int):
        return pl.lit(value)
    return pl.lit(value, dtype=pl.Int64)


def _like(example: Any, value: Any) -> Any:
    """`value` as a column when `example` is one; numbers stay numbers."""
    return literal(value) if isinstance(example, pl.Expr) and not isinstance(value, pl.Expr) else value


def round_half_up(numerator: Number, denominator: Number | int) -> Number:
    """Numerator ÷ denominator to the nearest integer, half up; for numerators and denominators that are not negative."""
    below = _like(numerator, denominator)
    return (numerator * 2 + below) // (below * 2)


def round_half_down(numerator: Number, denominator: Number | int) -> Number:
    """Numerator ÷ denominator to the nearest integer, an exact half down; for integers that are not negative."""
    below = _like(numerator, denominator)
    return (numerator * 2 + (below - 1)) // (below * 2)


def round_up(numerator: Number, denominator: Number | int) -> Number:
    """Numerator ÷ denominator to the integer above, exact values kept; for integers that are not negative."""
    below = _like(numerator, denominator)
    return (numerator + (below - 1)) // below


def truncate(numerator: Number, denominator: Number | int) -> Number:
    """Numerator ÷ denominator without its fraction; for numerators that are not negative."""
    return numerator // _like(numerator, denominator)


def at_least(floor: Number | int, value: Number) -> Number:
    if isinstance(value, pl.Expr):
        return pl.max_horizontal(value, _like(value, floor))
    return max(value, floor)


def at_most(ceiling: Number | int, value: Number) -> Number:
    if isinstance(value, pl.Expr):
        return pl.min_horizontal(value, _like(value, ceiling))
    return min(value, ceiling)


def choose(condition: Expr, met: Any, otherwise: Any) -> Expr:
    """`met` where the condition holds; both are computed, so neither may fail where the other is meant."""
    if isinstance(condition, pl.Expr):
        return pl.when(condition).then(_like(condition, met)).otherwise(_like(condition, otherwise))
    return met if condition else otherwise


def negated(condition: Expr) -> Expr:
    return ~condition if isinstance(condition, pl.Expr) else not condition
