"""open_vendor CODE --name NAME --by USERNAME: a vendor of software for crèches, and its secret, shown once."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monenfant.transmission.vendors import VendorRefused, open_vendor
from portal.accounts.models import User
from portal.accounts.permissions import today


class Command(BaseCommand):
    help = "Ouvre un éditeur de logiciel et montre son secret, une seule fois. Code 2 : refusé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="client_id : majuscules, chiffres, tirets")
        parser.add_argument("--name", required=True)
        parser.add_argument("--from", dest="on", type=date.fromisoformat, help="aujourd’hui par défaut")
        parser.add_argument("--by", required=True, help="qui ouvre")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            vendor, text = open_vendor(
                code=options["code"], name=options["name"], on=options["on"] or today(), opened_by=options["by"]
            )
        except VendorRefused as refused:
            raise CommandError(str(refused), returncode=2) from refused
        except User.DoesNotExist as unknown:
            raise CommandError(f"Aucun compte ne s’appelle {options['by']}.", returncode=2) from unknown
        self.stdout.write(f"Éditeur {vendor.code}, {vendor.name} : ouvert.")
        self.stdout.write(f"À remettre par un canal sûr, il ne sera plus montré : {text}")
