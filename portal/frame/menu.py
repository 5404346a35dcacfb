"""The menu: one table, at most seven entries for a role, only what the visitor may open, and what waits for them there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.permissions import today
from portal.accounts.rights import Right

# How much waits behind an entry for somebody on a day: an application registers its own under the address's name.
COUNTS: dict[str, Callable[[User, date], int]] = {}
COUNTED = 99


@dataclass(frozen=True)
class Place:
    """One entry of the table. `under`: the beginnings of the paths where it is the current one."""

    label: str
    name: str
    right: Right
    under: tuple[str, ...] = ()


MENU = (
    Place("Ma file", "cmg:queue", Right.SEE_CMG),
    Place("Corrections", "cmg:acts:regularisations", Right.TREAT_CMG, ("/agent/regularisations/",)),
    Place("Mois", "cmg:months", Right.SEE_CMG, ("/agent/mois/",)),
    Place("Remèdes", "cmg:remedies", Right.SEE_CMG,
          ("/agent/remedes/", "/agent/signalements/", "/agent/commission/", "/agent/courriers/")),
    Place("Flux reçus", "cmg:files", Right.SEE_CMG, ("/agent/flux/",)),
    Place("Pilotage", "cmg:piloting", Right.STEER, ("/agent/pilotage/", "/agent/rejeu/")),
    Place("Pensions", "aripa:cases", Right.SEE_SUPPORT, ("/agent/pensions/",)),
    Place("Titres à signer", "aripa:agreements", Right.SIGN_TITLE, ("/agent/pensions/accords/",)),
    Place("Petite enfance", "monenfant:childcare", Right.SEE_CHILDCARE, ("/agent/enfance/",)),
    Place("Ma semaine", "monenfant:pro_weeks", Right.REPORT_PLACES, ("/pro/semaine/", "/pro/arret/", "/pro/fermeture/")),
    Place("Mon profil", "monenfant:pro_profiles", Right.REPORT_PLACES, ("/pro/profil/",)),
    Place("Ce que j’ai publié", "monenfant:pro_published", Right.REPORT_PLACES),
    Place("Habilitations", "accounts:rights", Right.SEE_RIGHTS, ("/agent/habilitations/",)),
    Place("Banque des pensions", "aripa:bank", Right.FETCH_SUPPORT_FILES, ("/agent/pensions/banque/",)),
)  # fmt: skip
HOME = "frame:home"
# The last places give way to somebody who holds everything: the page of steering of the pensions leads to their bank too,
# an account to the rights. What waits for a director's signature is never among them.
MOST = 7


@dataclass(frozen=True)
class Entry:
    """One entry as the page shows it. `count`: how much waits there for the visitor, in words; empty for nothing."""

    label: str
    link: str
    is_current: bool
    count: str = ""


def entries(request: HttpRequest, shown: frozenset[str]) -> list[Entry]:
    """What the visitor's menu holds; for who works on no page of it, their home."""
    found = [_entry(place, request) for place in MENU if place.right.name in shown][:MOST]
    if any(right.name in shown for right in (Right.SEE_CMG, Right.SEE_SUPPORT)):
        return found
    elsewhere = "/compte/" in request.path or any(entry.is_current for entry in found)
    return [Entry("Accueil", reverse(HOME), is_current=not elsewhere), *found]


def _entry(place: Place, request: HttpRequest) -> Entry:
    link = reverse(place.name)
    current = request.path == link or any(request.path.startswith(path) for path in place.under)
    count = COUNTS[place.name](request.user, today()) if place.name in COUNTS else 0  # type: ignore[arg-type]
    return Entry(place.label, link, current, _words(count))


def _words(count: int) -> str:
    return "" if not count else str(count) if count <= COUNTED else f"{COUNTED}+"
