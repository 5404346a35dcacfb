"""sign_run RUN --as USERNAME: one signature on the digest."""

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.batches.models import Run
from portal.batches.operations import SignatureRefused, sign


class Command(BaseCommand):
    help = "Signe un arrêté : l’ordonnateur d’abord, puis l’agent comptable, une autre personne."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int)
        parser.add_argument("--as", dest="username", required=True)
        parser.add_argument("--on", type=date.fromisoformat, default=None)

    def handle(self, *args: object, **options: object) -> None:
        on = options["on"] or timezone.localdate()
        try:
            signature = sign(run_pk=options["run"], username=str(options["username"]), on=on)  # type: ignore[arg-type]
        except Run.DoesNotExist as unknown:
            raise CommandError(f"L’arrêté {options['run']} n’existe pas.", returncode=2) from unknown
        except SignatureRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self.stdout.write(f"Signé par {signature.user.full_name} ({signature.role}), empreinte {signature.digest}")
