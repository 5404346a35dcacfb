"""load_childcare_demo: the childcare of the demonstration, as run_demo loads it."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from monenfant.demo.scenario import load
from portal.accounts.permissions import today


class Command(BaseCommand):
    help = "Charge l’accueil du jeune enfant de la démonstration : offre, places libres, habilitations."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")

    def handle(self, *args: object, **options: object) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("PORTAL_DEMO n’est pas actif : ces lieux sont fictifs.", returncode=2)
        out: Path = options["out"]  # type: ignore[assignment]
        load(out, today(), self.stdout.write)
