"""The four flow files, as they are written."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path

Row = dict[str, str]
KINDS = {"nir": "parents", "minute_no": "titles", "published_on": "prices", "event_no": "events"}


def day_in(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def cents(text: str) -> int:
    value = Fraction(text or "0") * 100
    assert value.denominator == 1, text
    return value.numerator


def euros(amount: int) -> str:
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


@dataclass
class Title:
    """The rows of one title: its facts, and one line a child."""

    rows: list[Row]

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.rows[0][name]

    @property
    def received_on(self) -> date:
        return date.fromisoformat(self.received_at)

    @property
    def dated(self) -> date:
        return date.fromisoformat(self.title_date)

    @property
    def effective(self) -> date:
        return min(date.fromisoformat(row["effective_on"]) for row in self.rows)

    def has(self, name: str) -> bool:
        return self.rows[0][name] == "1"


@dataclass
class Flow:
    parents: list[Row] = field(default_factory=list)
    titles: list[Title] = field(default_factory=list)
    prices: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)

    def parent(self, number: str, day: date) -> Row:
        """The latest row not after the day."""
        known = [row for row in self.parents_of.get(number, []) if row["updated_at"][:10] <= day.isoformat()]
        return max(known, key=lambda row: row["updated_at"]) if known else {}


def rows_of(folder: Path) -> Iterator[tuple[str, Row]]:
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines)
            kind = next((kind for column, kind in KINDS.items() if column in (reader.fieldnames or [])), None)
            if kind:
                yield from ((kind, row) for row in reader)


def read(*folders: Path) -> Flow:
    flow, titles = Flow(), {}
    for folder in folders:
        for kind, row in rows_of(folder):
            if kind == "titles":
                titles.setdefault(row["title_no"], []).append(row)
            else:
                getattr(flow, kind).append(row)
    flow.titles = [Title(sorted(rows, key=lambda row: row["child_id"])) for rows in titles.values()]
    flow.titles.sort(key=lambda title: (title.received_at, title.title_no))
    flow.events.sort(key=lambda row: (row["day"], int(row["event_no"])))
    flow.parents_of = {}
    for row in flow.parents:
        flow.parents_of.setdefault(row["parent_no"], []).append(row)
    return flow
