"""The amounts that pages explain, for one case at a time: the column steps run on plain numbers. Amounts in cents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aripa.rules import direct_payment, indexation, seizable
from aripa.rules.calendar import is_within_lookback
from aripa.rules.figures import DIRECT_PAYMENT, SEIZABLE, aripa_parameters
from aripa.rules.plan import equal_instalments
from aripa.rules.scales import STEPS as SCALE_STEPS
from aripa.rules.scales import TABLES, table_rate
from portal.legislation.engine import Order, Step, compute_one, in_order, steps_of
from portal.legislation.figures import Table, figures_on

Row = dict[str, Any]
INDEXATION_STEPS = steps_of(indexation)
SEIZABLE_STEPS = steps_of(seizable)
DIRECT_PAYMENT_STEPS = steps_of(direct_payment)
SEIZABLE_FACTS = ("monthly_pay_cents", "dependants")
SCALE_FACTS = ("debtor_income_cents", "children", "table_rate")
DIRECT_PAYMENT_FACTS = (
    "monthly_support_cents", "arrears_total_cents", "unpaid_terms", "agreed_months", "debtor_income_cents",
    "is_income_known",
)  # fmt: skip


def _ordered(steps: Mapping[str, Step], facts: Iterable[str], table: Table) -> Order:
    return in_order(steps, [*facts, *table])


_INDEXATION = in_order(INDEXATION_STEPS, indexation.FACTS)
_SEIZABLE = _ordered(SEIZABLE_STEPS, SEIZABLE_FACTS, SEIZABLE)
_DIRECT_PAYMENT = _ordered(DIRECT_PAYMENT_STEPS, DIRECT_PAYMENT_FACTS, DIRECT_PAYMENT)
_SCALES = {name: _ordered(steps, SCALE_FACTS, TABLES[name]) for name, steps in SCALE_STEPS.items()}


def indexation_row(initial_cents: int, base_index: int, new_index: int, rounding: str = "CENT") -> Row:
    """CSS R. 582-7; both indices in one unit and one base."""
    values = (initial_cents, base_index, new_index, rounding)
    return compute_one(dict(zip(indexation.FACTS, values, strict=True)), _INDEXATION)


def indexed_cents(initial_cents: int, base_index: int, new_index: int, rounding: str = "CENT") -> int:
    return int(indexation_row(initial_cents, base_index, new_index, rounding)["indexed_amount_cents"])


def seizable_row(monthly_pay_cents: int, on: date, *, dependants: int = 0) -> Row:
    """The scale of seizures on a pay that is the same every month. Raises NoParameterInForce."""
    figures = figures_on(SEIZABLE, on, aripa_parameters())
    return compute_one(figures | {"monthly_pay_cents": monthly_pay_cents, "dependants": dependants}, _SEIZABLE)


def scale_row(scale: str, debtor_income_cents: int, children: int, residence: str, on: date) -> Row:
    """One of the two scales of a support. Raises NoParameterInForce."""
    facts = {
        "debtor_income_cents": debtor_income_cents,
        "children": children,
        "table_rate": table_rate(scale, children, residence, on),
    }
    return compute_one(figures_on(TABLES[scale], on, aripa_parameters()) | facts, _SCALES[scale])


@dataclass(frozen=True, slots=True)
class UnpaidTerm:
    """What one past term still lacks."""

    month: date
    amount_cents: int


def ordered_terms(arrears: Iterable[UnpaidTerm], on: date, *, early: bool = False) -> list[UnpaidTerm]:
    """The unpaid terms that a fund may order: those of the 24 calendar months before that of `on` (CPCE L. 213-4).

    Raises NoParameterInForce.
    """
    months = int(figures_on(DIRECT_PAYMENT, on, aripa_parameters(), early=early)["lookback"])
    return [one for one in arrears if one.amount_cents and is_within_lookback(one.month, on, months)]


def direct_payment_row(
    monthly_support_cents: int,
    arrears: Iterable[UnpaidTerm],
    on: date,
    *,
    debtor_income_cents: int | None = None,
    agreed_months: int = 0,
    early: bool = False,
) -> Row:
    """The order of a direct payment, with `instalments`, the parts of the arrears. Raises NoParameterInForce.

    `debtor_income_cents` None: the income is not considered. `agreed_months` 0: the debtor agreed to nothing.
    `early`: orders of before June 2021 are spread like those of after (CPCE R. 213-11).
    """
    terms = ordered_terms(arrears, on, early=early)
    facts = {
        "monthly_support_cents": monthly_support_cents,
        "arrears_total_cents": sum(one.amount_cents for one in terms),
        "unpaid_terms": len(terms),
        "agreed_months": agreed_months,
        "debtor_income_cents": debtor_income_cents or 0,
        "is_income_known": debtor_income_cents is not None,
    }
    row = compute_one(figures_on(DIRECT_PAYMENT, on, aripa_parameters(), early=early) | facts, _DIRECT_PAYMENT)
    return row | {"instalments": equal_instalments(row["arrears_total_cents"], row["months"])}
