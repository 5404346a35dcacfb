"""ARS and AEEH beside OpenFisca-France: families to draw, and why the two are known to differ (docs/openfisca.md)."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from portal.benefits.rules.aeeh import aeeh_columns
from portal.benefits.rules.ars import ars_columns
from portal.legislation.calendar import months_later

KEPT = Path(__file__).parent
YEARS = range(2018, 2027)
# The ceiling without child, typed from the text.
BASES = {
    2018: 18810, 2019: 18998, 2020: 19302, 2021: 19476, 2022: 19515, 2023: 19827, 2024: 20878, 2025: 21880, 2026: 22274,
}  # fmt: skip
MONTHS = [date(2018 + number // 12, number % 12 + 1, 1) for number in range(108)]
# Our category whose amount each level of OpenFisca pays: the lone-parent increase is that of the level itself.
SHIFTED = {0: 0, 1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 6}
NONE = ""

Rows = list[dict[str, Any]]


def ars_families(random: Random, year: int, count: int) -> Iterator[dict[str, Any]]:
    """Children a row each: ages around each bound, resources around the ceiling and where the amount runs out."""
    for family in range(count):
        births = [_birth(random, year) for _child in range(random.choice((1, 1, 1, 2, 2, 3)))]
        dependent = len(births) + random.choice((0, 0, 1))
        ceiling = BASES[year] + dependent * round(BASES[year] * 0.3)
        resources = random.choice(
            (random.randint(5_000, ceiling), ceiling, ceiling + random.randint(1, 1_300), random.randint(5_000, 60_000))
        )
        for birth in births:
            yield {
                "year": year, "family": family, "birth": birth, "annual_resources": resources, "dependent_children": dependent,
            }  # fmt: skip


def _birth(random: Random, year: int) -> date:
    edge = random.choice((6, 11, 15, 16, 18))
    months = (1, 2, 9, 12) if random.random() < 0.2 else range(1, 13)
    usual = date(year - random.randint(4, 17), random.choice(months), random.randint(1, 28))
    return usual if random.random() < 0.7 else date(year - edge, random.choice((8, 9, 10, 12)), random.randint(1, 28))


def our_ars(rows: Rows, year: int) -> pl.DataFrame:
    """Our gross and net of each family, in the order of the rows."""
    children = pl.DataFrame(rows).select(
        "family", birth_date="birth", cycle=pl.lit(None, pl.String),
        is_at_school=pl.lit(value=True), monthly_pay_cents=pl.lit(None, pl.Int64),
    )  # fmt: skip
    families = (
        pl.DataFrame(rows)
        .select("family", "dependent_children", annual_resources_cents=pl.col("annual_resources") * 100)
        .unique(maintain_order=True)
    )
    found = ars_columns(children, families, school_year=year, territory="METROPOLE", paid_on=date(year, 10, 1))[1]
    return found.select("family", "gross_cents", "net_cents")


def reason_of_ars(births: list[date], resources: int, dependent: int, year: int) -> str:
    """Why OpenFisca is known to give another amount to this family; NONE where it must be right."""
    if any(_band(birth, year) != band_read_on_1_december(birth, year) for birth in births):
        return "ages read on 1 December"
    lowest = BASES[year] + dependent * min(_increase(year), _exact_increase(year))
    if rounding_of_the_increase(year) and resources > lowest:
        return "ceiling not rounded"
    return "cents of several children" if len(births) > 1 else NONE


def rounding_of_the_increase(year: int) -> Fraction:
    """How far, in euros, the increase of the ceiling for a child is from its thirty per cent."""
    return abs(_increase(year) - _exact_increase(year))


def _exact_increase(year: int) -> Fraction:
    return BASES[year] * Fraction(3, 10)


def _increase(year: int) -> int:
    return int(_exact_increase(year) + Fraction(1, 2))


def _band(birth: date, year: int) -> int:
    """The law: 0 without a right, else 1 to 3."""
    if birth >= date(year - 5, 2, 1) or birth <= date(year - 18, 9, 15):
        return 0
    return _number(year - birth.year)


def band_read_on_1_december(birth: date, year: int) -> int:
    """OpenFisca: the age on that day, and until two months past eighteen."""
    months = (year - birth.year) * 12 + 12 - birth.month - (birth.day > 1)
    if months < 6 * 12 or months > 18 * 12 + 2:
        return 0
    return _number(months // 12)


def _number(age: int) -> int:
    return 1 + (age >= 11) + (age >= 15)


def aeeh_children(random: Random, count: int) -> Iterator[dict[str, Any]]:
    """A child a family, at any month, category and age around twenty."""
    for family in range(count):
        month = random.choice(MONTHS)
        old = months_later(date(month.year - 20, month.month, random.randint(1, 28)), random.choice((-1, 0, 1)))
        birth = old if random.random() < 0.3 else date(month.year - random.randint(3, 22), random.randint(1, 12), 15)
        yield {
            "family": family, "month": f"{month:%Y-%m}", "birth": birth, "level": random.randint(0, 6),
            "isolated_parent": random.random() < 0.5,
        }  # fmt: skip


def our_aeeh(rows: Rows, month: date) -> pl.DataFrame:
    """Our amounts at the level told, and our complement of the category that OpenFisca pays for it."""
    told = pl.DataFrame(rows).select(
        incapacity_rate=pl.lit(80), has_support=pl.lit(value=False), complement=pl.col("level"),
        complement_by_help=pl.lit(value=True), isolated_parent=pl.col("isolated_parent"),
        boarding_fully_covered=pl.lit(value=False), child_birth_date=pl.col("birth"),
    )  # fmt: skip
    shifted = told.with_columns(complement=pl.col("complement").replace_strict(SHIFTED))
    found, below = (aeeh_columns(one, month=month, territory="METROPOLE") for one in (told, shifted))
    return found.with_columns(shifted_cents=below["complement_cents"])


def reason_of_aeeh(birth: date, level: int, month: date) -> str:
    """Why OpenFisca is known to give another amount to this child; NONE where it must be right."""
    if (month.year - birth.year, month.month) == (20, birth.month) and birth.day > 1:
        return "month of the twentieth birthday"
    if level == 6 and birth <= date(month.year - 20, month.month, 1):
        return "category 6 whatever the age"
    if level == 6 and month >= date(2026, 4, 1):
        return "category 6 without an amount"
    return "complements shifted by one" if level in (2, 3, 4, 5) else NONE
