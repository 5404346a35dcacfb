"""check_ledger: proves the ledger and the journal. Exit 1 and a list when something is wrong."""

import sys

from django.core.management.base import BaseCommand

from portal.audit.operations import verify_chain
from portal.ledger.models import Account, Entry
from portal.ledger.operations import balance, check_ledger


class Command(BaseCommand):
    help = "Prouve le grand livre : chaque écriture balance, rien n’a été modifié."

    def handle(self, *args: object, **options: object) -> None:
        wrong = check_ledger() + verify_chain()
        for sentence in wrong:
            self.stderr.write(sentence)
        for account in Account:
            cents = balance(account)
            self.stdout.write(f"{account.label} : {_euros(cents)}")
        self.stdout.write(f"{Entry.objects.count()} écritures, {len(wrong)} erreur(s)")
        if wrong:
            sys.exit(1)


def _euros(cents: int) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"
