"""load_benefits_demo: the families of ARS and AEEH of the demonstration, as run_demo loads them."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.accounts.permissions import today
from portal.benefits.demo.scenario import load


class Command(BaseCommand):
    help = "Charge les familles de l’ARS et de l’AEEH de la démonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")

    def handle(self, *args: object, **options: object) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("PORTAL_DEMO n’est pas actif : ces familles sont fictives.", returncode=2)
        out: Path = options["out"]  # type: ignore[assignment]
        load(out, today(), self.stdout.write)
