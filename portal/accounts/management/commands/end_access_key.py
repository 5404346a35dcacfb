"""end_access_key ID --on DATE --by USERNAME: the key no longer opens anything from that day on."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.keys import KeyRefused, close_key
from portal.accounts.models import AccessKey, User


class Command(BaseCommand):
    help = "Met fin à une clé d’accès. Code 2 : refusé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("public_id", help="les douze signes qui suivent « tu_ »")
        parser.add_argument("--on", dest="ends_on", required=True, type=date.fromisoformat)
        parser.add_argument("--by", required=True)

    def handle(self, *args: object, **options: Any) -> None:
        try:
            key = close_key(public_id=options["public_id"], ends_on=options["ends_on"], ended_by=options["by"])
        except (KeyRefused, AccessKey.DoesNotExist, User.DoesNotExist) as refused:
            sentence = str(refused) if isinstance(refused, KeyRefused) else "Cette clé, ou ce compte, n’existe pas."
            raise CommandError(sentence, returncode=2) from refused
        self.stdout.write(f"Clé {key.public_id} de {key.name} : finie le {key.ends_on:%d/%m/%Y}.")
