"""send_pensions_again MESSAGE --by USERNAME: orders again what a file of pensions asked, once the bank's reason is known."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aripa.bank.again import NothingToSendAgain, send_file_again
from portal.accounts.models import User


class Command(BaseCommand):
    help = "Redemande à la banque ce qu’elle a refusé avec tout un fichier de pensions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("message", metavar="MESSAGE", help="numéro du fichier, SNP-J20261027-P001")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="qui a trouvé la cause avec la banque")

    def handle(self, *args: object, **options: object) -> None:
        message, by = str(options["message"]), str(options["by"])
        if not User.objects.filter(username=by).exists():
            raise CommandError(f"{by} n’est pas un compte du portail.", returncode=2)
        try:
            sent = send_file_again(message_id=message, by=by, on=timezone.localdate())
        except NothingToSendAgain as refused:
            raise CommandError(str(refused), returncode=2) from refused
        self.stdout.write(f"{sent} ordres de nouveau prêts : ils partent avec les prochains fichiers du jour.")
