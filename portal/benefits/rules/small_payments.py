"""Small sums: what a body may wait to pay, give up paying, or give up recovering (CSS L. 133-3, D. 133-2, D. 543-2).

The same steps for a column of sums (`small_payment_columns`) and for one (`small_payment_of`). The threshold is that of the
month of the due date; sums of different benefits are never added.
"""

from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from portal.benefits.rules import small_overpayment, small_payment, small_threshold
from portal.benefits.rules.figures import MAYOTTE, SMALL, benefit_parameters
from portal.legislation.engine import compute, compute_one, in_order, steps_of
from portal.legislation.figures import Table, figures_on
from portal.legislation.parameters import NoParameterInForce, Parameters

POLICIES = ("PAY", "DEFER", "WAIVE")
ARS = "ARS"
DEFAULT_POLICY, NEVER_ON = "small_payments.default_policy", "small_payments.never_on"
THRESHOLD_STEPS = steps_of(small_threshold)
PAYMENT_STEPS = THRESHOLD_STEPS | steps_of(small_payment)
OVERPAYMENT_STEPS = THRESHOLD_STEPS | steps_of(small_overpayment)

Row = dict[str, Any]


def small_payment_of(
    amount_cents: int, *, day: date, benefit: str, territory: str = "METROPOLE", deferred_cents: int = 0,
    policy: str | None = None, protected: str = "", parameters: Parameters | None = None,
) -> Row:  # fmt: skip
    """Every step for one sum due on `day`. `policy` None: the default; `protected`: its nature, when it has one that the
    law or the portal never touches. Raises NoParameterInForce."""
    figures = small_figures(day.replace(day=1), parameters or benefit_parameters())
    chosen = policy or default_policy(day, parameters)
    facts = _facts_of(benefit, territory, protected, figures) | {
        "amount_cents": amount_cents, "deferred_cents": deferred_cents,
        "has_ars_minimum": benefit == ARS, "pays_small": chosen == "PAY", "waives_small": chosen == "WAIVE",
    }  # fmt: skip
    return compute_one(figures | facts, _PAYMENT_ORDER)


def small_overpayment_of(
    amount_cents: int, *, day: date, benefit: str, territory: str = "METROPOLE", earlier_cents: int = 0,
    protected: str = "", parameters: Parameters | None = None,
) -> Row:  # fmt: skip
    """Every step for one sum paid in excess and found on `day`; `earlier_cents`: given up before for the same cause.

    Raises NoParameterInForce.
    """
    figures = small_figures(day.replace(day=1), parameters or benefit_parameters())
    facts = _facts_of(benefit, territory, protected, figures) | {
        "amount_cents": amount_cents, "earlier_cents": earlier_cents,
        "has_ars_minimum": benefit == ARS and not figures["ars_overpayment_is_general"],
    }  # fmt: skip
    return compute_one(figures | facts, _OVERPAYMENT_ORDER)


def _facts_of(benefit: str, territory: str, protected: str, figures: Row) -> Row:
    return {
        "is_ars": benefit == ARS, "is_protected": protected in figures["never_on"],
        "law_applies": territory != MAYOTTE or figures["applies_at_mayotte"],
    }  # fmt: skip


def small_payment_columns(rows: pl.DataFrame, *, day: date, parameters: Parameters | None = None) -> pl.DataFrame:
    """Many sums due on `day`: the rows given, in their order, with one more column per step.

    Columns: benefit, territory, amount_cents, deferred_cents, policy and protected (null: the default, and nothing).
    Raises NoParameterInForce, ValueError for a policy that is none.
    """
    figures = small_figures(day.replace(day=1), parameters or benefit_parameters())
    policy = pl.col("policy").cast(pl.String).fill_null(default_policy(day, parameters))
    if not rows.select(policy.is_in(POLICIES).all()).item():
        raise ValueError(f"a policy is one of {POLICIES}")
    facts = rows.with_columns(
        is_ars=pl.col("benefit") == ARS,
        has_ars_minimum=pl.col("benefit") == ARS,
        is_protected=pl.col("protected").cast(pl.String).is_in(figures["never_on"]).fill_null(value=False),
        law_applies=(pl.col("territory") != MAYOTTE) | pl.lit(figures["applies_at_mayotte"]),
        pays_small=policy == "PAY",
        waives_small=policy == "WAIVE",
    )
    numbers = {name: value for name, value in figures.items() if name != "never_on"}
    return compute(facts, PAYMENT_STEPS, numbers)


@lru_cache(maxsize=256)
def small_figures(month: date, parameters: Parameters) -> Row:
    """The figures of a month. Raises NoParameterInForce."""
    return figures_on(SMALL, month, parameters) | {"never_on": list(parameters.value(NEVER_ON, month))}


def default_policy(day: date, parameters: Parameters | None = None) -> str:
    """What a body does that decided nothing. Raises NoParameterInForce."""
    return str((parameters or benefit_parameters()).value(DEFAULT_POLICY, day))


def threshold_on(day: date, *, territory: str = "METROPOLE", parameters: Parameters | None = None) -> int:
    """The general threshold of the month of `day`, in cents. Raises NoParameterInForce."""
    row = small_payment_of(0, day=day, benefit="OTHER", territory=territory, parameters=parameters)
    return int(row["threshold_cents"])


def is_threshold_known(day: date, territory: str) -> bool:
    """Whether the figures of the month of `day` say what is small in `territory`."""
    try:
        threshold_on(day, territory=territory)
    except NoParameterInForce:
        return False
    return True


def last_month_given_up(day: date, parameters: Parameters | None = None) -> date:
    """The latest due month whose deferred sums have waited their whole months before that of `day`: on 1 November 2026,
    October 2025. Raises NoParameterInForce."""
    months = int((parameters or benefit_parameters()).value("small_payments.months_before_waiver", day))
    return months_back(day, months + 1)


def given_up_on(month: date, parameters: Parameters | None = None) -> date:
    """The first day on which a sum due in `month` is given up. Raises NoParameterInForce."""
    months = int((parameters or benefit_parameters()).value("small_payments.months_before_waiver", month))
    return months_back(month, -(months + 1))


def months_back(day: date, months: int) -> date:
    """The first day of the month so many months before that of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def small_table(benefit: str, *, is_overpayment: bool) -> Table:
    """The figures that count for one benefit, for the explanation."""
    without = set() if benefit == ARS else {"minimum_paid", "ars_overpayment_is_general"}
    without |= set() if is_overpayment else {"ars_overpayment_is_general"}
    return {name: one for name, one in SMALL.items() if name not in without}


_GIVEN = (*SMALL, "never_on", "is_ars", "has_ars_minimum", "is_protected", "law_applies", "amount_cents")
_PAYMENT_ORDER = in_order(PAYMENT_STEPS, [*_GIVEN, "deferred_cents", "pays_small", "waives_small"])
_OVERPAYMENT_ORDER = in_order(OVERPAYMENT_STEPS, [*_GIVEN, "earlier_cents"])
