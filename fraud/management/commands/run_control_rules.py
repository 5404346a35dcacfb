"""run_control_rules: every matching rule that may run, over all the families, on every core."""

import os
from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from fraud.signals.running import run_signals
from portal.accounts.permissions import today
from portal.batches.operations import SliceFailed


class Command(BaseCommand):
    help = "Fait tourner les règles de croisement ; reprend un passage interrompu."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, metavar="DATE")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N")

    def handle(self, *args: object, **options: object) -> None:
        try:
            run = run_signals(on=options["on"] or today(), workers=int(str(options["workers"])))  # type: ignore[arg-type]
        except SliceFailed as failed:
            raise CommandError(str(failed), returncode=1) from failed
        for code, counts in run.totals["rules"].items():
            self.stdout.write(
                f"{code} : {counts['found']} trouvés, {counts['new']} nouveaux, {counts['drawn']} tirés au sort"
            )
        for code, told in run.totals["skipped"].items():
            self.stdout.write(f"{code} : {told}")
