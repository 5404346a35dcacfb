"""create_demo_people: the agents of the demonstration (never in production)."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cmg.demo.people import create_people


class Command(BaseCommand):
    help = "Crée les personnes de la démonstration."

    def handle(self, *args: object, **options: object) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("PORTAL_DEMO n’est pas actif : rien n’est créé.", returncode=2)
        create_people()
