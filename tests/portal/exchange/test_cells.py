"""What each column takes, and its look-alikes: a good row refused is as bad as a wrong one let in."""

import polars as pl
import pytest

from cmg.flows.kinds import MODES
from portal.exchange.cells import Column

LONG_NAME = "Ÿ" + "x" * 59
CASES = {
    "id": (
        ["0001", "0", "A", "a b", "E/1", "x#1", "x(1)", "é1", "1-", "x'y", "x,y", "x" * 40],
        ["x" * 41, " 1", "1 ", "-1", "=1+1", "@SUM(A1)", "+1", "a|b", "a\tb", "a\0b", "a\u2028b", "a\ufffd", "\u202eb", "'=1"],
    ),
    "ids": (
        ["C1", "C1|C2", "C 1", "x" * 40, "|".join("abcdefghij"), "|".join([f"{n}{'x' * 35}" for n in range(10)])],
        ["|C1", "C1|", "C1||C2", "x" * 41, "C1|" + "x" * 41, "|".join("abcdefghijk"), "C1 |C2",
         "|".join([f"{n}{'x' * 39}" for n in range(10)])],
    ),
    "name": (
        ["O'Neil", "L’Haÿ", "Ÿ", LONG_NAME, "x" * 100, "'t Hooft", "Jean-Paul", 'D"', "Le Goff, Yann", "de la Tour"],
        ["x" * 101, "=1+1", "@x", "-x", "+x", "'=1+1", "'@x", " ", "-", "1", "a\nb", "a|b", "a\0b", "L\ufffdger"],
    ),
    "fund": (
        ["CAF01", "CAF59", "CAF2A", "MSA2B", "CAF971", "CAF976", "MSA35", "CAF95"],
        ["CAF1", "CAF96", "CAF00", "caf59", "CAF 59", "CAF059", "URSSAF", "CAF2C", "CAF979"],
    ),
    "date": (
        ["2026-02-28", "2024-02-29", "1900-01-01", "9999-12-31"],
        ["2026-02-30", "2025-02-29", "2026-13-01", "2026-1-1", "01/02/2026", "2026-02-28T00:00", "٢٠٢٦-02-28", "1899-12-31"],
    ),
    "month": (["2026-12", "2019-06"], ["2026-13", "2026-00", "2026-1", "2026-12-01", "202612", "٢٠٢٦-12", " 2026-12"]),
    "instant": (
        ["2026-10-25T18:00:00Z", "2026-10-25T18:00:00z", "2026-10-25T18:00:00+02:00", "2026-10-25T18:00:00+0200",
         "2026-10-25 18:00:00", "2026-10-25T18:00", "2026-10-25T18:00Z", "2026-10-25", "2026-10-25T18:00:00.123456+02:00"],
        ["2026-02-30T10:00:00Z", "2026-10-25T24:00:00Z", "2026-10-25T18:00:00+25:00", "2026-03-29T02:30:00", "hier",
         "25/10/2026", "2026-10-25T18"],
    ),
    "amount": (
        ["0", "560", "560.5", "560.50", "0560.50", "999999.99"],
        ["1000000", "-1", "1.505", "1,5", "1e3", "9" * 40, "NaN", "inf", "+5", " 5", "5 ", "٥", "５", "5.", ".5", "1_000",
         "0x10", "1 234.50"],
    ),
    "amount_large": (["30000", "99999999.99"], ["100000000", "-1", "30 000"]),
    "hours": (["0", "172.5", "744", "744.00"], ["744.01", "-1", "10000", "172:30", "172,5"]),
    "flag": (["0", "1"], ["2", "true", "O", "01", "-0"]),
    "dates": (["2024-03-10", "|".join(["2024-03-10"] * 10)], ["2024-03-10|", "2024-03-10T00:00", "|".join(["2024-03-10"] * 11)]),
    "free": (["2 84 01 63 001 001 41", "FR76 3000", "é"], ["=1+1", "@x", "+1", "x" * 101, "a\0b"]),
    "text": (["x" * 500, "Bât. B, 3 rue « des Forges »", "-"], ["x" * 501, "=1+1", "@x", "+1", "a\nb", "a\0b"]),
    "country": (["FR", "RE", "XK"], ["fr", "ZZ", "FRA", "F", "33"]),
    "postcode": (["63000", "01000", "1000 AB", "SW1A 1AA"], ["63 000 000 00", "=1", "-63000", "63000 ", "é"]),
    "phone": (["0612345678", "+33 6 12 34 56 78", "(0)4.73.00.00.00"], ["+", "=33612", "06x", "0" * 26, "06\n12"]),
    "email": (["a.b+c@exemple.fr", "A_1@b.co"], ["a@b", "=a@b.fr", "@b.fr", "a b@c.fr", "a@b@c.fr", "a|b@c.fr", "x" * 250 + "@b.fr"]),
    "index": (["0.01", "99.87", "118", "999.99"], ["0", "0.00", "-1", "1000", "99,87", "99.875"]),
    "day": (["2026-10-25", "2026-10-25T18:00:00+02:00"], ["2026-02-30", "25/10/2026", "2026-10-25T24:00:00Z"]),
    "mandate": (["PAJ1", "RUM+1/2", "M (1)", "x" * 35], ["x" * 36, "+M", "-M", "=M", "é", "M ", " M"]),
}  # fmt: skip


def taken(column: Column, texts: list[str]) -> list[str]:
    frame = pl.DataFrame({column.name: texts})
    return frame.filter(frame.select(column.parsed()).to_series().is_not_null())[column.name].to_list()


@pytest.mark.parametrize("kind", CASES)
def test_good_cells_enter_and_wrong_ones_do_not(kind: str) -> None:
    good, wrong = CASES[kind]
    column = Column("cell", kind)  # type: ignore[arg-type]

    assert taken(column, good) == good
    assert taken(column, wrong) == []


def test_choices_and_counts() -> None:
    assert taken(Column("cell", "choice", choices=MODES), ["MICRO_CRECHE", "micro_creche", "X"]) == ["MICRO_CRECHE"]
    counts = ["0", "31", "031", "32", "-1", "1.0", "٣", "9" * 25]
    assert taken(Column("cell", "count", largest=31), counts) == ["0", "31", "031"]


def test_an_instant_means_the_same_however_it_is_written() -> None:
    texts = ["2026-10-20T18:00:00+02:00", "2026-10-20T16:00:00Z", "2026-10-20T18:00:00", "2026-10-20T18:00:00+0200"]
    assert pl.DataFrame({"cell": texts}).select(Column("cell", "instant").parsed()).n_unique() == 1
