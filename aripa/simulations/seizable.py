"""`simulate seizable`: what ordinary creditors may seize of a pay."""

from typing import Any

from aripa.rules.amounts import SEIZABLE_STEPS, seizable_row
from aripa.rules.figures import SEIZABLE
from aripa.simulations.answers import Answer, Values, answering, figures_used
from portal.legislation import simulations
from portal.legislation.facts import Error, a_count, a_date, an_amount, read_object
from portal.legislation.trace import euros, told

FACTS = {"date": a_date(), "monthly_pay": an_amount(), "dependants": a_count(0, 99, default=0)}
EXAMPLE = 'Donnez {"date": "2026-10-01", "monthly_pay": "1600.00"}.'


def read(facts: Any) -> tuple[Values, list[Error]]:
    return read_object(facts, FACTS, EXAMPLE)


def _answer(values: Values) -> Answer:
    row = seizable_row(values["monthly_pay"], values["date"], dependants=values["dependants"])
    return {
        "result": {name: euros(row[f"{name}_cents"]) for name in ("seizable", "absolute_floor", "left")},
        "refusals": [],
        "steps": told(row, SEIZABLE_STEPS),
        "parameters": figures_used(SEIZABLE_STEPS, SEIZABLE, values["date"]),
    }


simulate = simulations.one_by_one(answering(read, _answer, lambda _values: SEIZABLE))
