"""`simulate direct_payment`: what a fund orders of an employer or a bank."""

from collections import Counter
from typing import Any

from aripa.rules.amounts import DIRECT_PAYMENT_STEPS, UnpaidTerm, direct_payment_row
from aripa.rules.figures import DIRECT_PAYMENT
from aripa.simulations.answers import Answer, Values, answering, figures_used
from portal.legislation import simulations
from portal.legislation.engine import Step
from portal.legislation.facts import (
    Error,
    a_count,
    a_date,
    a_list,
    a_month,
    an_amount,
    error,
    read_object,
    read_objects,
)
from portal.legislation.trace import euros, told

TERMS_MAX = 600
FACTS = {
    "date": a_date(),
    "monthly_support": an_amount(),
    "arrears": a_list(TERMS_MAX, "échéances impayées", shortest=0),
    "debtor_income": an_amount(default=None),
    "agreed_months": a_count(1, 6, default=0),
}
TERM_FACTS = {"month": a_month(), "amount": an_amount()}
EXAMPLE = 'Donnez {"date": "2026-10-01", "monthly_support": "170.00", "arrears": […]}.'
TERM_EXAMPLE = 'Donnez {"month": "2026-09", "amount": "170.00"}.'


def read(facts: Any) -> tuple[Values, list[Error]]:
    """The values of one object, and every error found."""
    values, errors = read_object(facts, FACTS, EXAMPLE)
    terms, wrong = read_objects(values, "arrears", TERM_FACTS, TERM_EXAMPLE)
    return values | {"arrears": terms}, errors + wrong + _twice(terms)


def _twice(terms: list[Values]) -> list[Error]:
    """One term a month: the second one of a month is told."""
    months, errors = Counter[Any](), []
    for place, term in enumerate(terms):
        month = term.get("month")
        months[month] += 1
        if month is not None and months[month] == 2:
            errors.append(error(f"arrears[{place}].month", "given_twice", "Ce mois est donné deux fois.",
                                "Donnez une échéance par mois, avec tout ce qui en manque."))  # fmt: skip
    return errors


def _answer(values: Values) -> Answer:
    row = direct_payment_row(
        values["monthly_support"],
        [UnpaidTerm(one["month"], one["amount"]) for one in values["arrears"]],
        values["date"],
        debtor_income_cents=values["debtor_income"],
        agreed_months=values["agreed_months"],
    )
    return {
        "result": {
            "instalments": [euros(cents) for cents in row["instalments"]],
            "months": row["months"],
            "taken": euros(row["taken_cents"]),
        },
        "refusals": [],
        "steps": told(row, _steps_told(values)),
        "parameters": figures_used(DIRECT_PAYMENT_STEPS, DIRECT_PAYMENT, values["date"], {LOOKBACK}),
    }


def _steps_told(values: Values) -> dict[str, Step]:
    """Without an income, what rests on it says nothing."""
    known = values["debtor_income"] is not None
    return {name: one for name, one in DIRECT_PAYMENT_STEPS.items() if known or name not in OF_INCOME}


OF_INCOME = {"capacity_cents", "room_cents", "is_without_room", "months_for_income"}
LOOKBACK = DIRECT_PAYMENT["lookback"].key
simulate = simulations.one_by_one(answering(read, _answer, lambda _values: DIRECT_PAYMENT))
