"""post_agent USERNAME --role ROLE --from DATE --by USERNAME: habilitate somebody, opening their account if need be."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts.models import Posting, Role, User
from portal.accounts.postings import PostingRefused, create_account, post
from portal.organisations.models import Branch


class Command(BaseCommand):
    help = "Donne une habilitation datée ; ouvre le compte s’il n’existe pas. Code 2 : refusé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, choices=[role for role in Role.values if role != Role.PARENT])
        parser.add_argument("--fund", default="", help="caisse ou organisme (CAF63) ; vide : national")
        parser.add_argument("--branch", default="", choices=["", *Branch.values], help="à une caisse commune (CCSS48)")
        parser.add_argument("--from", dest="starts_on", required=True, type=date.fromisoformat)
        parser.add_argument("--until", dest="ends_on", type=date.fromisoformat, help="premier jour non couvert")
        parser.add_argument(
            "--by", default="", help="qui habilite ; vide pour la toute première habilitation seulement"
        )
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--email", default="", help="adresse que ProConnect donnera : elle relie le compte")

    def handle(self, *args: object, **options: Any) -> None:
        role = Role(options["role"])
        try:
            with transaction.atomic():
                posting = self._post(role, options)
        except PostingRefused as refused:
            raise CommandError(str(refused), returncode=2) from refused
        except User.DoesNotExist as unknown:
            raise CommandError(f"Aucun compte ne s’appelle {options['by']}.", returncode=2) from unknown
        self.stdout.write(f"{options['username']} : {posting.get_role_display()} {posting.place}.")

    def _post(self, role: Role, options: dict[str, Any]) -> Posting:
        if not User.objects.filter(username=options["username"]).exists():
            create_account(
                username=options["username"], first_name=options["first_name"], last_name=options["last_name"],
                email=options["email"], role=role,
            )  # fmt: skip
        return post(
            username=options["username"], role=role, fund=options["fund"], branch=options["branch"], starts_on=options["starts_on"],
            ends_on=options["ends_on"], granted_by=options["by"],
        )  # fmt: skip
