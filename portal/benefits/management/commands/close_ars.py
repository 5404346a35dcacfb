"""close_ars YEAR [--on DATE] [--paid-on DATE] [--dry-run] [--workers N]: decides the ARS of a start of term."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from portal.benefits.management.closing_command import ClosingCommand
from portal.benefits.running.closing import close_ars


class Command(ClosingCommand):
    help = "Décide l’allocation de rentrée scolaire d’une rentrée : droits, montants, empreinte à signer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int, metavar="ANNÉE", help="année de la rentrée")
        parser.add_argument("--paid-on", type=date.fromisoformat, default=None, help="jour où l’argent part (mi-août)")
        super().add_arguments(parser)

    def handle(self, *args: object, **options: Any) -> None:
        self.close(options, close_ars, school_year=options["year"], paid_on=options["paid_on"])
