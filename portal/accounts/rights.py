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
    SEE_CONTROL = "voir les signaux et les dossiers de contrôle de ses caisses"
    TREAT_CONTROL = "traiter un signal, instruire un dossier de contrôle"
    QUALIFY_FRAUD = "siéger à la commission qui qualifie une fraude"
    DIRECT_CONTROL = (
        "arrêter le programme de contrôle, désigner, décider d’une pénalité, par délégation de la direction"
    )
    GIVE_OPINION = "donner l’avis de la commission du conseil sur une pénalité"
    VETO_RULE = "suspendre une règle de croisement, avec un motif"
    SEE_PROGRAMME = "voir le programme de contrôle et les règles de croisement"
    EXCHANGE = "échanger avec d’autres organismes, dans sa désignation"
    PARTNER_EXCHANGE = "échanger pour un organisme partenaire, dans sa désignation"
    ASK_RNCPS = "consulter le répertoire national (RNCPS), avec un motif"
    HOLD_CODAF = "représenter sa caisse au comité départemental (CODAF)"
    SAMPLE_JOURNAL = "relire le journal par sondage"
    SEE_BENEFITS = "voir l’ARS, l’AEEH et leurs arrêtés"
    TREAT_BENEFITS = "saisir une scolarité ou une décision de la CDAPH, noter une somme versée en trop"
    SET_SMALL_SUMS = "décider de ce que la caisse fait des petites sommes"
    SEE_JOINT_FUNDS = "voir les caisses communes et leurs dossiers de création"
    FILE_JOINT_FUNDS = "conduire le dossier de création d’une caisse commune"
    CONFIRM_JOINT_ORDERS = "confirmer un arrêté sur une caisse commune, inscrit par une autre personne"
    SEE_RIGHTS = "voir les habilitations"
    ASK_RESET = "demander la reprise d’un second facteur"
    DECIDE_RESET = "décider de la reprise demandée par une autre personne"
    OWN_FAMILY = "voir sa propre famille"
    OWN_MISSION = "voir sa seule mission"


# What is of no fund: a file of the bank, a line of the journal, a rule of crossing. A posting at a fund gives none of it.
# Signing is not here: an officer of one fund opens the page of a run, and reads there who signs it.
OF_NO_FUND = frozenset({Right.FETCH_SUPPORT_FILES, Right.SAMPLE_JOURNAL, Right.VETO_RULE})


@dataclass(frozen=True)
class Grant:
    """One line of the table. `national`: every fund, when the posting names none; otherwise those of the postings."""

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
BENEFITS, TREAT_BENEFITS = Right.SEE_BENEFITS, Right.TREAT_BENEFITS
JOINT = Right.SEE_JOINT_FUNDS
CONTROL, PROGRAMME, EXCHANGE = Right.SEE_CONTROL, Right.SEE_PROGRAMME, Right.EXCHANGE
TABLE: Mapping[Role, Grant] = {
    Role.FUND_CASEWORKER:      _agent(CMG, TREAT, HEAL, CARE, TREAT_CARE, BENEFITS, TREAT_BENEFITS),
    Role.PAJEMPLOI_CASEWORKER: _agent(CMG, TREAT, HEAL, national=True),
    Role.SUPERVISOR:           _agent(CMG, TREAT, HEAL, CARE, TREAT_CARE, BENEFITS, TREAT_BENEFITS, JOINT,
                                      Right.CLOSE_MONTH, Right.EXPORT, Right.STEER,
                                      Right.SEE_RIGHTS, Right.ASK_RESET, Right.DECIDE_RESET),
    Role.AUTHORISING_OFFICER:  _agent(CMG, CARE, BENEFITS, Right.SET_SMALL_SUMS, JOINT, Right.FILE_JOINT_FUNDS,
                                      Right.CONFIRM_JOINT_ORDERS, Right.CLOSE_MONTH, Right.EXPORT,
                                      Right.STEER, Right.SIGN_FIRST,
                                      Right.SIGN_TITLE, Right.FETCH_SUPPORT_FILES, CONTROL, PROGRAMME, Right.DIRECT_CONTROL,
                                      national=True),
    Role.ACCOUNTING_OFFICER:   _agent(CMG, BENEFITS, JOINT, Right.CONFIRM_JOINT_ORDERS,
                                      Right.CLOSE_MONTH, Right.EXPORT, Right.STEER, Right.SIGN_SECOND,
                                      Right.FETCH_SUPPORT_FILES, Right.SEE_RIGHTS, Right.DECIDE_RESET, national=True),
    Role.AUDITOR:              _agent(CMG, CARE, BENEFITS, JOINT, Right.EXPORT, Right.STEER, Right.SEE_RIGHTS, PROGRAMME,
                                      Right.SAMPLE_JOURNAL,
                                      national=True),
    Role.ARIPA_CASEWORKER:     _agent(Right.SEE_SUPPORT, Right.TREAT_SUPPORT, Right.EXPORT_SUPPORT),
    Role.CONTROLLER:           _agent(CONTROL, Right.TREAT_CONTROL, PROGRAMME, EXCHANGE, Right.ASK_RNCPS, Right.HOLD_CODAF),
    Role.CONTROL_CASEWORKER:   _agent(CONTROL, Right.TREAT_CONTROL, PROGRAMME, EXCHANGE, Right.ASK_RNCPS),
    Role.FRAUD_PANEL:          _agent(Right.QUALIFY_FRAUD, PROGRAMME),
    Role.DATA_PROTECTION:      _agent(PROGRAMME, Right.VETO_RULE, Right.SAMPLE_JOURNAL, national=True),
    Role.BOARD_MEMBER:         _agent(Right.GIVE_OPINION),
    Role.PARTNER_AGENT:        Grant(Area.PARTNER, Door.AGENT, frozenset({Right.PARTNER_EXCHANGE})),
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
