"""A population shared by these tests, small enough to be read row by row and lived again."""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from aripa.population import Summary, generate

CASES, SEED = 220, 11
KINDS = ("parents", "titles", "prices", "events")
Rows = list[dict[str, str]]


@dataclass
class World:
    """What was generated: the folder, the rows of each file, and the lives as the generator left them."""

    folder: Path
    summary: Summary
    rows: dict[str, Rows]


def read(folder: Path) -> dict[str, Rows]:
    found = {}
    for kind in KINDS:
        with (folder / f"{kind}.csv").open(encoding="utf-8", newline="") as handle:
            found[kind] = list(csv.DictReader(handle))
    return found


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("aripa")
    summary = generate(CASES, SEED, folder)
    return World(folder, summary, read(folder))
