"""ASF of one month: CSS L. 523-1 to L. 523-3, L. 581-2, R. 523-7, D. 523-3. Amounts in cents, rates in millionths.

The same steps for a column of children (`asf_columns`) and for the children of one family (`asf_of_month`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from aripa.rules import asf_child, asf_family
from aripa.rules.figures import ASF, aripa_parameters
from portal.legislation.engine import compute, compute_one, in_order, steps_of
from portal.legislation.figures import figures_on
from portal.legislation.parameters import Parameters

CASES = ("A1", "A2", "B1", "B2", "C1", "C2", "C3", "D")
FACTS = (
    "kind_of_case", "is_lone", "is_mayotte", "age_months", "debtor_unable", "support_due_cents", "support_received_cents",
)  # fmt: skip
CHILD_STEPS = steps_of(asf_child)
FAMILY_STEPS = steps_of(asf_family)
STEPS = CHILD_STEPS | FAMILY_STEPS
_CHILD_ORDER = in_order(CHILD_STEPS, [*FACTS, *ASF])
_FAMILY_ORDER = in_order(FAMILY_STEPS, [*FACTS, *ASF, *CHILD_STEPS, "family_total_cents"])


@dataclass(frozen=True, slots=True)
class AsfChild:
    """A child for one month. The case is a code of CSS L. 523-1; support in cash, for that month alone."""

    kind_of_case: str
    support_due_cents: int = 0
    support_received_cents: int = 0
    debtor_unable: bool = False
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class AsfLine:
    """What the month gives for one child; `amount_cents` before the family minimum, the rest after it."""

    kind: str | None
    refusal: str | None
    net_cents: int
    amount_cents: int
    paid_cents: int
    recoverable_cents: int
    surplus_cents: int
    still_owed_cents: int


def age_in_months(birth: date | None, day: date) -> int:
    """Between the month of birth and that of `day`; 0 when the birth is not known (the child is then under the limit)."""
    return 0 if birth is None else (day.year - birth.year) * 12 + day.month - birth.month


def asf_of_month(
    children: Sequence[AsfChild], day: date, *, is_lone: bool = True, is_mayotte: bool = False
) -> list[AsfLine]:
    """The ASF of the month of `day`, one line per child of the family, in their order.

    `children` are all those of the creditor, whatever the case: the minimum is tested on their total.
    Raises NoParameterInForce.
    """
    rows = rows_of_month(children, day, is_lone=is_lone, is_mayotte=is_mayotte)
    return [
        AsfLine(
            row["asf_kind"], row["refusal"], row["net_cents"], row["amount_cents"], row["paid_cents"],
            row["recoverable_cents"], row["surplus_cents"], row["still_owed_cents"],
        )
        for row in rows
    ]  # fmt: skip


def rows_of_month(children: Sequence[AsfChild], day: date, *, is_lone: bool, is_mayotte: bool) -> list[dict[str, Any]]:
    """The same with every step, for the explanation."""
    figures = _figures(day.replace(day=1))
    rows = [
        compute_one(
            figures
            | {
                "kind_of_case": child.kind_of_case,
                "is_lone": is_lone,
                "is_mayotte": is_mayotte,
                "age_months": age_in_months(child.birth_date, day),
                "debtor_unable": child.debtor_unable,
                "support_due_cents": child.support_due_cents,
                "support_received_cents": child.support_received_cents,
            },
            _CHILD_ORDER,
        )
        for child in children
    ]
    total = sum(row["amount_cents"] for row in rows)
    return [compute_one(row | {"family_total_cents": total}, _FAMILY_ORDER) for row in rows]


def asf_columns(facts: pl.DataFrame, day: date, parameters: Parameters | None = None) -> pl.DataFrame:
    """Many children at once: the columns of FACTS, and `family`, which says whose minimum they share."""
    figures = figures_on(ASF, day.replace(day=1), parameters or aripa_parameters())
    children = compute(facts, CHILD_STEPS, figures)
    totals = children.with_columns(family_total_cents=pl.col("amount_cents").sum().over("family"))
    return compute(totals, FAMILY_STEPS, figures)


@lru_cache(maxsize=512)
def _figures(month: date) -> dict[str, int | bool]:
    return figures_on(ASF, month, aripa_parameters())
