"""write_pension_states: the page of the states of a pension's case, from the table that the engine obeys."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from aripa.life.transitions import as_markdown

PAGE = Path(settings.BASE_DIR) / "docs" / "pension-states.md"


class Command(BaseCommand):
    help = "Écrit docs/pension-states.md depuis la table des passages d’un état à l’autre."

    def handle(self, *args: object, **options: object) -> None:
        PAGE.write_text(as_markdown(), encoding="utf-8")
        self.stdout.write(f"{PAGE} écrit.")
