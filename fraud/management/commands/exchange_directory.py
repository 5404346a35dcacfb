"""exchange_directory: the signed entry of a body, given to the others or taken in from them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fraud.envelopes.directory_file import EntryRefused, export, take_in
from fraud.envelopes.refusals import SendingRefused
from fraud.envelopes.sealing import now
from fraud.models import ExchangeBody

BY = "exploitation"
REFUSED = 2


class Command(BaseCommand):
    help = "Fiche d’annuaire d’un organisme : lui-même, ses clés, ses agents désignés, sous sa signature."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        given = acts.add_parser("export", help="la fiche d’un organisme tenu ici")
        given.add_argument("--body", required=True)
        given.add_argument("--endpoint", default=settings.PORTAL_ADDRESS, help="où les autres l’atteignent")
        given.add_argument("file", type=Path)
        acts.add_parser("import", help="la fiche d’un autre organisme").add_argument("file", type=Path)

    def handle(self, *args: object, **options: Any) -> None:
        file: Path = options["file"]
        try:
            if options["act"] == "export":
                file.write_bytes(export(body_code=options["body"], endpoint=options["endpoint"], at=now()))
                self.stdout.write(f"Fiche de {options['body']} : {file}")
            else:
                self.stdout.write(f"Fiche de {take_in(file.read_bytes(), at=now(), by=BY).code} prise en compte.")
        except (EntryRefused, SendingRefused, ExchangeBody.DoesNotExist, OSError) as refused:
            raise CommandError(f"Refusé : {refused}", returncode=REFUSED) from refused
