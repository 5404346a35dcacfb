"""load_control_demo: control and exchanges of the demonstration, as run_demo loads them."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fraud.demo.scenario import load
from portal.accounts.permissions import today


class Command(BaseCommand):
    help = "Charge le contrôle et les échanges de la démonstration : signaux, dossiers, désignations, demandes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")

    def handle(self, *args: object, **options: object) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("PORTAL_DEMO n’est pas actif : ces dossiers sont fictifs.", returncode=2)
        out: Path = options["out"]  # type: ignore[assignment]
        load(out, today(), self.stdout.write)
