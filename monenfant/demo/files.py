"""Small files of the demonstration, as a fund or a département would send them."""

import csv
from pathlib import Path
from typing import Any

from portal.exchange.flows import FlowKind


def write_rows(path: Path, kind: FlowKind, *rows: dict[str, Any]) -> Path:
    """The rows as a file of that kind; what a row does not say is not known."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, [column.name for column in kind.columns], restval="", lineterminator="\n")
        lines.writeheader()
        lines.writerows(rows)
    return path
