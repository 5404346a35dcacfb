"""The same families, ours and OpenFisca's: whether they agree, and the reason where they are known not to."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import groupby
from math import floor
from typing import Any

from tests.oracle.benefits import (
    BASES,
    band_read_on_1_december,
    our_aeeh,
    our_ars,
    reason_of_aeeh,
    reason_of_ars,
    rounding_of_the_increase,
)

# The unrounded amount of each child is at most half a cent away from the rounded one; OpenFisca has 24 bits.
HALF, SINGLE = Fraction(1, 2), Fraction(1, 100)
# OpenFisca adds parts of the BMAF unrounded: base, complement, increase.
PARTS = 3


def compared_ars(rows: list[dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    """Family by family of one year: why it may differ, and whether it is equal to the cent."""
    year = int(rows[0]["year"])
    ours = {row["family"]: row for row in our_ars(rows, year).iter_rows(named=True)}
    for family, some in groupby(rows, lambda row: row["family"]):
        children = list(some)
        first, births = children[0], [child["birth"] for child in children]
        reason = reason_of_ars(births, first["annual_resources"], first["dependent_children"], year)
        yield reason, ours[family]["gross_cents"] == nearest(first["gross"])


def distances(rows: list[dict[str, Any]], wanted: str) -> Iterator[tuple[Fraction, Fraction, bool]]:
    """Of the families of one year that differ for `wanted`: how far OpenFisca is, how far it may be, in cents, and
    whether one of the two is under the fifteen euros that are not paid."""
    year = int(rows[0]["year"])
    ours = {row["family"]: row for row in our_ars(rows, year).iter_rows(named=True)}
    for family, some in groupby(rows, lambda row: row["family"]):
        children = list(some)
        first, births = children[0], [child["birth"] for child in children]
        if reason_of_ars(births, first["annual_resources"], first["dependent_children"], year) == wanted:
            mine, theirs = ours[family]["gross_cents"], Fraction(str(first["gross"])) * 100
            may_be = len(children) * HALF + SINGLE
            if wanted == "ceiling not rounded":
                may_be += first["dependent_children"] * rounding_of_the_increase(year) * 100
            yield abs(mine - theirs), may_be, not (mine and theirs)


def bands_read_on_1_december(rows: list[dict[str, Any]]) -> Iterator[tuple[int, Any]]:
    """Of single children under any ceiling whose age is read otherwise: the band that explains it, and OpenFisca's gross."""
    for _family, some in groupby(rows, lambda row: row["family"]):
        (first, *others), year = list(some), int(rows[0]["year"])
        reason = reason_of_ars([first["birth"]], 0, 1, year)
        if not others and reason == "ages read on 1 December" and first["annual_resources"] < BASES[year]:
            yield band_read_on_1_december(first["birth"], year), first["gross"]


def nets_compared(rows: list[dict[str, Any]]) -> Iterator[tuple[int, Fraction]]:
    """Our net and OpenFisca's, in cents, of the families whose gross must be equal."""
    year = int(rows[0]["year"])
    ours = {row["family"]: row for row in our_ars(rows, year).iter_rows(named=True)}
    for row in rows:
        reason = reason_of_ars([row["birth"]], row["annual_resources"], row["dependent_children"], year)
        if not reason and sum(other["family"] == row["family"] for other in rows) == 1:
            yield ours[row["family"]]["net_cents"], Fraction(str(row["net"])) * 100


def compared_aeeh(rows: list[dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    """Child by child of one month: why it may differ, and whether it is equal, each part rounded or not."""
    month = date.fromisoformat(f"{rows[0]['month']}-01")
    for row, ours in zip(rows, our_aeeh(rows, month).iter_rows(named=True), strict=True):
        reason = reason_of_aeeh(row["birth"], row["level"], month)
        yield reason, is_near(ours["total_cents"], row["total"])


def shifted_aeeh(rows: list[dict[str, Any]]) -> Iterator[bool]:
    """Whether the shift alone explains the difference: OpenFisca is ours with the complement of the category below."""
    month = date.fromisoformat(f"{rows[0]['month']}-01")
    for row, ours in zip(rows, our_aeeh(rows, month).iter_rows(named=True), strict=True):
        if reason_of_aeeh(row["birth"], row["level"], month) == "complements shifted by one":
            yield is_near(ours["base_cents"] + ours["shifted_cents"] + ours["increase_cents"], row["total"])


def is_near(cents: int, amount: Any) -> bool:
    """Within what the rounding of three parts may bring."""
    return abs(cents - Fraction(str(amount)) * 100) <= PARTS * HALF + SINGLE


def nearest(amount: Any) -> int:
    """An amount of OpenFisca to the nearest cent, half up."""
    return floor(Fraction(str(amount)) * 100 + HALF)
