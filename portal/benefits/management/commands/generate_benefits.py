"""generate_benefits --families N --seed S --out DIR [--school-year 2026]: families of ARS and AEEH as flow files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.benefits.population import generate


class Command(BaseCommand):
    help = "Écrit des familles fictives de l’ARS et de l’AEEH sous forme de flux, sur la France et Mayotte."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--families", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--school-year", type=int, default=2026)

    def handle(self, *args: object, **options: Any) -> None:
        try:
            summary = generate(options["families"], options["seed"], options["out"], school_year=options["school_year"])
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(str(summary))
