"""The addresses of ARS, AEEH and small payments in the table of access, a module a part; and their objects."""

from pathlib import Path
from typing import Any

from tests.portal.access import Line
from tests.portal.benefits.access import own, persons, runs, small, uprating

# Persons first: the others act on their families.
PARTS = (persons, runs, small, uprating, own)
LINES: dict[str, Line] = {name: line for part in PARTS for name, line in part.LINES.items()}


def benefit_objects(folder: Path) -> dict[str, Any]:
    """By the name of each, `here` and `elsewhere`."""
    known: dict[str, Any] = {}
    for part in PARTS:
        known |= part.objects(folder, known)
    return known
