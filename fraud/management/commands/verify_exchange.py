"""verify_exchange: prove a signed exchange from its file, without network or database."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fraud.envelopes.certificates import ChainRefused
from fraud.envelopes.verifying import NotAProof, read, verify

REFUSED = 2


class Command(BaseCommand):
    help = (
        "Vérifie la preuve d’un échange, hors ligne : signature, certificats, documents, provenance, désignation, accusé. "
        "Statut 0 : tout est prouvé ; 1 : quelque chose est faux ; 2 : ce n’est pas une preuve."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")
        parser.add_argument(
            "--roots", type=Path, metavar="PEM", help="autorités reconnues (PORTAL_EXCHANGE_ROOTS sinon)"
        )

    def handle(self, *args: object, **options: object) -> None:
        file, roots = options["file"], options["roots"] or Path(settings.PORTAL_EXCHANGE_ROOTS)
        try:
            checks = verify(read(file.read_bytes()), roots.read_text(encoding="ascii"))  # type: ignore[attr-defined]
        except (NotAProof, ChainRefused) as wrong:
            raise CommandError(str(wrong), returncode=REFUSED) from wrong
        except (OSError, UnicodeDecodeError) as unread:
            raise CommandError(f"Fichier illisible : {unread}", returncode=REFUSED) from unread
        for check in checks:
            self.stdout.write(f"{'[exact]' if check.holds else '[FAUX] '} {check.told}")
        wrong_ones = sum(not check.holds for check in checks)
        if wrong_ones:
            raise CommandError(f"{wrong_ones} point(s) ne sont pas prouvés : ne vous fiez pas à cet échange.")
        self.stdout.write("Tout est prouvé.")
