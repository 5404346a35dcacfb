"""`simulate pension_scale`: the indicative table of Justice, or the least amount of a title made by a fund."""

from typing import Any

from aripa.rules.amounts import scale_row
from aripa.rules.scales import EXTRA_CHILD, RATES, RESIDENCES, STEPS, TABLES
from aripa.simulations.answers import Answer, Values, answering, figures_used
from portal.legislation import simulations
from portal.legislation.facts import Error, a_count, a_date, an_amount, one_of, read_object
from portal.legislation.trace import euros, told

FACTS = {
    "date": a_date(),
    "debtor_income": an_amount(),
    "children": a_count(1, 99),
    "residence": one_of(*RESIDENCES),
    "scale": one_of(*STEPS, default="JUSTICE"),
}
EXAMPLE = 'Donnez {"date": "2026-10-01", "debtor_income": "1600.00", "children": 2, "residence": "STANDARD"}.'
# Step that holds the amount per child, and that of all the children.
AMOUNTS = {
    "JUSTICE": ("amount_per_child_cents", "scale_total_cents"),
    "CAF_TITLE": ("title_threshold_cents", "title_total_cents"),
}


def read(facts: Any) -> tuple[Values, list[Error]]:
    return read_object(facts, FACTS, EXAMPLE)


def _answer(values: Values) -> Answer:
    scale, day = values["scale"], values["date"]
    row = scale_row(scale, values["debtor_income"], values["children"], values["residence"], day)
    per_child, total = AMOUNTS[scale]
    tables = {RATES[scale]} | ({EXTRA_CHILD} if scale == "CAF_TITLE" else set())
    return {
        "result": {"amount_per_child": euros(row[per_child]), "total": euros(row[total])},
        "refusals": [],
        "steps": told(row, STEPS[scale]),
        "parameters": figures_used(STEPS[scale], TABLES[scale], day, tables),
    }


simulate = simulations.one_by_one(answering(read, _answer, lambda values: TABLES.get(values["scale"], {})))
