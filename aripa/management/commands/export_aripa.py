"""export_aripa --out DIR [--on DATE]: the published exports, as things stood at the end of that day."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand

from aripa.exports import export_aripa
from aripa.management.commands.run_aripa_day import day


class Command(BaseCommand):
    help = "Écrit les exports des pensions alimentaires."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument("--on", type=day, default=None, metavar="DATE")

    def handle(self, *args: object, **options: object) -> None:
        out: Path = options["out"]  # type: ignore[assignment]
        on: date | None = options["on"]  # type: ignore[assignment]
        written = export_aripa(out, on=on)
        self.stdout.write(f"{len(written)} fichiers dans {out}")
