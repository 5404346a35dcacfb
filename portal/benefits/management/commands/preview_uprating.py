"""preview_uprating KEY FROM VALUE [--on DATE]: what a new value of a figure would change, for whom. Nothing is kept."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.permissions import today
from portal.batches.models import Run, RunState
from portal.benefits.models import UpratingLine
from portal.benefits.uprating import previewing
from portal.benefits.uprating.guards import FIGURES, Announced, ProposalRefused, check, read_value
from portal.benefits.uprating.telling import lines_told

SOURCE = "commande preview_uprating"


class Command(BaseCommand):
    help = "Calcule ce qu’un nouveau montant (bmaf, aeeh.complement_6_amount) changerait, pour qui ; ne garde rien."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", choices=sorted(FIGURES))
        parser.add_argument("from_day", type=date.fromisoformat, metavar="FROM")
        parser.add_argument("value", help="en euros, par exemple 488.20")
        parser.add_argument("--on", type=date.fromisoformat, default=None)
        parser.add_argument("--reason", default="", help="pourquoi, pour un montant plus bas que le précédent")
        parser.add_argument("--workers", type=int, default=1)

    def handle(self, *args: object, **options: Any) -> None:
        on = options["on"] or today()
        value = read_value(options["value"])
        if value is None:
            raise CommandError("Écrivez un montant en euros, par exemple 488.20.", returncode=2)
        announced = Announced(options["key"], options["from_day"], value)
        try:
            standing = check(announced, on=on, reason=options["reason"])
        except ProposalRefused as refused:
            raise CommandError(str(refused), returncode=2) from refused
        run = previewing.start(announced=announced, source=SOURCE, on=on)
        self.stdout.write(f"run {run.pk}")
        self._tell(previewing.work(run.pk, workers=options["workers"]), asks_two=standing.asks_two)

    def _tell(self, run: Run, *, asks_two: bool) -> None:
        """The figures of the page, then the families that the run kept are forgotten."""
        if run.state != RunState.DONE:
            raise CommandError("Le barème installé a changé pendant le calcul : recommencez.")
        for line in lines_told(run):
            self.stdout.write(line)
        if asks_two:
            self.stdout.write("Écart au montant précédent supérieur au seuil : deux personnes le confirment.")
        UpratingLine.objects.filter(run=run).delete()
