"""import_flow PATH... [--errors DIR] [--workers N]: takes in flow files, whatever their kind."""

import csv
import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from portal.exchange.operations import FileReport, each_import

FORMULA = ("=", "+", "-", "@")


class Command(BaseCommand):
    help = "Importe un ou plusieurs fichiers de flux."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--errors", type=Path, default=None, help="dossier des lignes rejetées")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="fichiers à la fois (les cœurs)")

    def handle(self, *args: object, **options: object) -> None:
        refused = False
        paths: list[Path] = options["paths"]  # type: ignore[assignment]
        for path in paths:
            if not path.is_file():
                self.stderr.write(f"{path} : ce fichier n’existe pas.")
                refused = True
        files = [path for path in paths if path.is_file()]
        for report in each_import(files, workers=max(1, options["workers"])):  # type: ignore[call-overload]
            self.stdout.write(
                f"{report.name} : {report.read} lues, {report.applied} appliquées, {report.rejected} rejetées, "
                f"{report.unchanged} inchangées"
            )
            for refusal in report.refusals:
                self.stdout.write(f"  REFUSÉ {refusal.code} : {refusal.message} {refusal.remedy}")
            refused = refused or bool(report.refusals)
            if options["errors"] and report.errors:
                write_errors(options["errors"], report)  # type: ignore[arg-type]
        if refused:
            sys.exit(2)


def write_errors(folder: Path, report: FileReport) -> Path:
    """NAME.errors.csv: the rejected rows with line, column, code, message and remedy; one line per error."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (report.name.removesuffix(".csv") + ".errors.csv")
    names = list(dict.fromkeys(name for cells in report.raw.values() for name in cells))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([*names, "line", "column", "code", "message", "remedy"])
        for line in sorted(report.errors):
            cells = [_harmless(report.raw[line].get(name, "")) for name in names]
            for error in report.errors[line]:
                writer.writerow([*cells, line, error["column"], error["code"], error["message"], error["remedy"]])
    return path


def _harmless(text: str) -> str:
    """A cell that a spreadsheet would compute is shown as text."""
    return f"'{text}" if text.startswith(FORMULA) else text
