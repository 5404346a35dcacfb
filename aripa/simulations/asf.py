"""`simulate asf`: one month of one family."""

from datetime import date
from typing import Any

from aripa.rules.asf import CASES, STEPS, AsfChild, rows_of_month
from aripa.rules.figures import ASF
from aripa.simulations.answers import Answer, Values, answering, figures_used, refused
from portal.legislation import simulations
from portal.legislation.facts import (
    TERRITORIES,
    Error,
    a_date,
    a_flag,
    a_list,
    an_amount,
    error,
    one_of,
    read_object,
    read_objects,
    required_flag,
)
from portal.legislation.trace import euros, told

CHILDREN_MAX = 20
FACTS = {
    "date": a_date(),
    "lone_parent": required_flag(),
    "fund_territory": one_of(*TERRITORIES, default="METROPOLE"),
    "children": a_list(CHILDREN_MAX, "enfants"),
}
CHILD_FACTS = {
    "kind_of_case": one_of(*CASES),
    "debtor_unable": a_flag(),
    "support_due": an_amount(default=0),
    "support_received": an_amount(default=0),
    "birth_date": a_date(default=None),
}
EXAMPLE = 'Donnez {"date": "2026-10-01", "lone_parent": true, "children": […]}.'
CHILD_EXAMPLE = 'Donnez {"kind_of_case": "C1", …}.'
# The cases in which what is received is set against what is due; D is paid in full by definition.
COMPARED = ("C1", "C2")


def read(facts: Any) -> tuple[Values, list[Error]]:
    """The values of one object, and every error found."""
    values, errors = read_object(facts, FACTS, EXAMPLE)
    children, wrong = read_objects(values, "children", CHILD_FACTS, CHILD_EXAMPLE)
    together = [one for place, child in enumerate(children) for one in _together(child, place, values)]
    return values | {"children": children}, errors + wrong + together


def _together(child: Values, place: int, values: Values) -> list[Error]:
    """What the facts of a child must be together."""
    if not child:
        return []
    return _about_support(child, place) + _about_birth(child["birth_date"], place, values.get("date"))


def _about_support(child: Values, place: int) -> list[Error]:
    due, received = child["support_due"], child["support_received"]
    if child["kind_of_case"] not in COMPARED or due is None or received is None or received <= due:
        return []
    return [error(f"children[{place}].support_received", "above_support_due", "Le mois a reçu plus qu’il n’est dû.",
                  "Comptez le reste pour un autre mois.")]  # fmt: skip


def _about_birth(birth: date | None, place: int, day: date | None) -> list[Error]:
    if birth is None or day is None or birth.replace(day=1) <= day:
        return []
    return [error(f"children[{place}].birth_date", "born_later", "Cet enfant n’est pas encore né ce mois-là.",
                  "Donnez sa date de naissance, ou un mois qui la suit.")]  # fmt: skip


def _answer(values: Values) -> Answer:
    children = [
        AsfChild(
            one["kind_of_case"], one["support_due"], one["support_received"], one["debtor_unable"], one["birth_date"]
        )
        for one in values["children"]
    ]
    rows = rows_of_month(
        children, values["date"], is_lone=values["lone_parent"], is_mayotte=values["fund_territory"] == "MAYOTTE"
    )
    return {
        "result": {
            "amounts": [euros(row["amount_cents"]) for row in rows],
            "recoverable": [euros(row["recoverable_cents"]) for row in rows],
            "still_owed": [euros(row["still_owed_cents"]) for row in rows],
            "total": euros(sum(row["paid_cents"] for row in rows)),
        },
        "refusals": refused([*(row["refusal"] for row in rows), _below_minimum(rows)]),
        "steps": [one for place, row in enumerate(rows) for one in _steps(row, place, several=len(rows) > 1)],
        "parameters": figures_used(STEPS, ASF, values["date"].replace(day=1)),
    }


def _below_minimum(rows: list[Values]) -> str | None:
    below = rows[0]["is_below_minimum"] and rows[0]["family_total_cents"] > 0
    return "aripa.below_minimum" if below else None


def _steps(row: Values, place: int, *, several: bool) -> list[dict[str, Any]]:
    """The steps of one child, named after its place in the list; labels say which child when there are several."""
    child = f"Enfant {place + 1} : " if several else ""
    return [
        one | {"name": f"children[{place}].{one['name']}", "label": child + one["label"]} for one in told(row, STEPS)
    ]


simulate = simulations.one_by_one(answering(read, _answer, lambda _values: ASF))
