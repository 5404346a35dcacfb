"""The facts of a slice, read from the tables of what was received, as the rules want them.

`family` is « fund/number »: the same text as in the subject of the ledger. A family or a child named by another table and
of which no row was received is loaded all the same: it waits, and nobody passes it by.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl
from django.db import connection

from portal.benefits.models import (
    Benefit,
    BoardingPeriod,
    CommissionDecision,
    FamilyChild,
    FamilyFile,
    FamilyResources,
    Schooling,
)
from portal.benefits.rules.ars_figures import resource_year, situation_day
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.running.kinds import term_of_year
from portal.bulk import read_frame
from portal.legislation.calendar import months_later
from portal.organisations.directory import territory_of

FAMILIES = {
    "family": pl.String, "fund": pl.String, "beneficiary_no": pl.String, "has_file": pl.Boolean,
    "isolated_parent": pl.Boolean,
}  # fmt: skip
ARS_FAMILIES = {**FAMILIES, "income_cents": pl.Int64}
ARS_CHILDREN = {
    "family": pl.String, "fund": pl.String, "beneficiary_no": pl.String, "child_id": pl.String, "birth_date": pl.Date,
    "status": pl.String, "cycle": pl.String, "monthly_pay_cents": pl.Int64,
}  # fmt: skip
DECISIONS = {
    "family": pl.String, "fund": pl.String, "beneficiary_no": pl.String, "child_id": pl.String,
    "incapacity_rate": pl.Int64, "has_support": pl.Boolean, "complement": pl.Int64, "complement_by_help": pl.Boolean,
    "chose_compensation": pl.Boolean, "filed_on": pl.Date, "decided_on": pl.Date, "starts_on": pl.Date,
    "ends_on": pl.Date, "child_birth_date": pl.Date, "is_dependent": pl.Boolean,
}  # fmt: skip
STAYS = {"family": pl.String, "child_id": pl.String, "place": pl.String, "starts_on": pl.Date, "ends_on": pl.Date}
NAME = "{0}.fund || '/' || {0}.beneficiary_no"
IN_SLICE = "{0}.known_until IS NULL AND {0}.bucket >= %(low)s AND {0}.bucket < %(high)s"
SAME = "{0}.fund = {1}.fund AND {0}.beneficiary_no = {1}.beneficiary_no"

# A family is looked at again in every run of a period that once gave it something, whatever is known of it now. A scalar
# subquery probes the index for those few that nothing else brings in; EXISTS would read every award of the country, in
# each slice.
AWARDED = """(SELECT true FROM benefits_award a WHERE a.beneficiary_no = f.beneficiary_no AND a.fund = f.fund
    AND a.benefit = %(benefit)s AND a.month = %(month)s LIMIT 1)"""
# A family whose small sums wait is looked at by every run of their month and after, right ended or not: somebody must find
# that they are due. Probed as the awards are; null, so no, when nothing waits.
WAITS = """(SELECT max(d.month) <= %(month)s FROM benefits_deferredsum d WHERE d.beneficiary_no = f.beneficiary_no
    AND d.fund = f.fund AND d.benefit = %(benefit)s AND d.state = 'WAITING')"""

Buckets = tuple[int, int]
TABLES = ", ".join(
    one._meta.db_table
    for one in (FamilyFile, FamilyChild, FamilyResources, Schooling, CommissionDecision, BoardingPeriod)
)


def refresh_statistics() -> None:
    """Files have just come in: without this the planner believes that their tables hold nothing, and reads every schooling
    of the slice again for each of its children."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TABLES}")


def last_day(month: date) -> date:
    return months_later(month, 1) - timedelta(days=1)


def ars_children(school_year: int, buckets: Buckets) -> pl.DataFrame:
    """The children in charge on the day of the situation, with what is told of their schooling."""
    return _read(
        f"""
        SELECT {NAME.format("c")}, c.fund, c.beneficiary_no, c.child_id, c.birth_date, s.status, s.cycle, s.monthly_pay_cents
        FROM benefits_familychild c LEFT JOIN benefits_schooling s ON {SAME.format("s", "c")} AND s.child_id = c.child_id
             AND s.school_year = %(year)s AND {IN_SLICE.format("s")}
        WHERE {IN_SLICE.format("c")} AND c.dependent_from <= %(day)s
          AND (c.dependent_until IS NULL OR c.dependent_until > %(day)s)
        ORDER BY c.fund, c.beneficiary_no, c.birth_date, c.child_id
        """,
        ARS_CHILDREN, buckets, year=school_year, day=situation_day(school_year, benefit_parameters()),
    )  # fmt: skip


def ars_families(school_year: int, buckets: Buckets, children: pl.DataFrame) -> pl.DataFrame:
    """The families of the slice that have a child in charge, or had an award, with the income of the year N−2; and those of
    `children` of whom nothing else is known."""
    found = _read(
        f"""
        SELECT {NAME.format("f")}, f.fund, f.beneficiary_no, true, f.isolated_parent, r.net_category_income_cents
        FROM benefits_familyfile f LEFT JOIN benefits_familyresources r ON {SAME.format("r", "f")}
             AND r.resource_year = %(year)s AND {IN_SLICE.format("r")}
        WHERE {IN_SLICE.format("f")} AND (EXISTS (
            SELECT 1 FROM benefits_familychild c WHERE {SAME.format("c", "f")} AND {IN_SLICE.format("c")}
              AND c.dependent_from <= %(day)s AND (c.dependent_until IS NULL OR c.dependent_until > %(day)s)) OR {AWARDED})
        ORDER BY f.fund, f.beneficiary_no
        """,
        ARS_FAMILIES, buckets, year=resource_year(school_year, benefit_parameters()), day=situation_day(school_year, benefit_parameters()),
        benefit=Benefit.ARS.value, month=term_of_year(school_year),
    )  # fmt: skip
    return with_territory(_with_unknown(found, children))


def aeeh_families(month: date, buckets: Buckets, decisions: pl.DataFrame) -> pl.DataFrame:
    """The families of the slice that have a decision with a day in the month, had an award, or have a sum that waits; and those
    of `decisions` of whom nothing else is known."""
    found = _read(
        f"""
        SELECT {NAME.format("f")}, f.fund, f.beneficiary_no, true, f.isolated_parent
        FROM benefits_familyfile f WHERE {IN_SLICE.format("f")} AND (EXISTS (
            SELECT 1 FROM benefits_commissiondecision d WHERE {SAME.format("d", "f")} AND {IN_SLICE.format("d")}
              AND d.starts_on <= %(last)s AND (d.ends_on IS NULL OR d.ends_on > %(month)s)) OR {AWARDED} OR {WAITS})
        ORDER BY f.fund, f.beneficiary_no
        """,
        FAMILIES, buckets, benefit=Benefit.AEEH.value, month=month, last=last_day(month),
    )  # fmt: skip
    return with_territory(_with_unknown(found, decisions))


def aeeh_decisions(month: date, buckets: Buckets) -> pl.DataFrame:
    """Every decision with a day in the month, with the child's birth; whether it is in the family's charge is null when
    no row of the child was received."""
    return _read(
        f"""
        SELECT {NAME.format("d")}, d.fund, d.beneficiary_no, d.child_id, d.incapacity_rate, d.has_support, d.complement,
               d.complement_by_help, d.chose_compensation, d.filed_on, d.decided_on, d.starts_on, d.ends_on, c.birth_date,
               c.dependent_from <= %(last)s AND (c.dependent_until IS NULL OR c.dependent_until > %(last)s)
        FROM benefits_commissiondecision d LEFT JOIN benefits_familychild c ON {SAME.format("c", "d")}
             AND c.child_id = d.child_id AND {IN_SLICE.format("c")}
        WHERE {IN_SLICE.format("d")} AND d.starts_on <= %(last)s AND (d.ends_on IS NULL OR d.ends_on > %(first)s)
        ORDER BY d.fund, d.beneficiary_no, d.child_id, d.id
        """,
        DECISIONS, buckets, first=month, last=last_day(month),
    )  # fmt: skip


def aeeh_stays(month: date, buckets: Buckets) -> pl.DataFrame:
    """The periods boarded or at home that have a day in the month."""
    return _read(
        f"""
        SELECT {NAME.format("b")}, b.child_id, b.place, b.starts_on, b.ends_on FROM benefits_boardingperiod b
        WHERE {IN_SLICE.format("b")} AND b.starts_on <= %(last)s AND (b.ends_on IS NULL OR b.ends_on > %(first)s)
        """,
        STAYS, buckets, first=month, last=last_day(month),
    )  # fmt: skip


def with_territory(families: pl.DataFrame) -> pl.DataFrame:
    """METROPOLE, OVERSEAS or MAYOTTE, by the fund. Raises UnknownFund."""
    places = {fund: territory_of(fund) for fund in families["fund"].unique()}
    place = pl.col("fund").replace_strict(places, default=None, return_dtype=pl.String)
    return families.with_columns(territory=place)


def _with_unknown(families: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    lacking = named.join(families, on="family", how="anti").select("family", "fund", "beneficiary_no").unique()
    return pl.concat([families, lacking.with_columns(has_file=pl.lit(value=False))], how="diagonal")


def _read(sql: str, schema: Mapping[str, object], buckets: Buckets, **values: object) -> pl.DataFrame:
    low, high = buckets
    return read_frame(sql, schema, {"low": low, "high": high, **values})
