"""generate_aripa --cases N --seed S --out DIR: a synthetic population of intermediation as flow files."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from aripa.population import generate
from aripa.population.generator import FIRST_DAY, LAST_DAY


class Command(BaseCommand):
    help = "Écrit des dossiers d’intermédiation fictifs sous forme de flux : parents, titres, indices, évènements."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cases", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--from", dest="first", type=date.fromisoformat, default=FIRST_DAY, metavar="AAAA-MM-JJ")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, default=LAST_DAY, metavar="AAAA-MM-JJ")

    def handle(self, *args: object, **options: object) -> None:
        try:
            summary = generate(
                options["cases"],  # type: ignore[arg-type]
                options["seed"],  # type: ignore[arg-type]
                options["out"],  # type: ignore[arg-type]
                first=options["first"],  # type: ignore[arg-type]
                last=options["last"],  # type: ignore[arg-type]
            )
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(str(summary))
