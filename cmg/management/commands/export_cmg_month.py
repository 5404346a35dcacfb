"""export_cmg_month 2026-10 --out DIR: settlements.csv, structure_settlements.csv and anomalies.csv."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from cmg.closing.prepare import month_of
from cmg.export import export_month


class Command(BaseCommand):
    help = "Écrit les règlements et les anomalies d’un mois."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=month_of, metavar="AAAA-MM")
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *args: object, **options: object) -> None:
        for name, rows in export_month(options["month"], options["out"]).items():  # type: ignore[arg-type]
            self.stdout.write(f"{name} : {rows} lignes")
