"""publish_childcare [--day AAAA-MM-JJ]: what was received of the offer becomes what a search may show."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from monenfant.publishing import publish_offer


class Command(BaseCommand):
    help = "Met à jour les lieux d’accueil montrés aux familles, d’après les fichiers reçus."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, default=None, metavar="AAAA-MM-JJ")

    def handle(self, *args: object, **options: Any) -> None:
        changed = publish_offer(on=options["day"] or timezone.localdate())
        self.stdout.write(f"{changed} lieux d’accueil créés ou modifiés")
