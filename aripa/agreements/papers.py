"""The supporting papers of an agreement: each parent gives theirs, and the other never sees them (R. 582-2)."""

from datetime import datetime

from django.db import transaction

from aripa.agreements.seats import Seat
from aripa.models import AgreementState
from aripa.own.entering import NotPossible, Who
from portal.casework.models import Attachment
from portal.casework.papers import keep_attachment

ABOUT = "aripa.agreement."
PAPERS = {
    "identity": "Votre pièce d’identité",
    "resources": "Votre dernier avis d’impôt",
    "children": "Le livret de famille ou les actes de naissance",
    "visiting": "Ce qui montre l’accueil des enfants : courrier commun, planning, avis d’impôt",
}


def needed_of(seat: Seat) -> list[str]:
    """The kinds of papers that this parent gives."""
    first = ["children", "visiting"] if seat.is_first else []
    return ["identity", *(["resources"] if seat.is_debtor else []), *first]


def given_by(seat: Seat) -> dict[str, list[Attachment]]:
    """The papers of this parent, by kind; their contents are left where they are."""
    found: dict[str, list[Attachment]] = {}
    for one in Attachment.objects.filter(subject=seat.subject).defer("content").order_by("pk"):
        found.setdefault(one.about.removeprefix(ABOUT), []).append(one)
    return found


def lacking_of(seat: Seat) -> list[str]:
    given = given_by(seat)
    return [kind for kind in needed_of(seat) if kind not in given]


def give(*, seat: Seat, who: Who, kind: str, name: str, content: bytes) -> Attachment:
    """Keep one paper; it answers what the fund asked this parent for. Raises PaperRefused, NotPossible."""
    if kind not in PAPERS or seat.is_stopped or not (seat.is_open or seat.agreement.state == AgreementState.FILED):
        raise NotPossible("Cette demande ne reçoit plus de pièces.")
    with transaction.atomic():
        kept = _keep(seat, who.at, kind, name, content)
        seat.agreement.asks.filter(of=seat.user, answered_on__isnull=True).update(answered_on=who.day)
    return kept


def _keep(seat: Seat, at: datetime, kind: str, name: str, content: bytes) -> Attachment:
    return keep_attachment(
        subject=seat.subject, about=ABOUT + kind, name=name, content=content, given_by=seat.user.get_username(), at=at
    )
