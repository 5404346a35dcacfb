"""ARS of one start of term: the same steps for a column of families (`ars_columns`) and for one (`ars_of_family`).

Three dates count. The school year gives ages, ceiling and rules, read on the day the law looks at (15 September). The
day of payment gives the BMAF. 1 January gives the amounts of the differential, if the figure says so. CSS L. 543-1 to
L. 543-2; at Mayotte, ordinance 2002-149, article 8.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from portal.benefits.rules import ars_child, ars_family, ars_net, ars_share
from portal.benefits.rules.ars_figures import GIVEN, ars_figures
from portal.benefits.rules.figures import ARS_PAYMENT, ARS_TERM_AT_MAYOTTE, benefit_parameters
from portal.legislation.engine import compute, compute_one, in_order, steps_of
from portal.legislation.parameters import Parameters

CHILD_STEPS, SHARE_STEPS = steps_of(ars_child), steps_of(ars_share)
FAMILY_STEPS, NET_STEPS = steps_of(ars_family), steps_of(ars_net)
CYCLES = ("PRIMARY", "COLLEGE", "LYCEE")
# Sums over the children, by the column of the children that is added.
FIRST_SUMS = ("full_cents", "differential_base_cents", "exceptional_full_cents")
LAST_SUMS = ("child_crds_cents", "child_exceptional_crds_cents")
# What the shares need of the family.
OF_FAMILY = ("knows_resources", "is_within_ceiling", "due_cents", "gross_cents", "opening_children")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ArsChild:
    """A dependent child at a start of term.

    `is_at_school`: schooling or apprenticeship as declared, None when nothing was. `cycle`: at Mayotte.
    """

    birth_date: date
    cycle: str | None = None
    is_at_school: bool | None = None
    monthly_pay_cents: int | None = None


@dataclass(frozen=True, slots=True)
class ArsAnswer:
    """Every step, by child in their order, and of the family."""

    children: list[Row]
    family: Row


def ars_of_family(
    children: Sequence[ArsChild],
    *,
    annual_resources_cents: int | None,
    dependent_children: int,
    school_year: int,
    territory: str,
    paid_on: date,
    parameters: Parameters | None = None,
) -> ArsAnswer:
    """The ARS of one family, `dependent_children` being all those in its charge. Raises NoParameterInForce."""
    figures = ars_figures(school_year, territory, paid_on, parameters or benefit_parameters())
    rows = [compute_one(figures | _facts(child), _CHILD_ORDER) for child in children]
    about = {
        "annual_resources_cents": annual_resources_cents or 0, "knows_resources": annual_resources_cents is not None,
        "dependent_children": dependent_children, "opening_children": sum(row["opens_right"] for row in rows),
    } | _sums(rows, FIRST_SUMS)  # fmt: skip
    family = compute_one(figures | about, _FAMILY_ORDER)
    rows = [compute_one(row | {name: family[name] for name in OF_FAMILY}, _SHARE_ORDER) for row in rows]
    return ArsAnswer(rows, compute_one(family | _sums(rows, LAST_SUMS), _NET_ORDER))


def _facts(child: ArsChild) -> Row:
    return {
        "birth_date": child.birth_date, "birth_year": child.birth_date.year, "cycle": child.cycle or "",
        "is_declared_at_school": child.is_at_school is True, "is_declared_elsewhere": child.is_at_school is False,
        "monthly_pay_cents": child.monthly_pay_cents or 0,
    }  # fmt: skip


def _sums(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> dict[str, int]:
    kept = list(rows)
    return {f"family_{name}": sum(row[name] for row in kept) for name in names}


def ars_columns(
    children: pl.DataFrame,
    families: pl.DataFrame,
    *,
    school_year: int,
    territory: str,
    paid_on: date,
    parameters: Parameters | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Many families of one territory at once: the rows given, in their order, with one more column per step.

    `children`: family, birth_date, is_at_school, monthly_pay_cents, cycle; the last three may be null (not declared,
    nothing earned, outside Mayotte). `families`: family, annual_resources_cents (null when not known), dependent_children.
    Raises NoParameterInForce; ValueError for a child whose family is not given, or a family given twice.
    """
    figures = ars_figures(school_year, territory, paid_on, parameters or benefit_parameters())
    _check_families(children, families)
    rows = compute(_child_facts(children), CHILD_STEPS, figures)
    about = _with_sums(_family_facts(families), rows, FIRST_SUMS, opening_children=pl.col("opens_right").sum())
    found = compute(about, FAMILY_STEPS, figures)
    told = found.select("family", *OF_FAMILY)
    rows = compute(rows.join(told, on="family", how="left", maintain_order="left"), SHARE_STEPS, figures)
    return rows, compute(_with_sums(found, rows, LAST_SUMS), NET_STEPS, figures)


def _check_families(children: pl.DataFrame, families: pl.DataFrame) -> None:
    if families["family"].is_duplicated().any():
        raise ValueError("a family is given twice")
    if children.join(families, on="family", how="anti").height:
        raise ValueError("a child has a family that is not given: nobody would pay its ARS")


def _child_facts(children: pl.DataFrame) -> pl.DataFrame:
    declared = pl.col("is_at_school").cast(pl.Boolean)
    return children.with_columns(
        birth_year=pl.col("birth_date").dt.year(),
        cycle=pl.col("cycle").cast(pl.String).fill_null(""),
        is_declared_at_school=declared.fill_null(value=False),
        is_declared_elsewhere=declared.not_().fill_null(value=False),
        monthly_pay_cents=pl.col("monthly_pay_cents").cast(pl.Int64).fill_null(0),
    )


def _family_facts(families: pl.DataFrame) -> pl.DataFrame:
    resources = pl.col("annual_resources_cents").cast(pl.Int64)
    return families.with_columns(annual_resources_cents=resources.fill_null(0), knows_resources=resources.is_not_null())


def _with_sums(families: pl.DataFrame, children: pl.DataFrame, names: Sequence[str], **others: pl.Expr) -> pl.DataFrame:
    """The families with the sums of their children; noughts for one that has no child."""
    sums = children.group_by("family").agg(**{f"family_{name}": pl.col(name).sum() for name in names}, **others)
    new = [name for name in sums.columns if name != "family"]
    joined = families.join(sums, on="family", how="left", maintain_order="left")
    return joined.with_columns(pl.col(new).cast(pl.Int64).fill_null(0))


_FACTS = ("birth_date", "birth_year", "cycle", "is_declared_at_school", "is_declared_elsewhere", "monthly_pay_cents")
_FAMILY_FACTS = (
    "annual_resources_cents", "knows_resources", "dependent_children", "opening_children",
    *(f"family_{name}" for name in FIRST_SUMS),
)  # fmt: skip
_GIVEN = (*ARS_PAYMENT, *ARS_TERM_AT_MAYOTTE, *GIVEN)
_CHILD_ORDER = in_order(CHILD_STEPS, [*_FACTS, *_GIVEN])
_FAMILY_ORDER = in_order(FAMILY_STEPS, [*_FAMILY_FACTS, *_GIVEN])
_SHARE_ORDER = in_order(SHARE_STEPS, [*_FACTS, *_GIVEN, *CHILD_STEPS, *OF_FAMILY])
_NET_ORDER = in_order(NET_STEPS, [*_FAMILY_FACTS, *_GIVEN, *FAMILY_STEPS, *(f"family_{name}" for name in LAST_SUMS)])
