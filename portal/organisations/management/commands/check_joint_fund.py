"""check_joint_fund CODE: find what is left of the open files of a joint fund that began, or that ended; prove that none lacks,
tell what differs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.permissions import today
from portal.batches.operations import SliceFailed
from portal.frame.templatetags.portal import plural
from portal.organisations.joint.proving import Proof
from portal.organisations.joint.running import check_moving, check_return, move_open_files, return_open_files
from portal.organisations.models import CreationFile, CreationState, FundReturn


class Command(BaseCommand):
    help = "Prouve la reprise des dossiers ouverts d’une caisse commune. Code 1 : des écarts ; 2 : elle n’est pas en service ici."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="celui de la caisse commune, par exemple CCSS15")

    def handle(self, *args: object, **options: Any) -> None:
        found = CreationFile.objects.filter(code=options["code"], state=CreationState.LIVE).order_by("pk")
        ended = FundReturn.objects.filter(body=options["code"]).order_by("pk")
        if not found and not ended:
            raise CommandError("Aucune caisse commune de ce code n’a été mise en service ici.", returncode=2)
        proofs = [self._began(file.pk) for file in found] + [self._ended(one.pk) for one in ended]
        if not all(one.is_proved for one in proofs):
            raise CommandError("La reprise n’est pas prouvée : traitez les écarts, puis recommencez.", returncode=1)
        self.stdout.write("Preuve complète : rien n’est perdu, aucun délai n’a changé, les comptes sont les mêmes.")

    def _began(self, pk: int) -> Proof:
        try:
            move_open_files(creation_pk=pk)
        except SliceFailed as failed:
            raise CommandError(str(failed), returncode=1) from failed
        return self._told(check_moving(creation_pk=pk, day=today()))

    def _ended(self, pk: int) -> Proof:
        try:
            return_open_files(return_pk=pk)
        except SliceFailed as failed:
            raise CommandError(str(failed), returncode=1) from failed
        return self._told(check_return(return_pk=pk, day=today()))

    def _told(self, proof: Proof) -> Proof:
        for line in proof.lines:
            self.stdout.write(
                f"{plural(line.label, line.noted)} : {line.noted} ouverts avant, {line.moved} repris, {line.open} ouverts, "
                f"{line.closed} clos depuis"
            )
        for one in proof.differences:
            self.stdout.write(f"écart, {plural(one.label, 1)} {one.key or '(numéro protégé)'} : {one.words}")
        for money in proof.money:
            same = "mêmes montants" if money.before == money.after else "les montants diffèrent"
            self.stdout.write(f"grand livre et banque, {plural(money.label, 2)} : {same}")
        return proof
