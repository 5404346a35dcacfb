"""`simulate indexation`: a support indexed on consumer prices, from its first amount and index."""

from typing import Any

from aripa.rules.amounts import INDEXATION_STEPS, indexation_row
from aripa.rules.indexation import ROUNDINGS
from aripa.simulations.answers import Answer, Values, answering
from portal.legislation import simulations
from portal.legislation.facts import Error, Fact, an_amount, matched, one_of, read_object
from portal.legislation.trace import euros, told

INDEX = 'un indice en texte, avec un point et six décimales au plus, au-dessus de zéro, par exemple "100.03"'
EXAMPLE = 'Donnez {"initial_amount": "250.00", "base_index": "113.23", "new_index": "116.69"}.'


def _index(value: Any) -> int:
    """In millionths."""
    whole, _, rest = matched(value, r"\d{1,4}(\.\d{1,6})?").partition(".")
    number = int(whole) * 1_000_000 + int(rest.ljust(6, "0"))
    if number == 0:
        raise ValueError
    return number


FACTS = {
    "initial_amount": an_amount(),
    "base_index": Fact(_index, INDEX),
    "new_index": Fact(_index, INDEX),
    "rounding": one_of(*ROUNDINGS, default="CENT"),
}


def read(facts: Any) -> tuple[Values, list[Error]]:
    return read_object(facts, FACTS, EXAMPLE)


def _answer(values: Values) -> Answer:
    row = indexation_row(values["initial_amount"], values["base_index"], values["new_index"], values["rounding"])
    return {
        "result": {"amount": euros(row["indexed_amount_cents"])},
        "refusals": [],
        "steps": told(row, INDEXATION_STEPS),
        "parameters": [],
    }


simulate = simulations.one_by_one(answering(read, _answer))
