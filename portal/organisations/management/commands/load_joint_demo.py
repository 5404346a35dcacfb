"""load_joint_demo: the joint funds of the demonstration, as run_demo loads them."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.accounts.permissions import today
from portal.organisations.joint.demo import load


class Command(BaseCommand):
    help = "Charge les caisses communes de la démonstration : la Lozère, un dossier de création, des délibérations."

    def handle(self, *args: object, **options: object) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("PORTAL_DEMO n’est pas actif : ce dossier est fictif.", returncode=2)
        load(today(), self.stdout.write)
