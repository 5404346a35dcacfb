"""Who may do what: the one table. Pages read it, `/agent/habilitations/` shows it, the access test walks it.

A role comes from a posting in force on the day (agents, partners, professionals) or from the account's door (parents).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.accounts.models import Door, Role


class Area(StrEnum):
    """The part of the site where a role works."""

    AGENT = "/agent/"
    FAMILY = "/famille/"
    PROFESSIONAL = "/pro/"
    PARTNER = "/partenaire/"


class Right(StrEnum):
    """What a role may do, in the words of the page of rights."""

    SEE_CMG = "voir les dossiers CMG de ses caisses"
    TREAT_CMG = "traiter un dossier CMG : décider, réparer, transmettre, corriger un mois émis"
    CLOSE_MONTH = "clôturer un mois, émettre vers la banque"
    SIGN_FIRST = "signer en premier"
    SIGN_SECOND = "signer en second"
    EXPORT = "exporter une liste, avec un motif"
    STEER = "voir le pilotage et le rejeu de 2019"
    HEAL = "proposer et décider avances, remboursements, remises et aides d’urgence"
    SEE_SUPPORT = "voir les dossiers de pension de ses caisses"
    TREAT_SUPPORT = "traiter un dossier de pension : inscrire un fait, décider d’un recouvrement"
    EXPORT_SUPPORT = "exporter une liste de pensions, sans rien de protégé, avec un motif"
    FETCH_SUPPORT_FILES = "voir la banque des pensions, prendre ses fichiers"
    SIGN_TITLE = "signer un titre exécutoire, par délégation de la direction"
    SEE_CHILDCARE = "voir l’accueil du jeune enfant de ses caisses"
    TREAT_CHILDCARE = "suivre les déclarations de places, noter ce que décide un département"
    REPORT_PLACES = "dire ses places libres"
    HOLD_DESK = "répondre aux rendez-vous de son relais"
    SEE_RIGHTS = "voir les habilitations"
    ASK_RESET = "demander la reprise d’un second facteur"
    DECIDE_RESET = "décider de la reprise demandée par une autre personne"
    OWN_FAMILY = "voir sa propre famille"
    OWN_MISSION = "voir sa seule mission"


@dataclass(frozen=True)
class Grant:
    """One line of the table. `national`: every fund; otherwise those of the postings."""

    area: Area
    door: Door
    rights: frozenset[Right]
    national: bool = False


def _agent(*rights: Right, national: bool = False) -> Grant:
    return Grant(Area.AGENT, Door.AGENT, frozenset(rights), national)


# TREAT and HEAL go together today, at the same desks. They stay two because they are two powers: one decides of a right,
# the other spends money outside any month; a fund that separates the two changes one line here, and no page.
CMG, TREAT, HEAL, MISSION = Right.SEE_CMG, Right.TREAT_CMG, Right.HEAL, Right.OWN_MISSION
CARE, TREAT_CARE = Right.SEE_CHILDCARE, Right.TREAT_CHILDCARE
TABLE: Mapping[Role, Grant] = {
    Role.FUND_CASEWORKER:      _agent(CMG, TREAT, HEAL, CARE, TREAT_CARE),
    Role.PAJEMPLOI_CASEWORKER: _agent(CMG, TREAT, HEAL, national=True),
    Role.SUPERVISOR:           _agent(CMG, TREAT, HEAL, CARE, TREAT_CARE, Right.CLOSE_MONTH, Right.EXPORT, Right.STEER,
                                      Right.SEE_RIGHTS, Right.ASK_RESET, Right.DECIDE_RESET),
    Role.AUTHORISING_OFFICER:  _agent(CMG, CARE, Right.CLOSE_MONTH, Right.EXPORT, Right.STEER, Right.SIGN_FIRST,
                                      Right.SIGN_TITLE, Right.FETCH_SUPPORT_FILES, national=True),
    Role.ACCOUNTING_OFFICER:   _agent(CMG, Right.CLOSE_MONTH, Right.EXPORT, Right.STEER, Right.SIGN_SECOND,
                                      Right.FETCH_SUPPORT_FILES, Right.SEE_RIGHTS, Right.DECIDE_RESET, national=True),
    Role.AUDITOR:              _agent(CMG, CARE, Right.EXPORT, Right.STEER, Right.SEE_RIGHTS, national=True),
    Role.ARIPA_CASEWORKER:     _agent(Right.SEE_SUPPORT, Right.TREAT_SUPPORT, Right.EXPORT_SUPPORT),
    Role.CONTROLLER:           _agent(MISSION),
    Role.BOARD_MEMBER:         _agent(MISSION),
    Role.PARTNER_AGENT:        Grant(Area.PARTNER, Door.AGENT, frozenset({MISSION})),
    Role.CHILDMINDER:          Grant(Area.PROFESSIONAL, Door.PROFESSIONAL, frozenset({MISSION, Right.REPORT_PLACES})),
    Role.STRUCTURE_MANAGER:    Grant(Area.PROFESSIONAL, Door.PROFESSIONAL, frozenset({MISSION, Right.REPORT_PLACES})),
    Role.DESK_ADVISER:         Grant(Area.PROFESSIONAL, Door.PROFESSIONAL, frozenset({MISSION, Right.HOLD_DESK})),
    Role.PARENT:               Grant(Area.FAMILY, Door.FAMILY, frozenset({Right.OWN_FAMILY})),
}  # fmt: skip


def holders(*rights: Right) -> frozenset[Role]:
    """The roles that have one of `rights`."""
    return frozenset(role for role, grant in TABLE.items() if grant.rights & set(rights))


def of_area(area: Area) -> frozenset[Role]:
    """The roles that work in `area`."""
    return frozenset(role for role, grant in TABLE.items() if grant.area == area)


def posted_by_door(door: Door) -> frozenset[Role]:
    """The roles that an account of `door` may be posted to; a parent holds none."""
    return frozenset(role for role, grant in TABLE.items() if grant.door == door and role != Role.PARENT)
