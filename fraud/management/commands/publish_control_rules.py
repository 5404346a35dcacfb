"""publish_control_rules: publish the declared matching rules that are new, with who does it."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from fraud.rules.features import ForbiddenFeatureError
from fraud.signals.declaring import RuleRefused
from fraud.signals.publishing import publish_rules
from portal.accounts.models import User
from portal.accounts.permissions import moment_on, today


class Command(BaseCommand):
    help = "Publie les règles de croisement déclarées qui sont nouvelles ; refuse tout si l’une ne peut pas l’être."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", required=True, metavar="USERNAME")

    def handle(self, *args: object, **options: object) -> None:
        by = str(options["by"])
        if not User.objects.filter(username=by, is_active=True).exists():
            raise CommandError(f"Aucun compte ne s’appelle {by}.", returncode=2)
        try:
            published = publish_rules(on=today(), at=moment_on(today()), by=by)
        except (RuleRefused, ForbiddenFeatureError) as refused:
            raise CommandError(str(refused), returncode=1) from refused
        for one in published:
            self.stdout.write(f"{one.code}, version {one.version} : attend l’avis de la protection des données.")
        self.stdout.write(f"{len(published)} version(s) publiée(s).")
