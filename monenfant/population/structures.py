"""Crèches and houses of childminders, in the proportions of the site in 2019 (PLFSS 2020, annex 9)."""

from itertools import accumulate, pairwise

import polars as pl

from monenfant.population.ground import settled
from monenfant.population.numbers import siret
from portal.fiction.draws import Draws
from portal.fiction.identities import padded
from portal.organisations.communes import communes
from portal.organisations.directory import competent_fund

NATIONAL = {"COLLECTIVE": 12_729, "PARENTAL": 214, "FAMILY": 807, "CHILDMINDER_HOUSE": 1_112}
STRUCTURES_OF_A_MANAGER = 3
# Of a thousand collective crèches; micro-crèches, then those that families pay with CMG among them.
MICRO_PER_MILLE, PAID_BY_FAMILIES_PER_MILLE = 420, 750
CAPACITIES = {
    "MICRO": {10: 55, 11: 10, 12: 35},
    "COLLECTIVE": {15: 6, 18: 10, 20: 22, 24: 8, 25: 14, 30: 14, 35: 6, 40: 8, 45: 4, 50: 3, 60: 4, 80: 1},
    "PARENTAL": {12: 2, 14: 2, 16: 5, 18: 2, 20: 3},
    "FAMILY": {25: 3, 40: 5, 60: 4, 90: 1},
    "CHILDMINDER_HOUSE": {8: 3, 12: 4, 16: 3},
}
NAMES = (
    "Les Lucioles", "Les Petits Pas", "La Ronde", "Pirouette", "Les Coccinelles", "À petits pas", "L’Île aux enfants",
    "Les Marmousets", "Le Nid", "Les Lutins", "Bout de chou", "La Farandole", "Les Pitchouns", "Caramel", "Les Galopins",
    "Arc-en-ciel", "La Souris verte", "Les Moussaillons", "Le Petit Prince", "Les Diablotins",
)  # fmt: skip
HOURS = {"07:30-18:30": 55, "07:00-19:00": 15, "08:00-18:00": 15, "07:45-18:15": 10, "08:00-12:00|13:30-18:00": 5}
SUMMERS = {"2026-08-03/2026-08-24": 6, "2026-08-10/2026-08-31": 3, "2026-07-27/2026-08-17": 1}
WINTER = "2026-12-24/2027-01-04"
VENDORS = {"": 40, "LOGICRECHE": 30, "BABILOG": 20, "PETITEAPP": 10}
OPENED = {"LISTED": 960, "DRAFT": 20, "SUSPENDED": 5, "CLOSED": 15}
NUMBERED = "structure"


def kinds_of(count: int) -> pl.Series:
    """The type of each of so many structures: those of the country at its size, in its proportions below."""
    bounds = [0, *accumulate(NATIONAL.values())]
    shares = [bound * count // bounds[-1] for bound in bounds]
    return pl.Series(
        "type",
        [kind for kind, (low, high) in zip(NATIONAL, pairwise(shares), strict=True) for _one in range(low, high)],
        dtype=pl.String,
    )


def structures(count: int, draws: Draws, updated_at: str, departements: frozenset[str]) -> pl.DataFrame:
    """Rows of `care-structures`."""
    frame = pl.DataFrame({NUMBERED: pl.arange(0, count, eager=True), "type": kinds_of(count)})
    is_micro = (pl.col("type") == "COLLECTIVE") & draws.chance("micro", MICRO_PER_MILLE, NUMBERED)
    frame = frame.with_columns(type=pl.when(is_micro).then(pl.lit("MICRO")).otherwise("type"))
    frame = settled(frame, draws, "structure", NUMBERED, departements).with_columns(_funding(draws), _capacity(draws))
    return frame.with_columns(**_identity(), **_opening(draws), **_contacts(draws), updated_at=pl.lit(updated_at))


def _funding(draws: Draws) -> pl.Expr:
    paid = (pl.col("type") == "MICRO") & draws.chance("paid", PAID_BY_FAMILIES_PER_MILLE, NUMBERED)
    house = pl.col("type") == "CHILDMINDER_HOUSE"
    funding = pl.when(house).then(pl.lit("OTHER")).when(paid).then(pl.lit("MICRO_CMG")).otherwise(pl.lit("PSU"))
    return funding.alias("funding")


def _capacity(draws: Draws) -> pl.Expr:
    found = pl.lit(None, dtype=pl.Int64)
    for kind, weights in CAPACITIES.items():
        drawn = draws.weighted(f"capacity.{kind}", weights, NUMBERED)
        found = pl.when(pl.col("type") == kind).then(drawn).otherwise(found)
    return found.alias("capacity")


def _identity() -> dict[str, pl.Expr]:
    """Three structures after each other have one manager; a house of childminders has none."""
    creche = pl.col("type") != "CHILDMINDER_HOUSE"
    manager, rank = pl.col(NUMBERED) // STRUCTURES_OF_A_MANAGER, pl.col(NUMBERED) % STRUCTURES_OF_A_MANAGER
    return {
        "cnaf_id": pl.lit("S") + padded(pl.col(NUMBERED) + 1, 7),
        "siret": pl.when(creche).then(siret(manager, rank + 2)),
        "manager_siret": pl.when(creche).then(siret(manager, pl.lit(1))),
        "manager_name": pl.when(creche).then(pl.lit("Petite enfance ") + padded(manager + 1, 5)),
        "fund": pl.col("departement").replace_strict(funds_by_departement(), default=None, return_dtype=pl.String),
    }


def funds_by_departement() -> dict[str, str]:
    numbers = {commune.departement for commune in communes().values()}
    found = {number: competent_fund("CAF", number) for number in sorted(numbers)}
    return {number: fund.code for number, fund in found.items() if fund}


def _opening(draws: Draws) -> dict[str, pl.Expr]:
    hours = draws.weighted("hours", HOURS, NUMBERED)
    summer = draws.weighted("summer", SUMMERS, NUMBERED)
    house = pl.col("type") == "CHILDMINDER_HOUSE"
    return {
        **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), hours),
        "saturday": pl.when(draws.chance("saturday", 30, NUMBERED)).then(pl.lit("08:00-13:00")),
        "closed_periods": pl.when(house).then(summer).otherwise(summer + "|" + WINTER),
        "age_min_months": draws.weighted("youngest", {2: 7, 3: 2, 6: 1}, NUMBERED),
        "age_max_months": draws.weighted("oldest", {36: 6, 48: 3, 72: 1}, NUMBERED),
        "listing_status": draws.weighted("listed", OPENED, NUMBERED),
    }


def _contacts(draws: Draws) -> dict[str, pl.Expr]:
    creche = pl.col("type") != "CHILDMINDER_HOUSE"
    vendor = draws.weighted("vendor", VENDORS, NUMBERED)
    return {
        "name": draws.pick("name", NAMES, NUMBERED) + ", " + pl.col("city"),
        "phone": phone(draws.below("phone", 10_000, NUMBERED)),
        "email": pl.lit("structure") + pl.col(NUMBERED).cast(pl.String) + "@example.org",
        "software_vendor": pl.when(creche & (vendor != "")).then(vendor),
    }


def phone(four_digits: pl.Expr) -> pl.Expr:
    """A number of the range kept for fiction (ARCEP)."""
    digits = padded(four_digits, 4)
    return pl.lit("06 39 98 ") + digits.str.head(2) + " " + digits.str.tail(2)
