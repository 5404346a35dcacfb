"""check_ledger [--seal ID:HASH]: proves the ledger and the journal. Exit 1 and a list when something is wrong."""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from portal.audit.operations import last_seal, verify_chain
from portal.ledger.models import Account, Entry
from portal.ledger.operations import balance
from portal.ledger.proof import check_applications, check_ledger
from portal.legislation.trace import euros


class Command(BaseCommand):
    help = "Prouve le grand livre et le journal : chaque écriture balance, rien n’a été modifié."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seal", default="", metavar="ID:HASH", help="sceau noté lors d’une vérification passée : il doit y être"
        )

    def handle(self, *args: object, **options: object) -> None:
        wrong = check_ledger() + check_applications() + verify_chain(seal=str(options["seal"] or ""))
        for sentence in wrong:
            self.stderr.write(sentence)
        for account in Account:
            self.stdout.write(f"{account.label} : {euros(balance(account))}")
        self.stdout.write(f"Sceau du journal : {last_seal() or 'journal vide'}")
        self.stdout.write(f"{Entry.objects.count()} écritures, {len(wrong)} erreur(s)")
        if wrong:
            sys.exit(1)
