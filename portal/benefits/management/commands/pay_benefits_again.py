"""pay_benefits_again --by USERNAME [--whole-files]: orders again the ARS and AEEH that reached nobody."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.benefits.running.paying_again import pay_again
from portal.frame.templatetags.portal import money


class Command(BaseCommand):
    help = "Verse à nouveau l’ARS et l’AEEH revenues ou sans compte, dès qu’un autre compte est connu."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", required=True, help="qui le demande")
        parser.add_argument("--on", type=date.fromisoformat, default=None)
        parser.add_argument(
            "--whole-files", action="store_true", help="aussi ce que la banque a refusé avec tout un fichier"
        )

    def handle(self, *args: object, **options: Any) -> None:
        on = options["on"] or timezone.localdate()
        done = pay_again(on=on, by=options["by"], whole_files=options["whole_files"])
        self.stdout.write(f"{done.count} virements, {money(done.cents)}, avec les fichiers du jour.")
