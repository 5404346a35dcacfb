"""What the answers of every simulation of ARIPA have in common."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from aripa.rules.figures import aripa_parameters
from aripa.rules.refusals import REFUSALS
from portal.legislation import answers
from portal.legislation.engine import Step
from portal.legislation.facts import Error, error
from portal.legislation.figures import Table, figures_on
from portal.legislation.parameters import NoParameterInForce

Values = dict[str, Any]
Answer = dict[str, Any]


def answering(
    read: Callable[[Any], tuple[Values, list[Error]]],
    compute: Callable[[Values], Answer],
    table: Callable[[Values], Table] = lambda _values: {},
) -> Callable[[Any], Answer]:
    """One object of facts to its answer, or to every error at once, a date without a figure of `table` included."""

    def answer(facts: Any) -> Answer:
        values, errors = read(facts)
        errors += _about_the_date(values.get("date"), table(values) if values else {})
        return {"errors": errors} if errors else compute(values)

    return answer


def _about_the_date(day: date | None, table: Table) -> list[Error]:
    if day is None:
        return []
    try:
        figures_on(table, day, aripa_parameters())
    except NoParameterInForce as missing:
        return [error("date", "no_parameter", str(missing), "Choisissez une date où le barème est connu.")]
    return []


def refused(codes: Iterable[str | None]) -> list[dict[str, str]]:
    """Each reason once, with its sentence and article."""
    return answers.refused(codes, REFUSALS)


def figures_used(
    steps: Mapping[str, Step], table: Table, day: date, others: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """The figures that the steps read, in force on `day`; `others` are read before any step."""
    return answers.figures_used(steps, table, day, aripa_parameters(), others)
