"""Simulators by kind: each application registers its own from its `apps.py`."""

from collections.abc import Callable
from typing import Any

Simulation = Callable[[Any], tuple[Any, bool]]
_kinds: dict[str, Simulation] = {}


def register(kind: str, simulate: Simulation) -> None:
    """`simulate` takes one object of facts or a list, and returns (answers, whether all were accepted)."""
    _kinds[kind] = simulate


def get(kind: str) -> Simulation:
    """The simulator of `kind`. Raises KeyError."""
    return _kinds[kind]


def kinds() -> list[str]:
    return sorted(_kinds)
