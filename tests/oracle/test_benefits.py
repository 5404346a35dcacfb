"""ARS and AEEH beside a run of OpenFisca-France 176.1.8 on drawn families, every year since 2018 (docs/openfisca.md).

The run is kept in two files that `python -m bench.benefits keep` writes, so that no network is needed. Where OpenFisca
is right, every family has its cents; where it is not, the reason has a name, and the named difference is seen.
"""

import csv
from collections import Counter
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import groupby
from typing import Any

import pytest

from tests.oracle.benefits import KEPT, YEARS
from tests.oracle.benefits.compared import (
    bands_read_on_1_december,
    compared_aeeh,
    compared_ars,
    distances,
    nearest,
    nets_compared,
    shifted_aeeh,
)

NUMBERS = ("year", "family", "annual_resources", "dependent_children", "level")
RIGHT = ""
# Typed from the text: nothing, 6 to 10, 11 to 14, 15 to 18.
GROSS = {
    2018: (0, 36957, 38996, 40348), 2019: (0, 37069, 39114, 40469), 2020: (0, 37180, 39231, 40590),
    2021: (0, 37217, 39270, 40631), 2022: (0, 39402, 41576, 43017), 2023: (0, 40009, 42216, 43679),
    2024: (0, 41849, 44158, 45688), 2025: (0, 42560, 44909, 46465), 2026: (0, 42901, 45267, 46836),
}  # fmt: skip


@cache
def kept(benefit: str) -> tuple[dict[str, Any], ...]:
    with (KEPT / f"{benefit}.csv").open(encoding="utf-8", newline="") as source:
        return tuple(
            {name: int(value) if name in NUMBERS else value for name, value in row.items()}
            | {"birth": date.fromisoformat(row["birth"]), "isolated_parent": row.get("isolated_parent") == "true"}
            for row in csv.DictReader(source)
        )


def of_year(year: int) -> list[dict[str, Any]]:
    return [row for row in kept("ars") if row["year"] == year]


def by_month() -> list[list[dict[str, Any]]]:
    return [list(rows) for _month, rows in groupby(kept("aeeh"), lambda row: row["month"])]


@pytest.mark.parametrize("year", YEARS)
def test_ars_is_openfisca_s_to_the_cent_where_it_is_right(year: int) -> None:
    found = Counter(compared_ars(of_year(year)))

    assert found[RIGHT, False] == 0
    assert found[RIGHT, True] > 3


def test_where_openfisca_is_not_right_on_ars_the_difference_is_seen() -> None:
    found = Counter(one for year in YEARS for one in compared_ars(of_year(year)))

    assert {reason for reason, same in found if not same} == {
        "ages read on 1 December", "ceiling not rounded", "cents of several children",
    }  # fmt: skip


@pytest.mark.parametrize("reason", ["cents of several children", "ceiling not rounded"])
def test_what_rounding_brings_explains_the_difference(reason: str) -> None:
    """A child at most half a cent, a dependent child what its increase of the ceiling was rounded by."""
    found = [one for year in YEARS for one in distances(of_year(year), reason)]
    far = [one for one in found if one[0] > one[1] and not one[2]]
    around_the_minimum = [distance for distance, _may_be, is_under in found if is_under]

    assert len(found) > 50
    assert far == []
    assert all(distance <= 1_500 + 300 for distance in around_the_minimum)


def test_the_age_on_1_december_explains_the_band() -> None:
    """The gross of the text for the band that OpenFisca reads, or nothing, in each year."""
    found = [(year, *one) for year in YEARS for one in bands_read_on_1_december(of_year(year))]

    assert {band for _year, band, _gross in found} >= {0, 1, 2, 3}
    assert all(nearest(gross) == GROSS[year][band] for year, band, gross in found)


@pytest.mark.parametrize("year", YEARS)
def test_after_crds_openfisca_is_less_than_two_cents_away(year: int) -> None:
    """It rounds neither the gross nor the CRDS; the published amounts are ours."""
    found = list(nets_compared(of_year(year)))

    assert found
    assert all(abs(ours - theirs) < Fraction(3, 2) for ours, theirs in found)
    assert all((ours == 0) == (theirs == 0) for ours, theirs in found)


def test_aeeh_is_openfisca_s_where_it_is_right() -> None:
    found = Counter(one for rows in by_month() for one in compared_aeeh(rows))

    assert found[RIGHT, False] == 0
    assert found[RIGHT, True] > 30
    assert {reason for reason, same in found if not same} == {
        "complements shifted by one", "category 6 whatever the age", "category 6 without an amount",
        "month of the twentieth birthday",
    }  # fmt: skip


def test_the_shift_alone_explains_complements_2_to_5() -> None:
    found = [one for rows in by_month() for one in shifted_aeeh(rows)]

    assert len(found) > 50
    assert all(found)
