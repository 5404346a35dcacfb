"""import_flow PATH... [--errors DIR] [--workers N]: takes in flow files, whatever their kind."""

import csv
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.exchange.manifests import SUFFIX, manifest_path
from portal.exchange.operations import FileReport, each_import
from portal.exchange.reading import printable_name
from portal.people.vault import decrypt_row

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
TOLD = ("line", "column", "code", "message", "remedy")


class Command(BaseCommand):
    help = "Importe un ou plusieurs fichiers de flux."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--errors", type=Path, default=None, help="dossier des lignes rejetées")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="fichiers à la fois (les cœurs)")

    def handle(self, *args: object, **options: object) -> None:
        paths: list[Path] = options["paths"]  # type: ignore[assignment]
        folder: Path | None = options["errors"]  # type: ignore[assignment]
        if folder:
            _make(folder)
        files = list(self._files(paths))
        refused = len(files) < sum(not _goes_with(path, paths) for path in paths)
        written: set[Path] = set()
        for report in each_import(files, workers=max(1, options["workers"])):  # type: ignore[call-overload]
            self._tell(report)
            refused = refused or bool(report.refusals)
            if folder and report.errors:
                written.add(write_errors(folder, report, but=written))
        if refused:
            sys.exit(2)

    def _files(self, paths: list[Path]) -> Iterator[Path]:
        """The files among `paths`; what is not one is told. A manifest goes with its file."""
        for path in paths:
            shown = f"{os.fsencode(path.parent).decode('utf-8', 'replace')}/{printable_name(path)}"
            if path.name.endswith(SUFFIX):
                if not _goes_with(path, paths):
                    self.stderr.write(f"{shown} : ce manifeste est seul. Donner le fichier CSV qu’il annonce.")
            elif os.path.isfile(path):
                yield path
            elif os.path.isdir(path):
                self.stderr.write(f"{shown} : c’est un dossier. Donner les fichiers qu’il contient.")
            else:
                self.stderr.write(f"{shown} : ce fichier n’existe pas.")

    def _tell(self, report: FileReport) -> None:
        self.stdout.write(
            f"{report.name} : {report.read} lues, {report.applied} appliquées, {report.rejected} rejetées, "
            f"{report.unchanged} inchangées"
        )
        for refusal in report.refusals:
            self.stdout.write(f"  REFUSÉ {refusal.code} : {refusal.message} {refusal.remedy}")


def _goes_with(path: Path, paths: list[Path]) -> bool:
    """Whether `path` is the manifest of another of `paths`."""
    return path.name.endswith(SUFFIX) and any(other != path and manifest_path(other) == path for other in paths)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{folder} : les lignes rejetées ne peuvent pas y être écrites.", returncode=2) from error


def write_errors(folder: Path, report: FileReport, but: set[Path] | frozenset[Path] = frozenset()) -> Path:
    """NAME.errors.csv: the rejected rows with line, column, code, message and remedy; one line per error.

    It can be corrected and imported as it is. A name already written (`but`) is followed by a number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = _free_name(folder, report.name, but)
    names = _columns(report)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([*names, *TOLD])
        for line in sorted(report.errors):
            row = decrypt_row(report.raw[line])
            cells = [_harmless(row.get(name, "")) for name in names]
            for error in report.errors[line]:
                writer.writerow([*cells, line, error["column"], error["code"], error["message"], error["remedy"]])
    return path


def _columns(report: FileReport) -> list[str]:
    """The columns of the file, those of an earlier file of errors left out, and the cells too many after them."""
    found = dict.fromkeys(name for content in report.raw.values() for name in decrypt_row(content))
    return [name for name in found if name not in TOLD]


def _free_name(folder: Path, name: str, but: set[Path] | frozenset[Path]) -> Path:
    stem = name[:-4] if name.lower().endswith(".csv") else name
    short = stem.encode()[:200].decode("utf-8", "ignore")
    names = (f"{short}.errors.csv" if number == 1 else f"{short}.{number}.errors.csv" for number in count(1))
    return next(folder / name for name in names if folder / name not in but)


def _harmless(text: str) -> str:
    """A cell that a spreadsheet would compute is shown as text; a null character, as the mark of a lost one."""
    text = text.replace("\0", "�")
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text
