"""Approvals of childminders: at home, or in the houses of the same offer."""

import polars as pl

from monenfant.population.ground import settled
from monenfant.population.structures import phone
from portal.fiction.draws import Draws
from portal.fiction.identities import padded
from portal.fiction.names import LAST_NAMES, MEN, WOMEN

NATIONAL = 300_000
CHILDMINDERS_OF_A_HOUSE = 4
CHILDREN = {1: 20, 2: 110, 3: 290, 4: 570, 5: 5, 6: 5}
# Of a thousand: three in four let the site show them (2019); one in a hundred is a man; some work for a family crèche.
SHOWN_PER_MILLE, MEN_PER_MILLE, OF_A_CRECHE_PER_MILLE, HIDDEN_ADDRESS_PER_MILLE = 750, 10, 40, 200
# Years since the approval began, out of five or, renewed, ten.
FIRST_DAY, LENGTHS = pl.date(2022, 1, 1), {"5y": 7, "10y": 3}
DAYS_OF_START = 1_700
NUMBERED = "childminder"


def childminders(
    count: int, houses: pl.DataFrame, draws: Draws, updated_at: str, departements: frozenset[str]
) -> pl.DataFrame:
    """Rows of `childminder-approvals`; the first ones work in the houses given, four in each."""
    frame = pl.DataFrame({NUMBERED: pl.arange(0, count, eager=True)})
    own = settled(frame, draws, "childminder", NUMBERED, departements)
    return _in_houses(own, houses, count).with_columns(
        **_identity(draws), **_approval(draws), **_publication(draws), updated_at=pl.lit(updated_at)
    ).with_columns(
        end=pl.col("start").dt.offset_by(draws.weighted("length", LENGTHS, NUMBERED)),
        publication_authorised_on=pl.when(draws.chance("shown", SHOWN_PER_MILLE, NUMBERED)).then("start"),
        approval_number=pl.lit("A") + pl.col("departement") + "-" + padded(pl.col(NUMBERED) + 1, 7),
    )  # fmt: skip


def _in_houses(frame: pl.DataFrame, houses: pl.DataFrame, count: int) -> pl.DataFrame:
    """A house has the place of its commune; a tenth of the childminders at most work in one."""
    place = ("insee_code", "city", "postcode", "departement", "lat", "lon", "address")
    most = min(len(houses), count // (10 * CHILDMINDERS_OF_A_HOUSE))
    seats = houses.head(most).select("cnaf_id", *place).rename({"cnaf_id": "house_no"}).with_row_index("house")
    ranked = frame.with_columns(house=(pl.col(NUMBERED) // CHILDMINDERS_OF_A_HOUSE).cast(pl.UInt32))
    beside = ranked.join(seats, on="house", how="left", suffix=":house", maintain_order="left")
    return beside.with_columns(
        *(pl.coalesce(f"{name}:house", name).alias(name) for name in place),
        place=pl.when(pl.col("house_no").is_not_null()).then(pl.lit("MAM")).otherwise(pl.lit("HOME")),
    )


def _identity(draws: Draws) -> dict[str, pl.Expr]:
    is_man = draws.chance("man", MEN_PER_MILLE, NUMBERED)
    man, woman = draws.pick("man.name", MEN, NUMBERED), draws.pick("woman.name", WOMEN, NUMBERED)
    return {
        "childminder_no": pl.lit("AM") + padded(pl.col(NUMBERED) + 1, 7),
        "last_name": draws.pick("last.name", LAST_NAMES, NUMBERED),
        "first_names": pl.when(is_man).then(man).otherwise(woman),
        "phone": phone(draws.below("phone", 10_000, NUMBERED)),
        "email": pl.lit("am") + pl.col(NUMBERED).cast(pl.String) + "@example.org",
    }


def _approval(draws: Draws) -> dict[str, pl.Expr]:
    days = pl.duration(days=draws.below("start", DAYS_OF_START, NUMBERED))
    of_creche = (pl.col("place") == "HOME") & draws.chance("creche", OF_A_CRECHE_PER_MILLE, NUMBERED)
    return {
        "start": FIRST_DAY + days,
        "max_children": draws.weighted("children", CHILDREN, NUMBERED),
        "employer_kind": pl.when(of_creche).then(pl.lit("LEGAL_PERSON")).otherwise(pl.lit("PARENTS")),
    }


def _publication(draws: Draws) -> dict[str, pl.Expr]:
    """One contact is hidden at most, and an address at home alone."""
    hidden = draws.below("hidden.contact", 10, NUMBERED)
    at_home = pl.col("place") == "HOME"
    return {
        "hides_address": (at_home & draws.chance("hidden.address", HIDDEN_ADDRESS_PER_MILLE, NUMBERED)).cast(pl.Int8),
        "hides_email": (hidden == 0).cast(pl.Int8),
        "hides_phone": (hidden == 1).cast(pl.Int8),
    }
