"""What may be asked, a closed list: each item of one family of information, with the categories that may hold it.

Which families a category may ask for, or be given, are dated figures (`fraud.rules.designation`, CSS L. 114-16-3). An item is
asked by a code, never in free words: nobody can ask for more than the list has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fraud.rules.designation import may_ask, may_receive

SCHEMES = frozenset({"SCHEME_MANAGEMENT", "SCHEME_CONTROL", "NATIONAL_BODY", "CCMSA"})
STATE, LABOUR, AGENCY = frozenset({"STATE_CENTRAL"}), frozenset({"LABOUR_CONTROL"}), frozenset({"HEALTH_AGENCY"})
WORK, WAGES_BACK = frozenset({"POLE_EMPLOI", "UNEDIC"}), frozenset({"AGS"})


@dataclass(frozen=True)
class Item:
    """One thing that may be asked or told. `medical`: it goes to a medical adviser only, and therefore by no exchange."""

    code: str
    label: str
    family: str
    held_by: frozenset[str]
    medical: bool = False


ITEMS: Mapping[str, Item] = {
    one.code: one
    for one in (
        Item("EMPLOYMENT_PERIODS", "Périodes d’emploi et employeur", "EMPLOYMENT", SCHEMES | LABOUR),
        Item("WORK_CONTRACT", "Contrat de travail", "EMPLOYMENT", SCHEMES | LABOUR),
        Item("PAY_BY_MONTH", "Salaires versés, mois par mois", "WAGES", SCHEMES),
        Item("HOURS_BY_MONTH", "Heures travaillées, mois par mois", "PRESENCE", SCHEMES | LABOUR),
        Item("BENEFITS_PAID", "Prestations versées, mois par mois", "BENEFITS", SCHEMES | STATE),
        Item("RESOURCES_DECLARED", "Ressources déclarées", "RESOURCES", SCHEMES | STATE),
        Item("HOUSEHOLD_DECLARED", "Composition du foyer déclarée", "RESOURCES", SCHEMES | STATE),
        Item("CIVIL_STATUS", "État civil", "IDENTITY", SCHEMES | STATE),
        Item("ADDRESS_DECLARED", "Adresse déclarée", "IDENTITY", SCHEMES | STATE),
        Item("ACCOUNT_USED", "Compte bancaire utilisé pour les versements", "BANK_DETAILS", SCHEMES | STATE),
        Item("UNEMPLOYMENT_PAID", "Allocations chômage versées", "UNEMPLOYMENT_RIGHTS", WORK),
        Item("JOB_SEEKER_REGISTRATION", "Inscription comme demandeur d’emploi", "REGISTRATION", WORK),
        Item("WAGES_ADVANCED", "Sommes avancées par la garantie des salaires", "INSOLVENCY_PAYMENTS", WAGES_BACK),
        Item("WORK_FINDINGS", "Constats sur le travail", "WORK_FINDINGS", SCHEMES | LABOUR),
        Item("CARER_REGISTRATION", "Inscription d’un professionnel de santé et lieu d’exercice", "CARE_PROVIDERS",
             AGENCY | SCHEMES),
        Item("CARER_ACTIVITY", "Activité déclarée d’un professionnel de santé, mois par mois", "CARE_PROVIDERS",
             AGENCY | SCHEMES),
        Item("ESTABLISHMENT_OPENED", "Autorisation d’un établissement et places ouvertes", "ESTABLISHMENTS", AGENCY),
        Item("ESTABLISHMENT_STAY", "Dates d’accueil dans un établissement, sans motif médical", "ESTABLISHMENTS",
             AGENCY | SCHEMES),
        Item("AGENCY_FINDINGS", "Faits relevés par l’agence de santé", "HEALTH_FRAUD", AGENCY),
        Item("MEDICAL_FILE", "Données médicales de la personne", "HEALTH_FRAUD", AGENCY | SCHEMES, medical=True),
    )
}  # fmt: skip
UNKNOWN_ITEM, MEDICAL, NOT_ASKED_BY, NOT_HELD_BY = "UNKNOWN_ITEM", "MEDICAL", "NOT_ASKED_BY", "NOT_HELD_BY"


def why_not_asked(code: str, *, asker: str, holder: str, on: date) -> str:
    """Why an officer of the category `asker` may not ask this of one of `holder` on that day; empty when they may."""
    if code not in ITEMS or ITEMS[code].medical:
        return MEDICAL if code in ITEMS else UNKNOWN_ITEM
    if ITEMS[code].family not in may_ask(asker, on):
        return NOT_ASKED_BY
    return "" if holder in ITEMS[code].held_by else NOT_HELD_BY


def why_not_told(code: str, *, teller: str, receiver: str, on: date) -> str:
    """The same for what is told without being asked: the teller holds it, the receiver's mission may be given it."""
    if code not in ITEMS or ITEMS[code].medical:
        return MEDICAL if code in ITEMS else UNKNOWN_ITEM
    if ITEMS[code].family not in may_ask(receiver, on) | may_receive(receiver, on):
        return NOT_ASKED_BY
    return "" if teller in ITEMS[code].held_by else NOT_HELD_BY


def families_of(codes: list[str]) -> frozenset[str]:
    """The families of information of some items."""
    return frozenset(ITEMS[code].family for code in codes if code in ITEMS)
