"""generate_childcare --structures N --childminders M --seed S --out DIR: a synthetic offer as flow files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monenfant.population import generate
from monenfant.population.childminders import NATIONAL as CHILDMINDERS
from monenfant.population.ground import EVERYWHERE
from monenfant.population.structures import NATIONAL as STRUCTURES


def _numbers(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(",")))


class Command(BaseCommand):
    help = "Écrit une offre d’accueil fictive sous forme de flux : structures, agréments, relais ; à la taille du pays par défaut."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--structures", type=int, default=sum(STRUCTURES.values()))
        parser.add_argument("--childminders", type=int, default=CHILDMINDERS)
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--departements", type=_numbers, default=EVERYWHERE, metavar="03,15,43,63")
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *args: object, **options: Any) -> None:
        try:
            summary = generate(options["structures"], options["childminders"], options["seed"], options["out"],
                               options["departements"])  # fmt: skip
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(str(summary))
