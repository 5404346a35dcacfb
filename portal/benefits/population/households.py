"""Families and their children: who they are, how many, how old. Ages spread over every boundary of the law."""

from collections.abc import Mapping

import polars as pl
from polars import Expr

from portal.fiction.draws import Draws, scattered
from portal.fiction.identities import padded, persons
from portal.fiction.names import CHILDREN

# Of a thousand families: how many children they have.
BROODS = {1: 330, 2: 400, 3: 180, 4: 60, 5: 30}
MOST_CHILDREN = max(BROODS)
# Of a thousand: lone parents; accounts that are not known, or whose key is wrong; children who left the home.
LONE, NO_ACCOUNT, WRONG_ACCOUNT, LEFT = 250, 3, 5, 15
# Of a thousand eldest: born on a day where a right begins or ends.
ON_A_BOUNDARY = 30
OLDEST_AGE = 20
# Days of birth, as months after January of the year of the term and a day, where the law looks: six before 1 February,
# eighteen on 15 September, eleven and fifteen in the year.
BOUNDARIES = ((-5, 1, 31), (-5, 2, 1), (-18, 9, 15), (-18, 9, 16), (-11, 12, 31), (-10, 1, 1), (-15, 12, 31))
NUMBERS = 10**7


def beneficiary_no(family: Expr) -> Expr:
    """Seven figures that look drawn, each its own."""
    return padded(scattered(family, factor=7_654_321, shift=1_234_567, modulus=NUMBERS), 7)


def families(shares: Mapping[str, int], draws: Draws) -> pl.DataFrame:
    """A row per family: its fund, numbers and brood; the same for the same seed, whatever is written at once."""
    funds = pl.DataFrame({"fund": list(shares), "families": list(shares.values())})
    rows = funds.select(pl.col("fund").repeat_by("families")).explode("fund").with_row_index("family")
    family = pl.col("family").cast(pl.Int64)
    return rows.with_columns(family=family, person=family, beneficiary_no=beneficiary_no(family)).with_columns(
        brood=draws.weighted("brood", BROODS),
        is_at_mayotte=pl.col("fund") == "CAF976",
    )


def identities(rows: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Rows of `benefit-families`. Beyond 960 000 families two may bear one NIR, as twins of a registry do."""
    person = persons(draws)
    wrong = draws.chance("wrong account", WRONG_ACCOUNT)
    agricultural = pl.col("fund").str.starts_with("MSA")
    return rows.with_columns(
        scheme=pl.when(agricultural).then(pl.lit("AGRICULTURAL")).otherwise(pl.lit("GENERAL")),
        last_name=person["last_name"],
        first_names=person["first_names"],
        birth_date=person["birth_date"],
        nir=person["nir"],
        isolated_parent=draws.chance("lone", LONE).cast(pl.Int8),
        iban=pl.when(draws.chance("no account", NO_ACCOUNT))
        .then(None)
        .when(wrong)
        .then(person["iban"].str.replace("FR76", "FR67"))
        .otherwise(person["iban"]),
    )


def children(rows: pl.DataFrame, draws: Draws, school_year: int) -> pl.DataFrame:
    """Rows of `benefit-children`, with `age`: the one reached in the year of the start of term, and `child`, the number that
    draws for them."""
    one = rows.select("family", "fund", "beneficiary_no", "brood", "is_at_mayotte", rank=pl.int_ranges(0, "brood"))
    one = one.explode("rank").with_columns(child=pl.col("family") * (MOST_CHILDREN + 1) + pl.col("rank"))
    eldest = draws.between("eldest", 3, OLDEST_AGE)
    spacing = draws.between("spacing", 1, 4)
    return (
        one.with_columns(drawn=pl.max_horizontal(eldest - pl.col("rank") * spacing, 0))
        .with_columns(birth_date=_birth(draws, school_year))
        .with_columns(
            age=school_year - pl.col("birth_date").dt.year(),
            child_id=pl.lit("E") + padded(pl.col("child"), 8),
            first_name=draws.pick("child", CHILDREN, "child"),
            dependent_from=pl.col("birth_date"),
            dependent_until=pl.when(draws.chance("left", LEFT, "child") & (pl.col("drawn") > 1)).then(
                pl.date(school_year, draws.between("left in", 1, 9, "child"), 1)
            ),
        )
    )


def _birth(draws: Draws, school_year: int) -> Expr:
    """A day of the year of their age; for some of the eldest, one on a boundary of the law. Nobody is born after May."""
    months = pl.when(pl.col("drawn") == 0).then(draws.between("early", 1, 5, "child"))
    usual = pl.date(
        school_year - pl.col("drawn"),
        months.otherwise(draws.between("birth month", 1, 12, "child")),
        draws.between("birth day", 1, 28, "child"),
    )
    edge = draws.below("edge", len(BOUNDARIES), "child")
    year, month, day = (pl.lit(pl.Series(one)).gather(edge) for one in zip(*BOUNDARIES, strict=True))
    is_edge = (pl.col("rank") == 0) & draws.chance("on a boundary", ON_A_BOUNDARY, "child")
    return pl.when(is_edge).then(pl.date(school_year + year, month, day)).otherwise(usual)
