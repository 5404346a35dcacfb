"""close_aeeh YYYY-MM [--on DATE] [--dry-run] [--workers N]: decides the AEEH of a month."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from portal.benefits.management.closing_command import ClosingCommand
from portal.benefits.running.closing import close_aeeh


def month_of(text: str) -> date:
    """The first day of ``2026-10``. Raises ValueError."""
    return date.fromisoformat(f"{text}-01")


class Command(ClosingCommand):
    help = "Décide l’AEEH d’un mois : décisions de la CDAPH en vigueur, séjours, montants, empreinte à signer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=month_of, metavar="AAAA-MM")
        super().add_arguments(parser)

    def handle(self, *args: object, **options: Any) -> None:
        self.close(options, close_aeeh, month=options["month"])
