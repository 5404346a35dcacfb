"""count_childcare [--day AAAA-MM-JJ]: the public figures of childcare, counted again."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from monenfant.figures.counting import count_childcare
from portal.accounts.permissions import today


class Command(BaseCommand):
    help = "Compte les places, les déclarations, les heures et les enfants de chaque commune et département."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, default=None, metavar="AAAA-MM-JJ")

    def handle(self, *args: object, **options: Any) -> None:
        day = count_childcare(on=options["day"] or today())
        self.stdout.write(f"Chiffres du {day.counted_on.isoformat()} : {day.areas.count()} territoires")
