"""`simulate aeeh`: one month of one child."""

from typing import Any

from portal.benefits.rules.aeeh import STEPS, AeehChild, Row, aeeh_figures, aeeh_of_child, aeeh_table
from portal.benefits.rules.articles import citing
from portal.benefits.rules.figures import COMPLEMENT_6, MAYOTTE, benefit_parameters
from portal.benefits.simulations.answers import (
    Answer,
    Values,
    answering,
    figures_of,
    missing_figure,
    refused,
    steps_told,
)
from portal.legislation import simulations
from portal.legislation.facts import TERRITORIES, Error, Fact, a_count, a_date, a_flag, error, flag, one_of, read_object
from portal.legislation.figures import Table, figures_on
from portal.legislation.trace import euros

FACTS = {
    "date": a_date(),
    "territory": one_of(*TERRITORIES, default="METROPOLE"),
    "incapacity_rate": a_count(0, 100),
    "has_support": a_flag(),
    "complement": a_count(0, 6, default=0),
    "complement_by_help": Fact(flag, "true ou false", default=True),
    "isolated_parent": a_flag(),
    "boarding_fully_covered": a_flag(),
    "child_birth_date": a_date(default=None),
}
EXAMPLE = 'Donnez {"date": "2026-10-01", "incapacity_rate": 80}.'
REMEDY = "Choisissez une date où le barème est connu."
# The facts of the rule that a simulation does not ask: no compensation chosen, a claim long past, no days at home.
CHILD_FACTS = [name for name in FACTS if name not in ("date", "territory")]
NOT_ASKED = ("is_after_claim", "counted_home_days", "lacks_category")
OF_BOARDING = "boarding_month_days"
RESULT = {"base": "base_cents", "complement": "complement_cents", "increase": "increase_cents", "total": "total_cents"}


def read(facts: Any) -> tuple[Values, list[Error]]:
    """The values of one object, and every error found."""
    values, errors = read_object(facts, FACTS, EXAMPLE)
    errors += _about_birth(values) + _about_date(values)
    is_readable = bool(values) and not {one["key"] for one in errors} & FACTS.keys()
    return values, errors + (_about_complement(values) if is_readable else [])


def _about_birth(values: Values) -> list[Error]:
    birth, day = values.get("child_birth_date"), values.get("date")
    if birth is None or day is None or birth.replace(day=1) <= day:
        return []
    return [error("child_birth_date", "born_later", "Cet enfant n’est pas encore né ce mois-là.",
                  "Donnez sa date de naissance, ou un mois qui la suit.")]  # fmt: skip


def _about_date(values: Values) -> list[Error]:
    day, territory = values.get("date"), values.get("territory")
    if day is None or territory is None:
        return []
    month = day.replace(day=1)
    return missing_figure("date", lambda: aeeh_figures(month, territory, benefit_parameters()), REMEDY)


def _about_complement(values: Values) -> list[Error]:
    """A complement that is due and whose amount nobody knows; without a right the amount has no effect."""
    if _row(values)["refusal"] != "benefits.complement_amount_unknown":
        return []
    month = values["date"].replace(day=1)
    return missing_figure("date", lambda: figures_on(COMPLEMENT_6, month, benefit_parameters()), REMEDY)


def _row(values: Values) -> Row:
    child = AeehChild(**{name: values[name] for name in CHILD_FACTS})
    return aeeh_of_child(child, month=values["date"], territory=values["territory"])


def _answer(values: Values) -> Answer:
    row, cite = _row(values), citing(values["territory"], values["date"])
    return {
        "result": {name: euros(row[step]) for name, step in RESULT.items()},
        "refusals": refused([row["refusal"]], cite),
        "steps": steps_told(row, STEPS, cite, without=(*NOT_ASKED, *elsewhere(values["territory"]))),
        "parameters": figures_of(table_of(row, values["territory"]), values["date"].replace(day=1)),
    }


def elsewhere(territory: str) -> tuple[str, ...]:
    """The step of Mayotte's own rate, outside Mayotte."""
    return () if territory == MAYOTTE else ("has_territory_rate",)


def table_of(row: Row, territory: str) -> Table:
    """The figures of the category at hand, not those of the others."""
    number, others = row["complement"], set(range(7)) - {row["complement"]}
    without = {f"{kind}_{other}_rate" for kind in ("complement", "lone_parent") for other in others}
    # It counts for a child who boards and has days at home, and for no other.
    without |= set() if row["boarding_fully_covered"] and row["counted_home_days"] else {OF_BOARDING}
    last = COMPLEMENT_6 if number == 6 else {}
    return {name: one for name, one in {**aeeh_table(territory), **last}.items() if name not in without}


simulate = simulations.one_by_one(answering(read, _answer))
