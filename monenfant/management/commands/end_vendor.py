"""end_vendor CODE --on DATE --by USERNAME: no secret and no token of that vendor opens anything from that day on."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monenfant.models import SoftwareVendor
from monenfant.transmission.vendors import end_vendor
from portal.accounts.models import User


class Command(BaseCommand):
    help = "Ferme la porte à un éditeur. Code 2 : refusé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code")
        parser.add_argument("--on", required=True, type=date.fromisoformat, help="premier jour sans accès")
        parser.add_argument("--by", required=True)

    def handle(self, *args: object, **options: Any) -> None:
        try:
            vendor = end_vendor(code=options["code"], on=options["on"], ended_by=options["by"])
        except (SoftwareVendor.DoesNotExist, User.DoesNotExist) as unknown:
            raise CommandError("Cet éditeur, ou ce compte, n’existe pas.", returncode=2) from unknown
        self.stdout.write(f"Éditeur {vendor.code} : plus d’accès à partir du {options['on']:%d/%m/%Y}.")
