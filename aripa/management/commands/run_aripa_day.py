"""run_aripa_day DATE [--until DATE]: lives every day not lived yet; says what a person must look at."""

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from aripa.models import Worry
from aripa.operations import last_day, run_days


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise ArgumentTypeError(f"« {text} » n’est pas une date AAAA-MM-JJ.") from wrong


class Command(BaseCommand):
    help = "Vit les jours des pensions alimentaires jusqu’à la date donnée."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("date", type=day, metavar="DATE")
        parser.add_argument("--until", type=day, default=None, metavar="DATE", help="dernier jour, compris")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processus à la fois (les cœurs)")

    def handle(self, *args: object, **options: object) -> None:
        first: date = options["date"]  # type: ignore[assignment]
        until: date = options["until"] or first  # type: ignore[assignment]
        if until < first:
            raise CommandError("La fin est avant le début.", returncode=2)
        before = last_day()
        run = run_days(first=first, until=until, workers=max(1, options["workers"]))  # type: ignore[call-overload]
        if run is None:
            self.stdout.write(f"Déjà vécu jusqu’au {before:%d/%m/%Y} : rien ne change.")
            return
        self.stdout.write(
            f"run {run.pk} : jusqu’au {until:%d/%m/%Y}, {run.totals['families']} familles, "
            f"{run.totals['movements']} mouvements, {run.totals['letters']} courriers"
        )
        self._worries(before)

    def _worries(self, before: date | None) -> None:
        """What the days could not decide alone: 1, so that a person looks."""
        found = Worry.objects.filter(handled_on__isnull=True)
        if before is not None:
            found = found.filter(day__gt=before)
        number = found.count()
        if number:
            self.stdout.write(f"{number} points à regarder, dont :")
            for one in found.order_by("pk")[:10]:
                self.stdout.write(f"  {one.case_id}, {one.day:%d/%m/%Y} : {one.sentence}")
            sys.exit(1)
