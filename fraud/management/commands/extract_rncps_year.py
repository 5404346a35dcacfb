"""extract_rncps_year YEAR --out DIR [--fund CAF63]: a year of look-ups in figures, a CSV file a fund."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from fraud.models import RncpsAuthorisation, RncpsConsultation
from fraud.rncps.counting import count_between
from fraud.rncps.tables import lines_of
from portal.accounts.permissions import moment_on, today
from portal.audit.operations import journal
from portal.frame.sheets import as_csv


class Command(BaseCommand):
    help = (
        "Écrit l’extraction annuelle du répertoire, un fichier par caisse, sous les rubriques du rapport au Parlement."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--fund", default="", help="une seule caisse ; sans elle, toutes celles qui ont consulté")
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *args: object, **options: Any) -> None:
        year, day = options["year"], today()
        first, end = date(year, 1, 1), date(year + 1, 1, 1)
        options["out"].mkdir(parents=True, exist_ok=True)
        for fund in [options["fund"]] if options["fund"] else _funds(first, end):
            path = options["out"] / f"rncps-{year}-{fund}.csv"
            path.write_bytes(as_csv(lines_of(count_between(first, end, [fund]), day)))
            self.stdout.write(str(path))
        journal(
            actor="portail", action="control.rncps_extracted", subject=f"rncps:year:{year}",
            detail={"funds": [options["fund"]] if options["fund"] else "all"}, at=moment_on(day),
        )  # fmt: skip


def _funds(first: date, end: date) -> list[str]:
    """The funds that looked somebody up, tried to, or could."""
    looked = RncpsConsultation.objects.filter(dated__gte=first, dated__lt=end).values_list("fund", flat=True)
    could = RncpsAuthorisation.objects.filter(valid_from__lt=end, valid_to__gt=first).values_list("fund", flat=True)
    return sorted({*looked.distinct(), *could.distinct()} - {""})
