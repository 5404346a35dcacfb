"""What the demonstration does for control and exchanges, in the order in which each part needs the others."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.db import transaction

from fraud.demo import cases, codaf, directory, exchanges, journal, programme, rncps, signals, third_parties
from fraud.models import ExchangeBody

PARTS = (directory, cases, signals, exchanges, third_parties, codaf, programme, rncps, journal)
Say = Callable[[str], object]


def load(folder: Path, on: date, say: Say) -> None:
    """Everything, once: a second call changes nothing; whole or not at all, so that a load cut short begins again."""
    if ExchangeBody.objects.exists():
        return
    with transaction.atomic():
        for part in PARTS:
            part.load(folder, on)
    say("Contrôle : signaux, dossiers, échanges, comité et répertoire sont chargés.")
