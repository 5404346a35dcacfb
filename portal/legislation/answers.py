"""What the answers of simulations have in common: reasons told once, figures told with their dates."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from portal.legislation.engine import Step
from portal.legislation.figures import Table, keys_of
from portal.legislation.parameters import Parameters
from portal.legislation.trace import figures_told


class Told(Protocol):
    """A refusal as an application declares it: a French sentence and an article."""

    @property
    def message(self) -> str: ...

    @property
    def article(self) -> str: ...


def refused(codes: Iterable[str | None], refusals: Mapping[str, Told]) -> list[dict[str, str]]:
    """Each reason once, with its sentence and article."""
    return [
        {"code": code, "message": refusals[code].message, "article": refusals[code].article}
        for code in dict.fromkeys(codes)
        if code
    ]


def figures_used(
    steps: Mapping[str, Step], table: Table, day: date, parameters: Parameters, others: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """The figures that the steps read, in force on `day`; `others` are read before any step."""
    needed = {need for one in steps.values() for need in one.needs}
    return figures_told(keys_of(table, needed) | set(others), day, parameters)
