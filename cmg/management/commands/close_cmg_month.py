"""close_cmg_month 2026-10 [--on DATE] [--workers N] [--dry-run]: reconciles, computes and gates a month."""

import os
import sys
from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cmg.closing.prepare import month_of
from cmg.operations import NothingToClose, close_month
from cmg.summary import summary_lines
from portal.batches.operations import SliceFailed


class Command(BaseCommand):
    help = "Clôture un mois de CMG : rapprochement, calcul, contrôle avant prélèvement."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=month_of, metavar="AAAA-MM")
        parser.add_argument("--on", type=date.fromisoformat, default=None, help="jour de la clôture (aujourd’hui)")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processus au plus (les cœurs)")
        parser.add_argument("--dry-run", action="store_true", help="essai à blanc : rien n’est ouvert ni signable")

    def handle(self, *args: object, **options: object) -> None:
        on = options["on"] or timezone.localdate()
        try:
            run = close_month(
                month=options["month"], on=on, dry_run=bool(options["dry_run"]), workers=max(1, options["workers"])
            )  # type: ignore[arg-type,type-var]
        except NothingToClose as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        except SliceFailed as failed:
            raise CommandError(str(failed), returncode=3) from failed
        for line in summary_lines(run):
            self.stdout.write(line)
        if run.totals["statuses"].get("HELD"):
            sys.exit(1)
