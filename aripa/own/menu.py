"""The menu of the pension space: few entries, what is unread counted behind its own."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from aripa.agreements.seats import OPEN, own_seats
from aripa.models import AgreementState
from aripa.own.papers import unread_letters
from portal.accounts.models import User

GOES_ON = (*OPEN, AgreementState.FILED, AgreementState.ACCEPTED)


@dataclass(frozen=True)
class Entry:
    label: str
    link: str
    is_here: bool
    unread: int = 0


LINKED = (
    ("Ma pension", "own_home"), ("Courriers", "own_letters"), ("Compte bancaire", "own_account"),
    ("Moyen de paiement", "own_means"), ("Mes demandes", "own_acts"), ("Demander l’intermédiation", "own_request"),
    ("Accord entre parents", "own_agreements"),
)  # fmt: skip
UNLINKED = (
    ("Ma pension", "own_home"), ("Mes demandes", "own_acts"), ("Demander l’intermédiation", "own_request"),
    ("Accord entre parents", "own_agreements"),
)  # fmt: skip


def menu_of(request: HttpRequest, parent_no: str) -> list[Entry]:
    """What this parent may open."""
    unread = unread_letters(request.user, parent_no) if parent_no else 0  # type: ignore[arg-type]
    return [
        _entry(label, reverse(f"aripa:{name}"), request.path, unread if name == "own_letters" else 0)
        for label, name in (LINKED if parent_no else UNLINKED)
    ]


def _entry(label: str, link: str, path: str, unread: int) -> Entry:
    here = path == link if link.endswith("/pension/") else path.startswith(link)
    return Entry(label, link, here, unread)


def begun_by(user: User) -> str:
    """The page of agreements, for who has one that goes on and no number yet; nothing for who stopped out of fear."""
    going = any(not one.is_stopped and one.agreement.state in GOES_ON for one in own_seats(user))
    return reverse("aripa:own_agreements") if going else ""
