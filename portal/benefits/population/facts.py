"""What is received about families and children: resources, schooling, decisions of the commission, boarding."""

from datetime import date

import polars as pl
from polars import Expr

from portal.fiction.draws import Draws
from portal.fiction.identities import padded

# Where the fiction gathers families: about the ceilings of 2026, euros without child and for each. It draws people, it
# decides of no right: the law's own ceilings are dated figures, which may have moved since.
CROWD, CROWD_BY_CHILD = 22_274, 6_682
MAYOTTE_CROWD, MAYOTTE_CROWD_BY_CHILD = 32_394, 3_239
# Of a thousand families: under the ceiling, just above it (differential), on it to the euro, then above.
WHERE = {"BELOW": 600, "ABOVE": 260, "NEAR": 120, "EXACT": 10, "ONE_OVER": 10}
NEAR_BELOW, NEAR_ABOVE = 300, 1_100
# Of a thousand of 16 to 18: what is declared; the rest said nothing.
DECLARED = {"SCHOOL": 700, "APPRENTICE": 120, "NONE": 70, "NOTHING": 110}
# An apprentice's monthly pay, in cents, on both sides of what the law lets them earn.
PAY = (49_000, 74_000, 98_000, 104_000, 125_000)
# Of a thousand children: those of AEEH; of a thousand of those, what the commission decided.
DISABLED, BOARDED = 18, 45
RATES = {80: 520, 90: 90, 50: 230, 65: 140, 40: 20}
COMPLEMENTS = {0: 590, 1: 60, 2: 190, 3: 80, 4: 50, 5: 20, 6: 10}
SUPPORTED, COMPENSATED, UNTIL_TWENTY = 930, 150, 300
# Of a thousand who chose compensation: those whose decision says the category, and which one.
CATEGORY_TOLD, CATEGORIES = 700, {1: 60, 2: 430, 3: 220, 4: 170, 5: 80, 6: 40}
SCHOOL_FROM, COMPULSORY_UNTIL, DECLARED_UNTIL, PUPIL_UNTIL = 6, 15, 18, 20
AEEH_UNTIL = 20
FAMILY = ("fund", "beneficiary_no")


def resources(rows: pl.DataFrame, draws: Draws, school_year: int) -> pl.DataFrame:
    """Rows of `benefit-resources`: the year that the start of term reads (N−2) and the one before."""
    crowd = pl.when("is_at_mayotte").then(MAYOTTE_CROWD).otherwise(CROWD)
    by_child = pl.when("is_at_mayotte").then(MAYOTTE_CROWD_BY_CHILD).otherwise(CROWD_BY_CHILD)
    ceiling = crowd + by_child * pl.col("brood")
    where = draws.weighted("where", WHERE)
    euros = (
        pl.when(where == "BELOW")
        .then(ceiling * draws.between("part", 0, 990) // 1_000)
        .when(where == "NEAR")
        .then(ceiling + draws.between("near", -NEAR_BELOW, NEAR_ABOVE))
        .when(where == "EXACT")
        .then(ceiling)
        .when(where == "ONE_OVER")
        .then(ceiling + 1)
        .otherwise(ceiling * draws.between("times", 1_050, 3_000) // 1_000)
    )
    told = rows.select(*FAMILY, "family", euros=euros)
    years = [
        told.select(*FAMILY, resource_year=pl.lit(school_year - 2), net_category_income="euros"),
        told.select(
            *FAMILY,
            resource_year=pl.lit(school_year - 3),
            net_category_income=pl.col("euros") * draws.between("before", 900, 1_030) // 1_000,
        ),
    ]
    return pl.concat(years)


def schooling(children: pl.DataFrame, draws: Draws, school_year: int) -> pl.DataFrame:
    """Rows of `schooling`: what families said of those of 16 to 18; at Mayotte, the cycle of every pupil."""
    answer = draws.weighted("answer", DECLARED, "child")
    asked = pl.col("age").is_between(COMPULSORY_UNTIL + 1, DECLARED_UNTIL)
    listed = pl.col("is_at_mayotte") & pl.col("age").is_between(SCHOOL_FROM, PUPIL_UNTIL)
    status = pl.when(asked | (pl.col("age") > DECLARED_UNTIL)).then(answer).otherwise(pl.lit("SCHOOL"))
    told = children.filter(asked | listed).with_columns(status=status).filter(pl.col("status") != "NOTHING")
    is_told = pl.col("age") > COMPULSORY_UNTIL
    cycle = (
        pl.when(pl.col("age") <= 10)
        .then(pl.lit("PRIMARY"))
        .when(pl.col("age") <= 14)
        .then(pl.lit("COLLEGE"))
        .otherwise(pl.lit("LYCEE"))
    )
    pay = pl.lit(pl.Series(PAY)).gather(draws.below("pay", len(PAY), "child"))
    return told.select(
        *FAMILY,
        "child_id",
        "status",
        school_year=pl.lit(school_year),
        cycle=pl.when(pl.col("is_at_mayotte") & (pl.col("status") != "NONE")).then(cycle),
        monthly_pay=pl.when(pl.col("status") == "APPRENTICE").then(_euros(pay)),
        declared_on=pl.when(is_told).then(pl.date(school_year, 7, draws.between("declared", 15, 31, "child"))),
        source=pl.when(is_told).then(pl.lit("FAMILY")).otherwise(pl.lit("SCHOOL")),
    )


def _euros(cents: Expr) -> Expr:
    return (cents // 100).cast(pl.String) + "." + padded(cents % 100, 2)


def decisions(children: pl.DataFrame, draws: Draws, school_year: int) -> pl.DataFrame:
    """Rows of `commission-decisions`: every rate and category, support or none, a complement or compensation in its place.

    With compensation the category is told or not: a family that lives alone is paid differently.
    """
    one = children.filter(draws.chance("disabled", DISABLED, "child") & (pl.col("age") < AEEH_UNTIL))
    rate = draws.weighted("rate", RATES, "child")
    compensated = draws.chance("compensated", COMPENSATED, "child") & (rate >= 50)
    told = draws.chance("category told", CATEGORY_TOLD, "child")
    category = pl.when(told).then(draws.weighted("category", CATEGORIES, "child")).otherwise(0)
    usual = pl.when(rate < 50).then(0).otherwise(draws.weighted("complement", COMPLEMENTS, "child"))
    complement = pl.when(compensated).then(category).otherwise(usual)
    filed = pl.date(school_year, 1, 15) - pl.duration(days=draws.between("filed", 0, 500, "child"))
    one = one.with_columns(incapacity_rate=rate, complement=complement, filed_on=filed.cast(pl.Date))
    starts = pl.col("filed_on").dt.offset_by("1mo").dt.month_start()
    years = pl.format("{}y", draws.between("years", 2, 5, "child"))
    twentieth = pl.col("birth_date").dt.offset_by("20y").dt.offset_by("1mo").dt.month_start()
    until_twenty = (pl.col("incapacity_rate") >= 80) & draws.chance("until twenty", UNTIL_TWENTY, "child")
    return one.select(
        *FAMILY, "child_id", "child", "incapacity_rate", "complement", "filed_on",
        decision_no=pl.lit("D") + padded(pl.col("child"), 8),
        has_support=draws.chance("supported", SUPPORTED, "child").cast(pl.Int8),
        complement_by_help=((pl.col("complement") >= 2) & draws.chance("by help", 800, "child")).cast(pl.Int8),
        chose_compensation=compensated.cast(pl.Int8),
        decided_on=pl.col("filed_on").dt.offset_by("3mo"),
        starts_on=starts,
        ends_on=pl.when(until_twenty).then(twentieth).otherwise(starts.dt.offset_by(years)),
    )  # fmt: skip


def boarding(told: pl.DataFrame, draws: Draws, school_year: int) -> pl.DataFrame:
    """Rows of `boarding-periods`: a school year boarded, and at home the autumn holidays and a week-end."""
    one = told.filter(draws.chance("boarded", BOARDED, "child")).select(*FAMILY, "child_id")
    year = school_year - 1
    stays = (
        ("BOARDED", date(year, 9, 3), date(school_year, 7, 4)),
        ("HOME", date(year, 10, 18), date(year, 11, 3)),
        ("HOME", date(school_year, 3, 7), date(school_year, 3, 9)),
    )
    return pl.concat(
        one.with_columns(place=pl.lit(place), starts_on=pl.lit(start), ends_on=pl.lit(end))
        for place, start, end in stays
    ).sort("fund", "child_id", "starts_on")
