"""issue_run RUN --out DIR: the bank files, ledger entries and messages of a run signed twice, whatever its kind."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.banking.issue import bank_files_of
from portal.batches.models import Run
from portal.batches.operations import RunNotIssuable, issue
from portal.frame.templatetags.portal import money


class Command(BaseCommand):
    help = "Émet un arrêté signé deux fois : fichiers bancaires, écritures, messages aux caisses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int)
        parser.add_argument("--out", type=Path, required=True, help="dossier des fichiers bancaires")
        parser.add_argument("--on", type=date.fromisoformat, default=None, help="jour de l’émission (aujourd’hui)")

    def handle(self, *args: object, **options: object) -> None:
        on = options["on"] or timezone.localdate()
        try:
            done = issue(run_pk=options["run"], out=options["out"], on=on, by="commande")  # type: ignore[arg-type]
        except Run.DoesNotExist as unknown:
            raise CommandError(f"L’arrêté {options['run']} n’existe pas.", returncode=2) from unknown
        except RunNotIssuable as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        for purpose in sorted({key.rsplit("_", 1)[0] for key in done}):
            self.stdout.write(f"{purpose} : {done[f'{purpose}_count']} mouvements, {money(done[f'{purpose}_cents'])}")
        for file in bank_files_of(options["run"]):  # type: ignore[arg-type]
            self.stdout.write(f"{file.name} : {file.count} lignes, {money(file.total_cents)}, sha256 {file.sha256}")
