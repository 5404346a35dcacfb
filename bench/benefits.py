"""ARS and AEEH against OpenFisca-France: bench.benefits [families a year] | keep.

Families drawn around every bound, each year since 2018 and each month. OpenFisca differs where docs/openfisca.md says;
those families are drawn on purpose, counted by name, and any other difference, of one cent, ends with status 1. `keep`
writes the small run that tests/oracle compares with, so that no test needs the network.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from bench.common import FOLDER, output_of, peer_python
from tests.oracle.benefits import KEPT, YEARS, aeeh_children, ars_families
from tests.oracle.benefits.compared import compared_aeeh, compared_ars

KEPT_FAMILIES, KEPT_CHILDREN, SEED = 80, 300, 2019


def asked(benefit: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """OpenFisca's amounts: a row a family, in the order of the rows."""
    with TemporaryDirectory() as folder:
        facts, amounts = (Path(folder) / name for name in ("facts.csv", "amounts.csv"))
        pl.DataFrame(rows).write_csv(facts)
        output_of([peer_python("openfisca"), FOLDER / "peers" / "benefits_with_openfisca.py", benefit, facts, amounts])
        names = {"ars": ["gross", "net"], "aeeh": ["total"]}[benefit]
        return pl.read_csv(amounts, has_header=False, new_columns=names, schema_overrides=[pl.String] * len(names))


def drawn(families: int, children: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The facts of both benefits with OpenFisca's amounts beside them."""
    draw = random.Random(SEED)
    ars = [row for year in YEARS for row in ars_families(draw, year, families)]
    aeeh = sorted(aeeh_children(draw, children), key=lambda row: (row["month"], row["family"]))
    aeeh = [row | {"family": number} for number, row in enumerate(aeeh)]
    firsts = pl.DataFrame(ars).select("year", "family").unique(maintain_order=True)
    return (
        pl.DataFrame(ars).join(pl.concat([firsts, asked("ars", ars)], how="horizontal"), on=["year", "family"]),
        pl.concat([pl.DataFrame(aeeh), asked("aeeh", aeeh)], how="horizontal"),
    )


def keep() -> int:
    for name, frame in zip(("ars", "aeeh"), drawn(KEPT_FAMILIES, KEPT_CHILDREN), strict=True):
        frame.write_csv(KEPT / f"{name}.csv")
    return 0


def show(name: str, found: Iterable[tuple[str, bool]]) -> bool:
    """Print how many are equal and how many differ by reason; whether none differs without one."""
    counts = Counter(found)
    for reason in sorted({reason for reason, _same in counts}):
        words = reason or "where OpenFisca is right"
        print(f"{name}, {words}: {counts[reason, True]} equal, {counts[reason, False]} different")
    return counts["", False] == 0


def main(families: int) -> int:
    ars, aeeh = (frame.to_dicts() for frame in drawn(families, families * 10))
    by_year = [list(rows) for _year, rows in groupby(ars, lambda row: row["year"])]
    by_month = [list(rows) for _month, rows in groupby(aeeh, lambda row: row["month"])]
    fine = [
        show("ars", [one for rows in by_year for one in compared_ars(rows)]),
        show("aeeh", [one for rows in by_month for one in compared_aeeh(rows)]),
    ]
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(keep() if sys.argv[1:] == ["keep"] else main(int(sys.argv[1]) if sys.argv[1:] else 1_000))
