"""What the answers of the simulations of these benefits have in common."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

from portal.benefits.rules.articles import Cite
from portal.benefits.rules.figures import benefit_parameters, missing_words
from portal.benefits.rules.refusals import REFUSALS
from portal.legislation import answers
from portal.legislation.engine import Step
from portal.legislation.facts import Error, error
from portal.legislation.figures import Table, keys_of
from portal.legislation.parameters import NoParameterInForce
from portal.legislation.trace import figures_told, told

Values = dict[str, Any]
Answer = dict[str, Any]
Steps = list[dict[str, Any]]


def answering(
    read: Callable[[Any], tuple[Values, list[Error]]], compute: Callable[[Values], Answer]
) -> Callable[[Any], Answer]:
    """One object of facts to its answer, or to every error at once."""

    def answer(facts: Any) -> Answer:
        values, errors = read(facts)
        return {"errors": errors} if errors else compute(values)

    return answer


def missing_figure(key: str, reads: Callable[[], object], remedy: str) -> list[Error]:
    """The error of the fact `key` when `reads` finds no figure in force, with the words of that figure."""
    try:
        reads()
    except NoParameterInForce as missing:
        return [error(key, "no_parameter", missing_words(missing), remedy)]
    return []


def refused(codes: Iterable[str | None], cite: Cite) -> list[dict[str, str]]:
    """Each reason once, with its sentence and article."""
    return [one | {"article": cite(one["article"])} for one in answers.refused(codes, REFUSALS)]


def steps_told(
    row: Mapping[str, Any],
    steps: Mapping[str, Step],
    cite: Cite,
    *,
    without: Collection[str] = (),
    place: int | None = None,
    of: int = 1,
) -> Steps:
    """The steps that had an effect; those of one child among `of` say which in their name and label."""
    child = "" if place is None or of == 1 else f"Enfant {place + 1} : "
    prefix = "" if place is None else f"children[{place}]."
    kept = {name: one for name, one in steps.items() if name not in without}
    return [
        one | {"name": prefix + one["name"], "label": child + one["label"], "article": cite(one["article"])}
        for one in told(row, kept)
    ]


def figures_of(table: Table, day: date, others: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Every figure of a table, in force on `day`; `others` are read beside it."""
    return figures_told(keys_of(table, table) | set(others), day, benefit_parameters())
