"""simulate KIND: one JSON object of facts (or a list) on standard input, the results on standard output."""

import json
import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from portal.legislation import simulations


class Command(BaseCommand):
    help = "Simule une prestation : faits en JSON sur l’entrée, résultat, étapes et articles en JSON sur la sortie."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind")

    def handle(self, *args: object, **options: object) -> None:
        try:
            run = simulations.get(str(options["kind"]))
        except KeyError as unknown:
            raise CommandError(f"Simulation inconnue : {options['kind']}.", returncode=2) from unknown
        try:
            facts = json.load(sys.stdin, parse_float=str)
        except ValueError as error:
            raise CommandError(f"L’entrée n’est pas du JSON : {error}", returncode=2) from error
        answers, ok = run(facts)
        self.stdout.write(json.dumps(answers, ensure_ascii=False, indent=2))
        if not ok:
            sys.exit(2)
