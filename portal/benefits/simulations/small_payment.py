"""`simulate small_payment`: one sum due, or one paid in excess, beside the threshold of its month."""

from datetime import date
from typing import Any

from portal.benefits.rules.articles import citing
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.rules.small_payments import (
    ARS,
    NEVER_ON,
    OVERPAYMENT_STEPS,
    PAYMENT_STEPS,
    POLICIES,
    Row,
    small_figures,
    small_overpayment_of,
    small_payment_of,
    small_table,
)
from portal.benefits.simulations.answers import Answer, Values, answering, figures_of, missing_figure, steps_told
from portal.legislation import simulations
from portal.legislation.facts import TERRITORIES, Error, a_date, an_amount, one_of, read_object
from portal.legislation.trace import euros

PAYMENT, OVERPAYMENT = "PAYMENT", "OVERPAYMENT"
BENEFITS = (ARS, "AEEH", "CMG", "AF", "OTHER")
FACTS = {
    "date": a_date(),
    "benefit": one_of(*BENEFITS),
    "amount": an_amount(),
    "territory": one_of(*TERRITORIES, default="METROPOLE"),
    "operation": one_of(PAYMENT, OVERPAYMENT, default=PAYMENT),
    "deferred_balance": an_amount(0),
    "policy": one_of(*POLICIES, default="DEFER"),
}
EXAMPLE = 'Donnez {"date": "2026-10-26", "benefit": "AEEH", "amount": "22.99"}.'
REMEDY = "Choisissez une date dont le seuil est connu."


def read(facts: Any) -> tuple[Values, list[Error]]:
    """The values of one object, and every error found."""
    values, errors = read_object(facts, FACTS, EXAMPLE)
    return values, errors + _about_date(values.get("date"))


def _about_date(day: date | None) -> list[Error]:
    if day is None:
        return []
    return missing_figure("date", lambda: small_figures(day.replace(day=1), benefit_parameters()), REMEDY)


def _answer(values: Values) -> Answer:
    is_overpayment = values["operation"] == OVERPAYMENT
    row = _overpayment(values) if is_overpayment else _payment(values)
    month = values["date"].replace(day=1)
    return {
        "result": {"decision": row["decision"], "threshold": euros(row["threshold_cents"])},
        "refusals": [],
        "steps": steps_told(
            row, OVERPAYMENT_STEPS if is_overpayment else PAYMENT_STEPS, citing(values["territory"], month)
        ),
        "parameters": figures_of(small_table(values["benefit"], is_overpayment=is_overpayment), month, (NEVER_ON,)),
    }


def _payment(values: Values) -> Row:
    return small_payment_of(
        values["amount"], day=values["date"], benefit=values["benefit"], territory=values["territory"],
        deferred_cents=values["deferred_balance"], policy=values["policy"],
    )  # fmt: skip


def _overpayment(values: Values) -> Row:
    return small_overpayment_of(
        values["amount"], day=values["date"], benefit=values["benefit"], territory=values["territory"],
        earlier_cents=values["deferred_balance"],
    )  # fmt: skip


simulate = simulations.one_by_one(answering(read, _answer))
