"""The menu: one table, at most seven entries for a role, only what the visitor may open, and what waits for them there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
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
    Place("ARS, AEEH", "benefits:runs", Right.SEE_BENEFITS, ("/agent/prestations/",)),
    Place("Petite enfance", "monenfant:childcare", Right.SEE_CHILDCARE, ("/agent/enfance/",)),
    Place("Contrôle", "fraud:control", Right.SEE_CONTROL, ("/agent/controle/",)),
    Place("Commission fraude", "fraud:panel", Right.QUALIFY_FRAUD, ("/agent/commission-fraude/",)),
    Place("Avis", "fraud:opinions", Right.GIVE_OPINION, ("/agent/avis/",)),
    Place("Programme", "fraud:programme", Right.SEE_PROGRAMME, ("/agent/programme/",)),
    Place("Règles", "fraud:rules", Right.VETO_RULE, ("/agent/controle/",)),
    Place("Échanges", "fraud:exchanges", Right.EXCHANGE, ("/agent/echanges/",)),
    Place("Boîte", "fraud:partner", Right.PARTNER_EXCHANGE, ("/partenaire/",)),
    Place("CODAF", "fraud:codaf", Right.HOLD_CODAF, ("/agent/codaf/",)),
    Place("RNCPS", "fraud:rncps", Right.ASK_RNCPS, ("/agent/rncps/",)),
    Place("RNCPS", "fraud:rncps_oversight", Right.SAMPLE_JOURNAL, ("/agent/rncps/",)),
    Place("Journal", "fraud:journal", Right.SAMPLE_JOURNAL, ("/agent/journal/",)),
    Place("Rendez-vous", "monenfant:desk", Right.HOLD_DESK, ("/pro/rendez-vous/",)),
    Place("Ma semaine", "monenfant:pro_weeks", Right.REPORT_PLACES, ("/pro/semaine/", "/pro/arret/", "/pro/fermeture/")),
    Place("Mon profil", "monenfant:pro_profiles", Right.REPORT_PLACES, ("/pro/profil/",)),
    Place("Ce que j’ai publié", "monenfant:pro_published", Right.REPORT_PLACES),
    Place("Caisses communes", "organisations:joint_funds", Right.SEE_JOINT_FUNDS, ("/agent/caisses/",)),
    Place("Habilitations", "accounts:rights", Right.SEE_RIGHTS, ("/agent/habilitations/",)),
    Place("Banque des pensions", "aripa:bank", Right.FETCH_SUPPORT_FILES, ("/agent/pensions/banque/",)),
)  # fmt: skip
HOME = "frame:home"
# The dashboard leads to the places that a full menu leaves out: it is the current entry there.
STEERING = "cmg:piloting"
# Whose first page is an entry of the menu: they need no other way home.
BEGIN_IN_THE_MENU = (
    Right.SEE_CMG, Right.SEE_SUPPORT, Right.SEE_CONTROL, Right.QUALIFY_FRAUD, Right.GIVE_OPINION, Right.SAMPLE_JOURNAL,
    Right.PARTNER_EXCHANGE,
)  # fmt: skip
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
    # Those that are left out cost no count.
    held = [place for place in MENU if place.right.name in shown][:MOST]
    found = [_entry(place, request) for place in held]
    if not any(one.is_current for one in found) and any(_is_current(place, request) for place in MENU):
        found = [replace(one, is_current=True) if one.link == reverse(STEERING) else one for one in found]
    if any(right.name in shown for right in BEGIN_IN_THE_MENU):
        return found
    elsewhere = "/compte/" in request.path or any(one.is_current for one in found)
    return [Entry("Accueil", reverse(HOME), is_current=not elsewhere), *found]


def _entry(place: Place, request: HttpRequest) -> Entry:
    count = COUNTS[place.name](request.user, today()) if place.name in COUNTS else 0  # type: ignore[arg-type]
    return Entry(place.label, reverse(place.name), _is_current(place, request), _words(count))


def _is_current(place: Place, request: HttpRequest) -> bool:
    return request.path == reverse(place.name) or any(request.path.startswith(path) for path in place.under)


def _words(count: int) -> str:
    return "" if not count else str(count) if count <= COUNTED else f"{COUNTED}+"
