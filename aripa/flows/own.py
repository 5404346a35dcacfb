"""Facts that the portal learns by itself enter like the rows of a file: checked by the same rules and kept whole."""

import csv
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from pathlib import Path

from aripa.flows.kinds import EVENTS
from portal.exchange.models import FileOrigin
from portal.exchange.operations import FileReport, import_file
from portal.frame.refusals import FieldsRefused


class Numbers(IntEnum):
    """Where the numbers of the portal's own events begin, by who tells them: above those that senders give, below those
    of parents (`aripa_own_events`). An event is known by its number alone: no two of these may ever meet."""

    AGENT = 900_000_000_000_000
    THIRD = 930_000_000_000_000
    BANK = 960_000_000_000_000

    def of(self, pk: int) -> int:
        """The number of the event that the row `pk` becomes."""
        assert 0 < pk < NUMBERS_EACH, "the numbers of one would be those of another"
        return self + pk


NUMBERS_EACH = 30_000_000_000_000


class NotEntered(FieldsRefused):
    """Rows that the rules of files refuse, by column: nothing of them may be kept."""


def receive(
    rows: Sequence[Mapping[str, str]], *, name: str, sender: str, origin: FileOrigin, at: datetime | None = None
) -> None:
    """Events as a file of their own, inside the caller's transaction. Raises NotEntered unless every row enters."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(_content(rows), encoding="utf-8")
        manifest = {"kind": EVENTS.name, "sender": sender[:120], "rows": len(rows)}
        path.with_suffix(".manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        report = import_file(path, received_at=at, origin=origin)
    if report.errors or report.refusals or report.applied != len(rows):
        raise NotEntered(_errors(report))


def _errors(report: FileReport) -> dict[str, str]:
    errors = {one["column"]: one["message"] for line in report.errors.values() for one in line}
    return errors or {"": report.refusals[0].message if report.refusals else "Ce fait n’est pas entré."}


def _content(rows: Sequence[Mapping[str, str]]) -> str:
    names = [column.name for column in EVENTS.columns]
    written = io.StringIO()
    writer = csv.DictWriter(written, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: row.get(name, "") for name in names} for row in rows)
    return written.getvalue()
