"""end_posting USERNAME --role ROLE [--fund FUND] --on DATE --by USERNAME: the habilitation ends on that day."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.models import Posting, Role
from portal.accounts.postings import PostingRefused, end_posting
from portal.organisations.models import Branch


class Command(BaseCommand):
    help = "Met fin à une habilitation en cours ; le jour donné n’est plus couvert. Code 2 : refusé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--fund", default="")
        parser.add_argument("--branch", default="", choices=["", *Branch.values], help="à une caisse commune (CCSS48)")
        parser.add_argument("--on", required=True, type=date.fromisoformat)
        parser.add_argument("--by", required=True)

    def handle(self, *args: object, **options: Any) -> None:
        found = Posting.objects.in_force_on(options["on"]).filter(
            user__username=options["username"], role=options["role"], fund=options["fund"], branch=options["branch"]
        )
        if not found:
            raise CommandError("Aucune habilitation de cette sorte n’est en vigueur ce jour-là.", returncode=2)
        try:
            for posting in found:
                end_posting(posting_pk=posting.pk, ends_on=options["on"], ended_by=options["by"])
        except PostingRefused as refused:
            raise CommandError(str(refused), returncode=2) from refused
        self.stdout.write(
            f"{options['username']} : habilitation finie, dernier jour la veille du {options['on']:%d/%m/%Y}."
        )
