"""open_access_key BODY --mission MISSION --name NAME --from DATE --by USERNAME: a key for an outside body's software."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.keys import KeyRefused, open_key
from portal.accounts.models import Mission, User


class Command(BaseCommand):
    help = "Ouvre une clé d’accès et la montre, une seule fois. Code 2 : refusé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("body", help="code de l’organisme ; pour un tiers, la référence des ordres (EMP000912)")
        parser.add_argument("--mission", required=True, choices=Mission.values)
        parser.add_argument("--name", required=True)
        parser.add_argument("--from", dest="starts_on", required=True, type=date.fromisoformat)
        parser.add_argument("--until", dest="ends_on", type=date.fromisoformat, help="premier jour non couvert")
        parser.add_argument("--by", required=True, help="qui ouvre la clé")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            key, text = open_key(
                mission=Mission(options["mission"]), body=options["body"], name=options["name"],
                starts_on=options["starts_on"], ends_on=options["ends_on"], granted_by=options["by"],
            )  # fmt: skip
        except KeyRefused as refused:
            raise CommandError(str(refused), returncode=2) from refused
        except User.DoesNotExist as unknown:
            raise CommandError(f"Aucun compte ne s’appelle {options['by']}.", returncode=2) from unknown
        self.stdout.write(f"Clé {key.public_id} de {key.name}, {key.get_mission_display()}.")
        self.stdout.write(f"À remettre par un canal sûr, elle ne sera plus montrée : {text}")
