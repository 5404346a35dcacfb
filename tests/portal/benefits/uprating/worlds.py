"""An installation in March 2026: its files do not have the BMAF of April yet. A line is written, and they do."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from portal.accounts.permissions import moment_on
from portal.benefits.models import Uprating
from portal.benefits.rules import figures
from portal.benefits.uprating.guards import Announced
from portal.benefits.uprating.operations import Proposal, propose
from portal.legislation.parameters import COMMON
from tests.portal.benefits.rows import row, take_in

MARCH, APRIL = date(2026, 3, 10), date(2026, 4, 1)
SOURCE = "instruction interministérielle du 9 mars 2026"
LINE = '    - {from: 2026-04-01, value: "478.16", status: verified'


class Files:
    """The common figures of the installation, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.bmaf = folder / "bmaf.yaml"

    def write(self, value: str, day: str = "2026-04-01") -> None:
        """Add a line, as an operator does; the portal starts again."""
        text = self.bmaf.read_text(encoding="utf-8").rstrip("\n")
        self.bmaf.write_text(
            f'{text}\n    - {{from: {day}, value: "{value}", status: verified, source: "test"}}\n', encoding="utf-8"
        )
        figures.benefit_parameters.cache_clear()


def in_march(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Files]:
    """The files without what was announced in March 2026."""
    common = folder / "common"
    shutil.copytree(COMMON, common)
    files = Files(common)
    lines = files.bmaf.read_text(encoding="utf-8").splitlines()
    files.bmaf.write_text("\n".join(one for one in lines if not one.startswith(LINE)) + "\n", encoding="utf-8")
    patch.setattr(figures, "COMMON", common)
    figures.benefit_parameters.cache_clear()
    yield files
    patch.undo()
    figures.benefit_parameters.cache_clear()


def families(folder: Path) -> None:
    """Complement 3; complement 6, whose amount nobody knows; five days at home in April; and no decision at all."""
    numbers = (("0123456", "CAF63"), ("0777777", "CAF59"), ("0555555", "CAF63"), ("0666666", "CAF63"))
    for kind in ("benefit-families", "benefit-children", "benefit-resources"):
        _send(folder, *(row(kind, beneficiary_no=number, fund=fund) for number, fund in numbers), kind=kind)
    _send(
        folder,
        decision("0123456", complement="3"),
        decision("0777777", fund="CAF59", complement="6"),
        decision("0555555", complement="0", complement_by_help="0"),
        kind="commission-decisions",
    )
    own = {"beneficiary_no": "0555555"}
    _send(
        folder,
        row("boarding-periods", **own, starts_on="2025-09-02", ends_on="2026-07-04"),
        row("boarding-periods", **own, place="HOME", starts_on="2026-04-11", ends_on="2026-04-16"),
        kind="boarding-periods",
    )
    _send(folder, row("schooling", beneficiary_no="0123456"), kind="schooling")


def decision(number: str, fund: str = "CAF63", **told: str) -> dict[str, str]:
    return row("commission-decisions", beneficiary_no=number, fund=fund, decision_no=f"D{number}", **told)


def decided(folder: Path, *rows: dict[str, str]) -> None:
    _send(folder, *rows, kind="commission-decisions")


def _send(folder: Path, *rows: dict[str, str], kind: str) -> None:
    report = take_in(folder, kind, *rows)
    assert not report.errors, report.errors


def announced(value_cents: int = 478_16, day: date = APRIL, key: str = "bmaf") -> Announced:
    return Announced(key, day, value_cents)


def proposed(on: date = MARCH, by: str = "helene", reason: str = "", source: str = SOURCE, **told: Any) -> Uprating:
    proposal = Proposal(announced(**told), source, reason, by, moment_on(on))
    return propose(form_key=uuid4(), proposal=proposal, on=on)[0]


def november(by: str = "helene", **told: Any) -> Uprating:
    """A value that nobody published, for the month after that of the demonstration."""
    return proposed(**{"on": date(2026, 10, 26), "by": by, "value_cents": 488_20, "day": date(2026, 11, 1), **told})
