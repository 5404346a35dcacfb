"""load_directory: the bodies of social security and what joint funds hold, from the files of the directory."""

from django.core.management.base import BaseCommand

from portal.organisations.operations import load_directory


class Command(BaseCommand):
    help = "Inscrit l’annuaire des organismes ; lancée de nouveau, elle met à jour ce qui a changé."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"{load_directory()} organismes inscrits.")
