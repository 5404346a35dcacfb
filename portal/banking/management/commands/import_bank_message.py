"""import_bank_message PATH...: matches, books, and opens a case for what does not match."""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.banking.answers import import_path
from portal.banking.formats.messages import MessageRefused
from portal.banking.statements import statement_faults


class Command(BaseCommand):
    help = "Importe des messages de la banque (pain.002, camt.053, camt.054, pacs.004)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--on", type=date.fromisoformat, default=None)

    def handle(self, *args: object, **options: object) -> None:
        on = options["on"] or timezone.localdate()
        refused = somebody = False
        for path in options["paths"]:  # type: ignore[attr-defined]
            try:
                report = import_path(path, on=on)  # type: ignore[arg-type]
            except (MessageRefused, OSError) as error:
                self.stderr.write(f"{path.name} : refusé. {error}")
                refused = True
                continue
            already = ", déjà reçu" if report.known else ""
            self.stdout.write(
                f"{path.name} : {report.kind}, {report.lines} lignes, {report.matched} rapprochées, "
                f"{report.opened} à traiter{already}"
            )
            somebody = somebody or bool(report.opened)
        faults = statement_faults()
        for fault in faults:
            self.stdout.write(fault)
        if refused or somebody or faults:
            sys.exit(2 if refused else 1)
