"""Who has the family's dossier, and until when: a name and a date for everything that waits."""

from dataclasses import dataclass
from datetime import date

from cmg.sentences import body_of
from portal.casework import selectors as dossiers
from portal.casework.models import DossierState
from portal.casework.operations import OPEN_STATES
from portal.frame.templatetags.portal import long_day

TEAM = "L’équipe Pajemploi"


@dataclass(frozen=True)
class Owner:
    """`name` is a person's, or the team's when nobody is named yet; `body` says where they work."""

    name: str
    body: str
    deadline: date | None
    is_late: bool = False
    is_open: bool = True

    @property
    def words(self) -> str:
        """``Thomas Vidal (Pajemploi) s’en occupe. Réponse avant le lundi 9 novembre 2026.``"""
        who = f"{self.name} ({self.body})" if self.body and self.body not in self.name else self.name
        if self.is_late:
            return f"{who} s’en occupe. La date promise est passée : la direction de l’équipe reprend votre dossier."
        return f"{who} s’en occupe." + (f" Réponse avant le {long_day(self.deadline)}." if self.deadline else "")


def owner_of(subject: str, day: date) -> Owner:
    """Who answers the family: the owner of its last dossier; the team when there is none, or nobody has it yet."""
    dossier = dossiers.last_of(subject)
    if dossier is None:
        return Owner(TEAM, "", None, is_open=False)
    is_open = dossier.state in OPEN_STATES
    late = is_open and (dossier.state == DossierState.ESCALATED or dossier.deadline < day)
    body = body_of(dossier)
    name = (
        dossier.owner.full_name if dossier.owner is not None else f"L’équipe de {body}" if body != "Pajemploi" else TEAM
    )
    return Owner(name, body, dossier.deadline if is_open else None, late, is_open)
