"""The ARS of the families of a slice: facts to decided rows, by the rules of one start of term."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from portal.benefits.rules.ars import ars_columns
from portal.benefits.rules.ars_figures import is_past_last_day
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.running.deciding import (
    CENTS,
    NOTHING,
    as_json,
    by_territory,
    first_waiting,
    from_json,
    outcome_of,
)
from portal.benefits.running.loading import Buckets, ars_children, ars_families, with_territory
from portal.benefits.running.reasons import AFTER_LIMIT
from portal.legislation.parameters import Parameters

FAMILY_FACTS: dict[str, Any] = {
    "annual_resources_cents": pl.Int64,
    "dependent_children": pl.Int64,
    "has_file": pl.Boolean,
}
CHILD_FACTS: dict[str, Any] = {
    "child_id": pl.String, "birth_date": pl.Date, "cycle": pl.String, "is_at_school": pl.Boolean,
    "monthly_pay_cents": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class Term:
    """What the decisions of a run depend on beside the facts. Amounts are read on the day of the first payment of the
    term (`amounts_on`): a later run corrects facts, it does not uprate. Money leaves on `paid_on`."""

    school_year: int
    amounts_on: date
    paid_on: date


def decide(term: Term, buckets: Buckets, *, parameters: Parameters | None = None) -> pl.DataFrame:
    """The families of the slice (columns DECIDED)."""
    children = ars_children(term.school_year, buckets)
    families = ars_families(term.school_year, buckets, children)
    told = children.select(
        "family", "child_id", "birth_date", "cycle", "monthly_pay_cents", is_at_school=pl.col("status") != "NONE"
    )
    counted = told.group_by("family").agg(dependent_children=pl.len().cast(pl.Int64))
    known = families.join(counted, on="family", how="left", maintain_order="left").with_columns(
        pl.col("dependent_children").fill_null(0), annual_resources_cents="income_cents"
    )
    return decided(known, told, term, parameters)


def again(awards: pl.DataFrame, term: Term, *, parameters: Parameters | None = None) -> pl.DataFrame:
    """What the facts kept with `awards` (family, fund, beneficiary_no, facts) give now."""
    families, children = from_json(awards, family=FAMILY_FACTS, child=CHILD_FACTS)
    return decided(with_territory(families), children, term, parameters)


def decided(
    families: pl.DataFrame, children: pl.DataFrame, term: Term, parameters: Parameters | None = None
) -> pl.DataFrame:
    """By the figures of the installation, or by other ones: an uprating is seen before its day."""
    kept = as_json(families, children, family=list(FAMILY_FACTS), child=list(CHILD_FACTS))
    return by_territory(kept, children, lambda place, some, theirs: _computed(place, some, theirs, term, parameters))


def _computed(
    place: str, families: pl.DataFrame, children: pl.DataFrame, term: Term, parameters: Parameters | None
) -> pl.DataFrame:
    rows, found = ars_columns(
        children,
        families,
        school_year=term.school_year,
        territory=place,
        paid_on=term.amounts_on,
        parameters=parameters,
    )
    told = found.join(first_waiting(rows, "child_refusal"), on="family", how="left", maintain_order="left")
    whole = told.with_columns(
        gross_cents=pl.col("gross_cents") + pl.col("exceptional_cents"),
        crds_cents=pl.col("crds_cents") + pl.col("exceptional_crds_cents"),
    ).with_columns(net_cents=pl.col("gross_cents") - pl.col("crds_cents"), children="opening_children")
    return _without_what_is_late(_with_reason(whole), place, term)


def _with_reason(families: pl.DataFrame) -> pl.DataFrame:
    """A family of which no child opens the right, because one waits for an answer, waits for it too."""
    no_child = (pl.col("opening_children") == 0) & pl.col("waits").is_not_null()
    pays = pl.col("gross_cents") > 0
    reason = pl.when(no_child | (pays & pl.col("refusal").is_null())).then("waits").otherwise("refusal").fill_null("")
    return families.with_columns(refusal=reason).with_columns(outcome=outcome_of(pl.col("refusal"), pays=pays))


def _without_what_is_late(families: pl.DataFrame, place: str, term: Term) -> pl.DataFrame:
    """Mayotte's reduced ARS of 2020 was payable until a day: after it a person looks, whatever the day of the amounts."""
    if not is_past_last_day(term.school_year, place, term.paid_on, benefit_parameters()):
        return families
    late = pl.col("is_differential")
    nothing = [pl.when(late).then(NOTHING[name]).otherwise(name).alias(name) for name in ("children", *CENTS)]
    return families.with_columns(
        *nothing,
        outcome=pl.when(late).then(pl.lit("HELD")).otherwise("outcome"),
        refusal=pl.when(late).then(pl.lit(AFTER_LIMIT)).otherwise("refusal"),
        is_differential=pl.lit(value=False),
    )
