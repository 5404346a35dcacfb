"""AEEH of one month: the same steps for a column of children (`aeeh_columns`) and for one child (`aeeh_of_child`).

CSS L. 541-1 to L. 541-4; at Mayotte, ordinance 2002-149, articles 10-1 and 10-2, until June 2021.
"""

from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from portal.benefits.rules import aeeh_child
from portal.benefits.rules.figures import (
    AEEH,
    AEEH_AT_MAYOTTE,
    COMPLEMENT_6,
    MAYOTTE,
    benefit_parameters,
    is_known,
)
from portal.legislation.engine import compute, compute_one, in_order, steps_of
from portal.legislation.figures import Table, figures_on
from portal.legislation.parameters import Parameters

STEPS = steps_of(aeeh_child)
# Facts that a column may leave out, and what they then are.
OPTIONAL = {"days_at_home": 0, "chose_compensation": False, "filed_on": None}
GIVEN = ("complement_6", "knows_complement_6")
# A claim that is not told was made before any month.
LONG_AGO = 1_000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AeehChild:
    """What the rights commission decided of a child, and how it lives in the month.

    `filed_on`: the day of the claim, None when it is long past. `days_at_home`: within a boarding period.
    `isolated_parent`: None when nobody told.
    """

    incapacity_rate: int
    has_support: bool = False
    complement: int = 0
    complement_by_help: bool = True
    chose_compensation: bool = False
    isolated_parent: bool | None = False
    boarding_fully_covered: bool = False
    days_at_home: int = 0
    child_birth_date: date | None = None
    filed_on: date | None = None


def aeeh_of_child(child: AeehChild, *, month: date, territory: str, parameters: Parameters | None = None) -> Row:
    """Every step of the AEEH of the month of any day. Raises NoParameterInForce.

    A complement whose amount nobody knows, or an increase that waits for a fact, is nought, with a reason that `waits`:
    the rest stands.
    """
    facts = asdict(child)
    told = {
        "isolated_parent": child.isolated_parent is True,
        "knows_isolation": child.isolated_parent is not None,
        "age_months": months_between(facts.pop("child_birth_date"), month, unknown=0),
        "months_since_claim": months_between(facts.pop("filed_on"), month, unknown=LONG_AGO),
    }
    return compute_one(
        aeeh_figures(month.replace(day=1), territory, parameters or benefit_parameters()) | facts | told, _ORDER
    )


def months_between(since: date | None, day: date, *, unknown: int) -> int:
    """Between the month of `since` and that of `day`."""
    return unknown if since is None else (day.year - since.year) * 12 + day.month - since.month


def aeeh_columns(
    rows: pl.DataFrame, *, month: date, territory: str, parameters: Parameters | None = None
) -> pl.DataFrame:
    """Many children of one territory at once: the rows given, in their order, with one more column per step.

    Columns as the fields of AeehChild. Those of OPTIONAL may lack; they, the dates and isolated_parent may be null.
    Raises NoParameterInForce.
    """
    figures = aeeh_figures(month.replace(day=1), territory, parameters or benefit_parameters())
    lacking = [pl.lit(value).alias(name) for name, value in OPTIONAL.items() if name not in rows.columns]
    facts = rows.with_columns(lacking).with_columns(
        *(pl.col(name).fill_null(value) for name, value in OPTIONAL.items() if value is not None),
        isolated_parent=pl.col("isolated_parent").cast(pl.Boolean).fill_null(value=False),
        knows_isolation=pl.col("isolated_parent").is_not_null(),
        age_months=_months_since("child_birth_date", month, unknown=0),
        months_since_claim=_months_since("filed_on", month, unknown=LONG_AGO),
    )
    return compute(facts, STEPS, figures)


def _months_since(name: str, day: date, *, unknown: int) -> pl.Expr:
    since = pl.col(name).cast(pl.Date)
    months = (day.year - since.dt.year().cast(pl.Int64)) * 12 + day.month - since.dt.month().cast(pl.Int64)
    return months.fill_null(unknown)


def aeeh_table(territory: str) -> Table:
    return AEEH_AT_MAYOTTE if territory == MAYOTTE else AEEH


@lru_cache(maxsize=512)
def aeeh_figures(month: date, territory: str, parameters: Parameters) -> dict[str, Any]:
    """The figures of a month. The complement of category 6 may be unknown: the others do without it."""
    found: dict[str, Any] = figures_on(aeeh_table(territory), month, parameters)
    ordinary = {"territory_incapacity_rate": found["least_incapacity_rate"], "has_complements": True}
    known = is_known(COMPLEMENT_6["complement_6"].key, month, parameters)
    last = figures_on(COMPLEMENT_6, month, parameters) if known else {"complement_6": 0}
    return ordinary | found | last | {"knows_complement_6": known}


_FACTS = (
    "incapacity_rate", "has_support", "complement", "complement_by_help", "chose_compensation", "isolated_parent", "knows_isolation",
    "boarding_fully_covered", "days_at_home", "age_months", "months_since_claim",
)  # fmt: skip
_ORDER = in_order(STEPS, [*_FACTS, *AEEH_AT_MAYOTTE, *GIVEN])
