"""What happens to one family in the two circuits, day by day, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cmg.models import ReplayLine, Wait
from cmg.reconciliation.catalogue import catalogue
from cmg.replay.days import Promises
from portal.legislation.calendar import nth_business_day
from portal.legislation.words import sum_in_words


@dataclass(frozen=True)
class Event:
    """One day of a timeline; `tone` ok, wait, stop or empty."""

    day: date
    text: str
    tone: str = ""


def left_timeline(lines: Sequence[ReplayLine]) -> list[Event]:
    """The circuit of 2019: declared, then debited and paid two business days later."""
    events = []
    for line in lines:
        events += [
            Event(line.declared_on, "Déclaration reçue. Aucun contrôle : le calcul prend la copie de Pajemploi.")
        ]
        events += [_debit(line), _payment(line)]
    return _ordered(events)


def _debit(line: ReplayLine) -> Event:
    taken = sum_in_words(line.left_debit_cents)
    if line.left_wrong_cents:
        return Event(line.taken_on, f"{taken} prélevés, dont {sum_in_words(line.left_wrong_cents)} à tort.", "stop")
    if line.left_undecided_cents:
        return Event(line.taken_on, f"{taken} prélevés, alors que personne n’a décidé s’il y a un droit.", "stop")
    if line.left_debit_cents:
        return Event(line.taken_on, f"{taken} prélevés, comme dû.")
    return Event(line.taken_on, "Rien n’est prélevé.")


def _payment(line: ReplayLine) -> Event:
    missing = sum_in_words(line.left_missing_cents)
    if line.left_missing_cents and not line.left_payout_cents:
        return Event(line.taken_on, f"Aucune aide versée : il manque {missing}.", "stop")
    if line.left_missing_cents:
        return Event(
            line.taken_on, f"{sum_in_words(line.left_payout_cents)} d’aide versés : il manque {missing}.", "stop"
        )
    return Event(line.taken_on, f"{sum_in_words(line.left_payout_cents)} d’aide versés.")


def right_timeline(lines: Sequence[ReplayLine], promises: Promises) -> list[Event]:
    """The portal: declared, controlled the same day, held when there is a doubt, and what leaves when it is over."""
    events = []
    for line in lines:
        events += [Event(line.declared_on, "Déclaration reçue."), *_controlled(line, promises)]
    return _ordered(events)


def _controlled(line: ReplayLine, promises: Promises) -> list[Event]:
    found = " ; ".join(f"{code} {catalogue()[code].label}" for code in line.codes.split("|") if code in catalogue())
    said = f"Le contrôle avant prélèvement trouve : {found}." if found else "Le contrôle ne trouve rien."
    control = Event(line.declared_on, said)
    deadline = nth_business_day(line.declared_on, promises.person)
    leaving = f"{sum_in_words(line.right_debit_cents)} prélevés, {sum_in_words(line.right_payout_cents)} d’aide versés."
    if line.wait == Wait.AUTO:
        asked = Event(
            line.declared_on, "Rien ne part : l’information est redemandée, sans que personne n’ait à y penser.", "wait"
        )
        assert line.leaves_on is not None
        return [control, asked, Event(line.leaves_on, f"Réparé. {leaving}", "ok")]
    if line.wait == Wait.PERSON:
        asked = Event(line.declared_on, "Rien ne part : une personne a le dossier, avec une échéance.", "wait")
        if line.leaves_on is None:
            kept = "Échéance : sans décision, le dossier passe à l’encadrement et rien ne part."
            return [control, asked, Event(deadline, kept, "wait")]
        return [control, asked, Event(line.leaves_on, f"Dernier jour de la promesse : réparé. {leaving}", "ok")]
    if line.wait == Wait.AT_ONCE:
        control = Event(line.declared_on, f"{said} Réparé aussitôt, avec la décision de la caisse.", "ok")
    return [control, Event(line.taken_on, leaving, "ok")]


def _ordered(events: list[Event]) -> list[Event]:
    """By day; what happens on one day stays in its order."""
    return sorted(events, key=lambda event: event.day)
