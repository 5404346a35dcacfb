"""generate_population --families N --seed S --out DIR: a synthetic population as flow files."""

from argparse import ArgumentParser
from fractions import Fraction
from pathlib import Path

from django.core.management.base import BaseCommand

from cmg.closing.prepare import month_of
from cmg.population import generate


class Command(BaseCommand):
    help = "Écrit une population fictive sous forme de flux, avec les anomalies semées."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--families", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--anomaly-rate", type=Fraction, default=Fraction(35, 1000))
        parser.add_argument("--month", type=month_of, default=month_of("2026-10"), metavar="AAAA-MM")

    def handle(self, *args: object, **options: object) -> None:
        summary = generate(
            options["families"],  # type: ignore[arg-type]
            options["seed"],  # type: ignore[arg-type]
            options["out"],  # type: ignore[arg-type]
            anomaly_rate=options["anomaly_rate"],  # type: ignore[arg-type]
            care_month=options["month"],  # type: ignore[arg-type]
        )
        self.stdout.write(str(summary))
