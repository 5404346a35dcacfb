"""A dossier closed by hand: when nothing waits any more and no run will come to close it."""

from datetime import date, datetime

from django.db import transaction

from cmg.closing.ending import SUBJECT, waiting_of
from cmg.remedies.limits import RemedyRefused
from portal.accounts.models import Role, User
from portal.accounts.permissions import roles_on
from portal.casework.models import Dossier, DossierState
from portal.casework.operations import DossierMoveNotAllowed, move_dossier

SENTENCES = {
    "held": "un prélèvement est encore retenu",
    "unissued": "un mois calculé n’est pas encore émis : l’argent n’est pas parti",
    "correction": "une correction attend d’être approuvée ou exécutée",
    "report": "un signalement attend sa réponse",
    "returned": "un versement revenu de la banque n’a pas été renvoyé",
    "hand_over": "une transmission attend sa réponse",
}


def why_not_to_end(dossier: Dossier) -> list[str]:
    """What of the family still waits, in French; nothing when the dossier may be closed. One query."""
    waits = waiting_of(dossier.subject.removeprefix(SUBJECT))
    return [sentence for name, sentence in SENTENCES.items() if getattr(waits, name)]


def may_end(dossier: Dossier, user: User, on: date) -> bool:
    """Its owner, or the team's lead; anybody of the desk when nobody has it."""
    return dossier.owner_id in (None, user.pk) or Role.SUPERVISOR in roles_on(user, on)


def end_dossier(*, dossier_pk: int, reason: str, by: User, on: date, at: datetime) -> Dossier:
    """Close a dossier of which nothing waits. Raises RemedyRefused, and nothing changes then."""
    if not reason.strip():
        raise RemedyRefused("Dites en une ligne pourquoi : la famille et l’autre équipe liront la fin du dossier.")
    with transaction.atomic():
        dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier_pk)
        if not may_end(dossier, by, on):
            raise RemedyRefused("Seule la personne responsable, ou l’encadrement, clôt ce dossier.")
        if waits := why_not_to_end(dossier):
            raise RemedyRefused(f"Ce dossier ne se clôt pas encore : {' ; '.join(waits)}.")
        try:
            return move_dossier(
                dossier_pk=dossier.pk, to=DossierState.CLOSED, by=by.get_username(), reason=reason[:300], on=on, at=at
            )
        except DossierMoveNotAllowed as refused:
            raise RemedyRefused(str(refused)) from refused
