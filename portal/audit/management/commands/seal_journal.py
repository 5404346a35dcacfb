"""seal_journal [--day DATE] [--out FILE]: seals the journal now, as each morning does, and adds the seals to a file."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.permissions import today
from portal.audit.models import JournalSeal
from portal.audit.sealing import SealsUnreadable, eve, seal_journal, write_seals


class Command(BaseCommand):
    help = "Scelle le journal, et ajoute les sceaux à un fichier à garder ailleurs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, metavar="DATE", help="hier sinon")
        parser.add_argument("--out", type=Path, metavar="FILE")

    def handle(self, *args: object, **options: object) -> None:
        seal = seal_journal(day=options["day"] or eve(today()))  # type: ignore[arg-type]
        self.stdout.write(f"Sceau du {seal.day:%d/%m/%Y} : {seal.rows} lignes, empreinte {seal.digest}")
        if isinstance(options["out"], Path):
            try:
                count = write_seals(options["out"], JournalSeal.objects.order_by("day"))
            except SealsUnreadable as error:
                raise CommandError(str(error), returncode=2) from error
            self.stdout.write(f"{count} sceau(x) ajouté(s) à {options['out']}")
