"""renew_vendor_secret CODE --by USERNAME [--overlap-days N]: another secret, shown once; the former ends after the overlap."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monenfant.models import SoftwareVendor
from monenfant.transmission.vendors import OVERLAP_DAYS, renew_secret
from portal.accounts.models import User
from portal.accounts.permissions import today


class Command(BaseCommand):
    help = "Renouvelle le secret d’un éditeur et le montre, une seule fois. Code 2 : refusé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code")
        parser.add_argument("--overlap-days", type=int, choices=range(91), default=OVERLAP_DAYS, metavar="JOURS",
                            help=f"jours où l’ancien sert encore, de 0 à 90 ; {OVERLAP_DAYS} par défaut")  # fmt: skip
        parser.add_argument("--by", required=True, help="qui renouvelle")

    def handle(self, *args: object, **options: Any) -> None:
        days = options["overlap_days"]
        try:
            vendor, text = renew_secret(code=options["code"], on=today(), overlap_days=days, renewed_by=options["by"])
        except (SoftwareVendor.DoesNotExist, User.DoesNotExist) as unknown:
            raise CommandError("Cet éditeur, ou ce compte, n’existe pas.", returncode=2) from unknown
        self.stdout.write(f"Éditeur {vendor.code} : l’ancien secret sert encore {days} jours.")
        self.stdout.write(f"À remettre par un canal sûr, il ne sera plus montré : {text}")
