"""verify_journal [--seals FILE] [--since DATE] [--workers N]: proves the journal. Exit 1 and a list when something is wrong."""

import sys
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.permissions import today
from portal.audit.proving import moment_of, prove
from portal.audit.sealing import SealsUnreadable, read_seals


class Command(BaseCommand):
    help = "Prouve le journal : aucune ligne modifiée ni retirée, aucun sceau retiré ni réécrit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seals", type=Path, metavar="FILE", help="sceaux gardés ailleurs, à retrouver ici")
        parser.add_argument("--since", type=date.fromisoformat, metavar="DATE",
                            help="seulement les lignes écrites depuis le dernier sceau d’avant ce jour")  # fmt: skip
        parser.add_argument("--workers", type=int, default=1, help="connexions qui lisent en même temps")

    def handle(self, *args: object, **options: object) -> None:
        begun = time.monotonic()
        try:
            seals = read_seals(options["seals"]) if options["seals"] else []  # type: ignore[arg-type]
        except SealsUnreadable as error:
            raise CommandError(str(error), returncode=2) from error
        proof = prove(today=today(), since=options["since"], seals=seals, workers=options["workers"])  # type: ignore[arg-type]
        for sentence in proof.faults:
            self.stderr.write(sentence)
        last = f"dernier sceau : {moment_of(proof.last)}" if proof.last else "aucun sceau"
        self.stdout.write(
            f"{proof.rows} lignes et {proof.seals} sceaux relus en {time.monotonic() - begun:.1f} s "
            f"({proof.erased} lectures effacées à leur terme ; {last}), {len(proof.faults)} erreur(s)"
        )
        if proof.faults:
            sys.exit(1)
