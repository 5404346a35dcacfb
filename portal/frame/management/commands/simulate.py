"""simulate KIND: one JSON object of facts (or a list) on standard input, the results on standard output."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

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
        answers, ok = self._answers(run)
        self.stdout.write(json.dumps(answers, ensure_ascii=False, indent=2))
        if not ok:
            sys.exit(2)

    def _answers(self, run: simulations.Simulation) -> tuple[Any, bool]:
        try:
            return run(simulations.read_json(getattr(sys.stdin, "buffer", sys.stdin).read()))
        except simulations.NotJson as refused:
            return simulations.not_json(refused), False
