"""The days of intermediation beside the reference that lives each of them for every case, from the files to the exports.

Compared as whole rows, but for the numbers of rows, the letters whose date is free, and money of the same day, kind and
month, which may be told in one row or in several.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.oracle.aripa import export, flow, lives
from tests.oracle.aripa.life import World

pytestmark = pytest.mark.django_db
Row = dict[str, str]
# The contract fixes no date for these: the choices of the portal, each with tests of its own.
FREE = {"L06", "L10", "L17", "L18", "L19", "L21", "L22", "L24"}


def exported(folder: Path, name: str) -> Iterator[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield {column: cell for column, cell in row.items() if column not in ("movement_no", "letter_no")}


def comparable(name: str, rows: Iterator[Row]) -> Counter:
    if name == "letters":
        return Counter(tuple(row.items()) for row in rows if row["code"] not in FREE)
    if name != "movements":
        return Counter(tuple(row.items()) for row in rows)
    moved: Counter = Counter()
    for row in rows:
        moved[tuple((column, cell) for column, cell in row.items() if column != "amount")] += flow.cents(row["amount"])
    return Counter(moved.items())


def differences(folder: Path, first: str, until: str) -> list[tuple[str, str, Row | tuple]]:
    """Rows that one of the two has and the other has not, after import, days and export."""
    call_command("import_flow", *map(str, sorted(folder.glob("*.csv"))))
    with suppress(SystemExit):  # 1: a person must look at something, which is no difference
        call_command("run_aripa_day", first, "--until", until)
    call_command("export_aripa", "--out", str(folder / "out"))
    world = World(flow.read(folder)).live(date.fromisoformat(first), date.fromisoformat(until))
    found = []
    for name, rows in export.EXPORTS.items():
        text, given = comparable(name, rows(world)), comparable(name, exported(folder / "out", name))
        found += [("reference", name, row) for row in text - given] + [("portal", name, row) for row in given - text]
    return found


def test_lives_written_by_hand_give_what_the_text_gives(tmp_path: Path) -> None:
    assert differences(lives.written(tmp_path), "2020-06-01", "2025-03-31")[:3] == []


def test_a_drawn_population_gives_what_the_text_gives(tmp_path: Path) -> None:
    drawn = ["--cases", "25", "--seed", "7", "--from", "2024-06-01", "--to", "2026-06-30", "--out"]
    call_command("generate_aripa", *drawn, str(tmp_path))

    assert differences(tmp_path, "2024-06-01", "2026-06-30")[:3] == []
