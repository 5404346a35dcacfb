"""authorise_unidentified USERNAME --act NO --signatory WHO --from DATE --until DATE --by USERNAME: let an officer ask third
parties about people not identified."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fraud.thirdparties.asking import authorise_unidentified
from fraud.thirdparties.moving import RequestRefused
from portal.accounts.models import User


class Command(BaseCommand):
    help = "Autorise un agent à interroger des tiers sur des personnes non identifiées, pour un temps. Code 2 : refusé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--act", dest="act_no", required=True, help="numéro de l’acte")
        parser.add_argument("--signatory", required=True, help="qui l’a signé, et sa qualité")
        parser.add_argument("--from", dest="valid_from", required=True, type=date.fromisoformat)
        parser.add_argument(
            "--until", dest="valid_to", required=True, type=date.fromisoformat, help="premier jour non couvert"
        )
        parser.add_argument("--by", dest="granted_by", required=True)

    def handle(self, *args: object, **options: Any) -> None:
        names = ("username", "act_no", "signatory", "valid_from", "valid_to", "granted_by")
        try:
            made = authorise_unidentified(**{name: options[name] for name in names})
        except RequestRefused as refused:
            raise CommandError(str(refused), returncode=2) from refused
        except User.DoesNotExist as unknown:
            raise CommandError("Ce compte n’existe pas.", returncode=2) from unknown
        self.stdout.write(f"{options['username']} : acte {made.act_no}, jusqu’à la veille du {made.valid_to:%d/%m/%Y}.")
