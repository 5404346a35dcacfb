"""Runs a command of the portal that stops at a named point and waits there to be killed, or told to go on.

``python -m tests.chaos.stalled POINT FOLDER manage|celery ARGUMENTS...``: whoever gets to the point first makes
FOLDER/reached and waits for FOLDER/go.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import django

# Longer than a test waits for anything: who goes on by itself disturbs nothing any more.
PATIENCE = 900


class Stall:
    """Stops the first caller of all processes, after `passes` calls of its own process that go through."""

    def __init__(self, folder: Path, passes: int = 0) -> None:
        self.folder, self.passes = folder, passes

    def __call__(self) -> None:
        if self.passes:
            self.passes -= 1
            return
        try:
            (self.folder / "reached").touch(exist_ok=False)
        except FileExistsError:
            return
        end = time.monotonic() + PATIENCE
        while not (self.folder / "go").exists() and time.monotonic() < end:
            time.sleep(0.02)


def before(place: str, stall: Stall) -> None:
    """Stop before the function ``module:name`` does anything."""
    module, name = _found(place)
    real = getattr(module, name)

    def stopped(*args: Any, **keywords: Any) -> Any:
        stall()
        return real(*args, **keywords)

    setattr(module, name, stopped)


def after(place: str, stall: Stall, table: str = "") -> None:
    """Stop once ``module:name`` has returned; with `table`, only when that is its second argument."""
    module, name = _found(place)
    real = getattr(module, name)

    def stopped(*args: Any, **keywords: Any) -> Any:
        done = real(*args, **keywords)
        if not table or args[1] == table:
            stall()
        return done

    setattr(module, name, stopped)


def in_mid_file(stall: Stall) -> None:
    """Stop when half of a bank file's payments are on the disk."""
    from portal.banking import issue
    from portal.banking.formats import sepa

    real, sepa.PIECES = issue._payments, 50

    def payments(part: issue.Part) -> Iterator[sepa.Payment]:
        for number, payment in enumerate(real(part)):
            if number == part.count // 2:
                stall()
            yield payment

    issue._payments = payments


def before_the_file_is_in_place(stall: Stall) -> None:
    """Stop when the database knows the bank file and the folder does not have it yet."""
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            stall()
        return real(self, target)

    Path.replace = replace  # type: ignore[method-assign,assignment]


def _found(place: str) -> tuple[Any, str]:
    module, name = place.split(":")
    return import_module(module), name


def in_days(folder: Path, stop: Callable[[str, Stall], None], place: str, passes: int = 0) -> None:
    """Pensions in many small slices, so that some are lived and others not when the point comes."""
    from aripa import operations

    operations.FAMILIES_PER_SLICE, operations.FAMILIES_AT_ONCE = 6, 4
    stop(place, Stall(folder, passes))


POINTS: dict[str, Callable[[Path], None]] = {
    "nowhere": lambda folder: None,
    "slice half done": lambda folder: after("cmg.closing.slices:copy_in", Stall(folder), "cmg_settlement"),
    "run made, nobody called": lambda folder: after("cmg.operations:start_month", Stall(folder)),
    "month half added up": lambda folder: after("cmg.operations:settle_invoices", Stall(folder)),
    "movements half posted": lambda folder: after("cmg.closing.issuing:prepare_orders", Stall(folder, passes=1)),
    "movements posted": lambda folder: after("cmg.operations:issue_movements", Stall(folder)),
    "issued, no file written": lambda folder: before("cmg.operations:write_bank_files", Stall(folder)),
    "in mid-file": lambda folder: in_mid_file(Stall(folder)),
    "file not in place": lambda folder: before_the_file_is_in_place(Stall(folder)),
    "first file of two": lambda folder: before("portal.banking.issue:_write_of_run", Stall(folder, passes=1)),
    "rows copied": lambda folder: after("portal.exchange.applying:copy_in", Stall(folder, passes=2)),
    "facts heard": lambda folder: in_days(folder, after, "aripa.days.loading:hear"),
    "days begun, nobody lived": lambda folder: in_days(folder, after, "aripa.operations:_start"),
    "days half written": lambda folder: in_days(folder, after, "aripa.days.writing:_replace_terms", passes=3),
    "days booked, not kept": lambda folder: in_days(folder, after, "aripa.operations:live_slice", passes=2),
    "days lived, not closed": lambda folder: in_days(folder, before, "aripa.operations:finish"),
    "joint fund half begun": lambda folder: before("portal.organisations.joint.living:start_moving", Stall(folder)),
    "joint files half found": lambda folder: after("portal.organisations.joint.running:found_again", Stall(folder)),
    "rules half run": lambda folder: after("fraud.signals.running:match_slice", Stall(folder, passes=1)),
    "rows entered": lambda folder: before("portal.exchange.operations:journal", Stall(folder, passes=2)),
}  # fmt: skip


def main(point: str, folder: str, program: str, *arguments: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    import_module("cmg.tasks")
    POINTS[point](Path(folder))
    if program == "manage":
        from manage import main as manage

        sys.exit(manage(["manage.py", *arguments]))
    from celery.__main__ import main as celery

    sys.argv = ["celery", "-A", "portal.celery", *arguments]
    celery()


if __name__ == "__main__":
    main(*sys.argv[1:])
