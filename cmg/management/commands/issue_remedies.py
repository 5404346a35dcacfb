"""issue_remedies --out DIR [--on DATE] [--again]: the day's bank files of what moves outside any run."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand

from cmg.remedies.daily import issue_remedies
from portal.accounts.permissions import today


class Command(BaseCommand):
    help = "Écrit les fichiers bancaires du jour : avances, aides, échéances, versements renvoyés."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument("--on", type=date.fromisoformat, default=None)
        parser.add_argument(
            "--again", action="store_true", help="réécrire aussi les fichiers de ce jour, à l’identique"
        )

    def handle(self, *args: object, **options: object) -> None:
        on, again = options["on"] or today(), bool(options["again"])
        written = issue_remedies(Path(str(options["out"])), on=on, again=again)  # type: ignore[arg-type]
        for path in written:
            self.stdout.write(str(path))
        self.stdout.write(f"{len(written)} fichier(s) du {on:%d/%m/%Y}")
