"""The families themselves: parents, money, children. One row per family, then one row per child in care.

Columns stay typed here (dates, integer cents); the files' texts are made when they are written.
"""

import polars as pl
from polars import Expr

from cmg.population.plan import BOTH, NO_NUMBER, SHARED, STRUCTURE, TOO_OLD, Month, first_of
from portal.invented.draws import Draws, scattered
from portal.invented.identities import padded, persons
from portal.invented.names import CHILDREN

CHILDMINDER, HOME_EMPLOYEE = "CHILDMINDER", "HOME_EMPLOYEE"
SECOND_HOUSEHOLD = 1_000_000
"""Added to a family's number where it needs a second, unused one."""

COUPLE_RESOURCES = (
    9000,
    16000,
    20000,
    23500,
    26500,
    29500,
    32000,
    34500,
    37000,
    39500,
    42000,
    45000,
    48000,
    51500,
    55500,
    60000,
    66000,
    74000,
    86000,
    105000,
    180000,
)
LONE_RESOURCES = (
    0,
    6000,
    9500,
    12000,
    14000,
    16000,
    17500,
    19000,
    20500,
    22000,
    23500,
    25000,
    27000,
    29000,
    31500,
    34500,
    38000,
    43000,
    50000,
    62000,
    95000,
)
LIMIT_MONTHS = 72
SEEDED_OLD = "CMG-011"


def beneficiary_no(fund: Expr, number: Expr) -> Expr:
    """Ten characters: the département's two first digits, then a number of the family (never beginning with 0)."""
    departement = fund.str.slice(3, 2).str.replace("[AB]", "0")
    return departement + padded(10_000_000 + scattered(number, factor=40_507, shift=77, modulus=90_000_000), 8)


def employer_no(number: Expr, first_digit: Expr) -> Expr:
    """Ten digits, some with a leading nought that counts."""
    return first_digit.cast(pl.String) + padded(scattered(number, factor=48_271, shift=311, modulus=10**9), 9)


def child_id(child: Expr) -> Expr:
    """The identifier of a child in every file."""
    return "E" + padded(scattered(child, factor=16_807, shift=5_003, modulus=10**10), 10)


def households(plan: pl.DataFrame, draws: Draws, month: Month) -> pl.DataFrame:
    """One row per family with every fact its files need; `brood` numbers the family whose children these are."""
    is_twin = pl.col("twin_of").is_not_null()
    seeded = pl.col("seeded").fill_null("")
    rows = plan.with_columns(
        person=pl.when(seeded == "CMG-015").then("twin_of").otherwise("family"),
        brood=pl.when((seeded.is_in(["CMG-015", "CMG-016"])) | (pl.col("kind") == SHARED))
        .then("twin_of")
        .otherwise("family"),
        is_paired=is_twin | pl.col("is_partner"),
        is_old=(pl.col("kind") == TOO_OLD) | (seeded == SEEDED_OLD),
    )
    rows = rows.with_columns(**persons(draws), **_composition(draws, seeded))
    rows = rows.with_columns(**_resources(draws, seeded), **_numbers(draws, seeded))
    return rows.with_columns(**_account(draws, month))


def _composition(draws: Draws, seeded: Expr) -> dict[str, Expr]:
    count = draws.weighted("children", {1: 690, 2: 272, 3: 38}, "brood")
    count = pl.when(seeded == "CMG-009").then(pl.max_horizontal(count, 2)).otherwise(count)
    is_single = pl.col("is_old") | pl.col("twin_of").is_not_null() | pl.col("kind").is_in([STRUCTURE, BOTH])
    mode = draws.weighted("mode", {CHILDMINDER: 865, HOME_EMPLOYEE: 115, "MIXED": 20})
    is_simple = seeded.ne("") | (pl.col("kind") == BOTH)
    mode = pl.when((mode == "MIXED") & is_simple).then(pl.lit(CHILDMINDER)).otherwise(mode)
    return {
        "brood_children": count,
        "children": pl.when(is_single).then(1).otherwise(count).cast(pl.Int64),
        "mode": pl.when(pl.col("kind") == STRUCTURE).then(pl.lit("")).otherwise(mode),
        "whole": draws.chance("whole", 500),
        "isolated_parent": draws.chance("isolated", 140) & ~pl.col("is_old") & (seeded != "CMG-004"),
        "has_second": draws.chance("second minder", 60) & (seeded == "") & (mode != HOME_EMPLOYEE),
        "structure_mode": pl.when(pl.col("kind").is_in([STRUCTURE, BOTH])).then(
            draws.weighted("structure", {"MICRO_CRECHE": 60, "STRUCTURE_CHILDMINDER": 25, "STRUCTURE_HOME": 15})
        ),
    }


def _resources(draws: Draws, seeded: Expr) -> dict[str, Expr]:
    lone, couple = draws.quantile("lone", LONE_RESOURCES), draws.quantile("couple", COUPLE_RESOURCES)
    drawn = pl.when("isolated_parent").then(lone).otherwise(couple)
    older = draws.weighted("older", {0: 610, 1: 280, 2: 85, 3: 25})
    older = pl.when(seeded == "CMG-004").then(pl.min_horizontal(older, 1)).otherwise(older)
    prepare = draws.weighted("prepare", {"NONE": 975, "PARTIAL_LE_50": 12, "PARTIAL_50_80": 13})
    return {
        # A bracket or an income away from the other side's, whatever the year and the size of the family.
        "annual_resources": pl.when(seeded == "CMG-004").then(draws.between("modest", 15_000, 20_000)).otherwise(drawn),
        "dependent_children": pl.col("children") + older,
        "aah": draws.chance("aah", 15),
        "aeeh_children": draws.chance("aeeh", 22).cast(pl.Int64),
        "prepare": prepare,
    }


def _numbers(draws: Draws, seeded: Expr) -> dict[str, Expr]:
    first_digit = pl.when(seeded == "CMG-014").then(0).otherwise(draws.below("digit", 4))
    own = beneficiary_no(pl.col("fund"), pl.col("family"))
    return {
        "beneficiary_no": pl.when(pl.col("kind") == NO_NUMBER).then(None).otherwise(own),
        "employer_no": pl.when(pl.col("kind") == STRUCTURE)
        .then(None)
        .otherwise(employer_no(pl.col("family"), first_digit)),
    }


def _account(draws: Draws, month: Month) -> dict[str, Expr]:
    signed_days = draws.between("signed", 40, 2000)
    # The second of two accounts is the newer.
    updated_days = (
        pl.when(pl.col("twin_of").is_not_null())
        .then(draws.between("updated", 1, 9))
        .otherwise(pl.min_horizontal(draws.between("updated", 10, 900), signed_days))
    )
    return {
        "mandate_ref": "PAJ" + padded(scattered(pl.col("family"), factor=69_621, shift=9, modulus=10**10), 10),
        "mandate_signed_on": (pl.lit(month.care_month) - pl.duration(days=signed_days)).cast(pl.Date),
        "all_in_one": draws.chance("all in one", 100),
        "updated_at": instant(draws, "updated", pl.lit(month.care_month) - pl.duration(days=updated_days)),
    }


def instant(draws: Draws, name: str, day: Expr, of: str = "family") -> Expr:
    """A moment of that day, Paris time, between 6:00 and 19:59."""
    return day.cast(pl.Datetime("us")) + pl.duration(seconds=draws.between(f"{name}.time", 6 * 3600, 20 * 3600 - 1, of))


def children(households: pl.DataFrame, draws: Draws, month: Month) -> pl.DataFrame:
    """One row per child in care: the family's columns, then `rank, child, child_id, child_first_name, …`."""
    rows = households.with_columns(rank=pl.int_ranges(0, "children")).explode("rank")
    rows = rows.with_columns(child=pl.col("brood") * 4 + pl.col("rank"))
    return rows.with_columns(
        child_id=child_id(pl.col("child")),
        child_first_name=draws.pick("child", CHILDREN, "child"),
        birth_index=month.index - _age_in_months(draws, month),
        # Both parents' files, or whichever child the anomaly touches: the first, or all of the family.
        target=(pl.col("mode") == HOME_EMPLOYEE) | pl.col("whole") | (pl.col("rank") == 0),
    ).with_columns(
        child_birth_date=pl.date(
            pl.col("birth_index") // 12, pl.col("birth_index") % 12 + 1, draws.between("birth day", 1, 28, "child")
        )
    )


def _age_in_months(draws: Draws, month: Month) -> Expr:
    """From three months to the age limit (six years; twelve with a lone parent in regime B); beyond for `is_old`."""
    young = (
        pl.when(draws.chance("toddler", 800, "child"))
        .then(draws.between("young", 3, 35, "child"))
        .otherwise(draws.between("pupil", 36, LIMIT_MONTHS, "child"))
    )
    sibling = draws.between("eldest", 3, 30, "brood") + pl.col("rank") * draws.between("spacing", 12, 18, "brood")
    # Of the brood alone, so that both households of a shared child know the same birth date.
    age = pl.when(pl.col("brood_children") > 1).then(sibling).otherwise(young)
    is_lone = (
        pl.col("isolated_parent")
        & ~pl.col("is_paired")
        & (pl.col("children") == 1)
        & pl.col("structure_mode").is_null()
        & pl.col("seeded").is_null()
        & pl.lit(month.is_regime_b)
    )
    age = (
        pl.when(is_lone & draws.chance("schoolchild", 250))
        .then(draws.between("school age", LIMIT_MONTHS + 1, 2 * LIMIT_MONTHS, "child"))
        .otherwise(age)
    )
    return pl.when("is_old").then(draws.between("too old", LIMIT_MONTHS + 2, 100, "child")).otherwise(age)


def limit_end(birth_index: Expr) -> Expr:
    """The first day of the month after the sixth birthday's month."""
    return first_of(birth_index + LIMIT_MONTHS + 1)
