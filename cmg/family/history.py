"""What happened to a month, and what will: dated steps, the last one always closes it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from cmg.family.household import Household
from cmg.family.months import BEFORE_ISSUE, OwnMonth
from cmg.family.movements import DONE, Movement
from cmg.family.people import Owner
from cmg.models import Repair, Report
from cmg.operations import ISSUED_STATES
from portal.frame.templatetags.portal import money

RECEIVED = {"ORIGINAL": "Déclaration reçue", "CORRECTION": "Correction reçue", "CANCELLATION": "Annulation reçue"}


@dataclass(frozen=True)
class Dated:
    """One step. `day` is None for what has no date yet; `done` when it is past."""

    day: date | None
    words: str
    done: bool


def history_of(home: Household, one: OwnMonth, owner: Owner, day: date) -> list[Dated]:
    """The steps of one month, in the order of their dates. Two queries."""
    steps = [Dated(_local(declared.received_at), RECEIVED[declared.kind], True) for declared in one.declarations]
    if one.run is not None and one.run.finished_at is not None:
        steps.append(Dated(one.run.day, "Calcul et contrôle avant prélèvement", True))
        if one.held:
            steps.append(Dated(one.run.day, "Arrêté pour vérification : rien n’est parti", True))
    steps += [Dated(_local(at), "Votre dossier est corrigé", True) for at in _repairs(home.employer_no, one)]
    steps += _reports(home.employer_no, one)
    steps += _sent(one, day) + [_moved(movement) for movement in one.movements if movement.day is not None]
    if one.held or one.report is not None:
        steps.append(Dated(owner.deadline, f"Réponse de {owner.name} au plus tard", False))
    return sorted(steps, key=lambda step: (step.day or date.max, not step.done))


def _local(at: datetime) -> date:
    return timezone.localtime(at).date()


def _repairs(employer_no: str, one: OwnMonth) -> list[datetime]:
    return list(
        Repair.objects.filter(employer_no=employer_no, done_at__date__gte=one.month).values_list("done_at", flat=True)
    )


def _reports(employer_no: str, one: OwnMonth) -> list[Dated]:
    found = []
    for report in Report.objects.filter(employer_no=employer_no, months__contains=[one.month]).order_by("pk"):
        found.append(Dated(_local(report.opened_at), f"Signalement {report.number} reçu", True))
        if report.answered_at is not None:
            found.append(Dated(_local(report.answered_at), f"Réponse au signalement {report.number}", True))
    return found


def _sent(one: OwnMonth, day: date) -> list[Dated]:
    if one.run is None or not one.movements:
        return []
    if one.run.state in ISSUED_STATES and one.run.issued_at is not None:
        return [Dated(_local(one.run.issued_at), "Envoi à la banque", True)]
    return [Dated(max(day, one.run.day), "Envoi à la banque", False)] if one.run.state in BEFORE_ISSUE else []


def _moved(movement: Movement) -> Dated:
    what = "Prélèvement" if movement.is_debit else "Versement"
    if movement.failed:
        return Dated(movement.day, f"{what} de {money(movement.cents)} {movement.answer} : {movement.reason}", True)
    return Dated(movement.day, f"{what} de {money(movement.cents)}", movement.state == DONE)
