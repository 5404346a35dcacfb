"""The national common directory: CSS L. 114-12-1, R. 114-25 s.

No look-up without a motive and the number of a case or claim; none of oneself, of relatives, of colleagues; none without an
individual authorisation for that motive. An answer is a lead, never a proof. Pure: facts and a day in, a refusal or none out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

LEAD = (
    "Piste, pas une preuve : cette réponse ne suffit à aucune décision. Faites-la confirmer par l’organisme qui sert la "
    "prestation avant tout acte défavorable."
)


class Motive(StrEnum):
    """Why somebody looks: one of the four that R. 114-25 allows."""

    RIGHTS_OPENING = "RIGHTS_OPENING"
    MANAGEMENT = "MANAGEMENT"
    CONTROL = "CONTROL"
    FRAUD = "FRAUD"


class Mode(StrEnum):
    """At once, later, or for a list of people."""

    REALTIME = "REALTIME"
    DEFERRED = "DEFERRED"
    COLLECTIVE = "COLLECTIVE"


class ReferenceKind(StrEnum):
    """What the look-up is for: a control case, a claim to a right, an axis of the programme."""

    CASE = "CASE"
    CLAIM = "CLAIM"
    AXIS = "AXIS"


class Category(StrEnum):
    """What the directory holds (R. 114-26); amounts come on request only."""

    IDENTITY = "IDENTITY"
    AFFILIATIONS = "AFFILIATIONS"
    RIGHTS = "RIGHTS"
    ADDRESS = "ADDRESS"
    AMOUNTS = "AMOUNTS"


class Refusal(StrEnum):
    """Why a look-up is refused; each is kept, with who tried."""

    NO_MOTIVE = "NO_MOTIVE"
    NO_REFERENCE = "NO_REFERENCE"
    NEEDS_A_CASE = "NEEDS_A_CASE"
    NEEDS_A_CLAIM = "NEEDS_A_CLAIM"
    UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE"
    CLOSED_CASE = "CLOSED_CASE"
    NOT_AUTHORISED = "NOT_AUTHORISED"
    MOTIVE_NOT_AUTHORISED = "MOTIVE_NOT_AUTHORISED"
    OWN_NUMBER_NOT_DECLARED = "OWN_NUMBER_NOT_DECLARED"
    LINKED = "LINKED"
    OWN_NAME = "OWN_NAME"
    DAILY_LIMIT = "DAILY_LIMIT"
    NO_AXIS = "NO_AXIS"
    NO_VISA = "NO_VISA"
    NOT_FOR_A_LIST = "NOT_FOR_A_LIST"


MOTIVE_WORDS: Mapping[str, str] = {
    Motive.RIGHTS_OPENING: "Ouvrir un droit",
    Motive.MANAGEMENT: "Gérer un droit",
    Motive.CONTROL: "Contrôler un dossier",
    Motive.FRAUD: "Vérifier une fraude possible",
}
MODE_WORDS: Mapping[str, str] = {
    Mode.REALTIME: "tout de suite", Mode.DEFERRED: "réponse différée", Mode.COLLECTIVE: "liste collective",
}  # fmt: skip
REFERENCE_WORDS: Mapping[str, str] = {
    ReferenceKind.CASE: "dossier de contrôle", ReferenceKind.CLAIM: "demande", ReferenceKind.AXIS: "axe du programme",
}  # fmt: skip
CATEGORY_WORDS: Mapping[str, str] = {
    Category.IDENTITY: "identité",
    Category.AFFILIATIONS: "affiliations, avec leurs dates et l’organisme de rattachement",
    Category.RIGHTS: "nature des droits, avec leurs dates d’effet",
    Category.ADDRESS: "adresse déclarée pour le paiement",
    Category.AMOUNTS: "montants des prestations en espèces, sur demande",
}
# The same in a word, where a line says how much came.
CATEGORY_NAMES: Mapping[str, str] = {
    Category.IDENTITY: "identité", Category.AFFILIATIONS: "affiliations", Category.RIGHTS: "droits",
    Category.ADDRESS: "adresse de paiement", Category.AMOUNTS: "montants",
}  # fmt: skip
SENTENCES: Mapping[str, str] = {
    Refusal.NO_MOTIVE: "Choisissez pourquoi vous consultez : aucune consultation sans motif.",
    Refusal.NO_REFERENCE: "Écrivez le numéro du dossier de contrôle ou de la demande : aucune consultation sans dossier.",
    Refusal.NEEDS_A_CASE: "Ce motif demande le numéro d’un dossier de contrôle, par exemple C-2026-118.",
    Refusal.NEEDS_A_CLAIM: "Pour ouvrir un droit, écrivez le numéro de la demande.",
    Refusal.UNKNOWN_REFERENCE: "Ce numéro n’est celui d’aucun dossier ni d’aucune demande de vos caisses.",
    Refusal.CLOSED_CASE: "Ce dossier de contrôle est clos : il n’y a plus rien à y vérifier.",
    Refusal.NOT_AUTHORISED: "Vous n’avez pas d’habilitation individuelle en cours pour le répertoire. La direction la donne.",
    Refusal.MOTIVE_NOT_AUTHORISED: "Votre habilitation ne couvre pas ce motif.",
    Refusal.OWN_NUMBER_NOT_DECLARED: (
        "Dites d’abord votre propre numéro de sécurité sociale : le portail n’en garde qu’une empreinte, pour vous empêcher "
        "de vous consulter par mégarde."
    ),
    Refusal.LINKED: (
        "Vous avez déclaré un lien avec cette personne, ou avec une autre de ce dossier : rien n’a été demandé, et la tentative "
        "est inscrite au journal. Demandez à votre encadrement de la confier à quelqu’un d’autre."
    ),
    Refusal.OWN_NAME: "Cette personne porte votre nom et votre prénom : confiez la consultation à quelqu’un d’autre.",
    Refusal.DAILY_LIMIT: "Vous avez atteint le nombre de consultations d’une journée. Votre encadrement est prévenu.",
    Refusal.NO_AXIS: "Une liste collective se demande pour un axe du programme de contrôle en vigueur : choisissez-le dans la liste.",
    Refusal.NO_VISA: "Une liste collective attend le visa de la protection des données : rien n’est demandé avant.",
    Refusal.NOT_FOR_A_LIST: "Ce motif ne se demande pas par liste : une personne à la fois, avec son dossier.",
}
# What each motive is looked up for; the first is what its refusal asks for.
REFERENCES: Mapping[str, Sequence[ReferenceKind]] = {
    Motive.RIGHTS_OPENING: (ReferenceKind.CLAIM,),
    Motive.MANAGEMENT: (ReferenceKind.CLAIM, ReferenceKind.CASE),
    Motive.CONTROL: (ReferenceKind.CASE,),
    Motive.FRAUD: (ReferenceKind.CASE,),
}
LIST_MOTIVES = frozenset({Motive.MANAGEMENT, Motive.CONTROL})
FOR_RIGHTS = frozenset({Motive.RIGHTS_OPENING, Motive.MANAGEMENT})
FOR_CONTROL = frozenset({Motive.CONTROL, Motive.FRAUD})


@dataclass(frozen=True)
class Permit:
    """An individual authorisation: its motives and its days, the last two no longer covered."""

    motives: frozenset[str]
    valid_from: date
    valid_to: date
    ended_on: date | None = None


@dataclass(frozen=True)
class Attempt:
    """What somebody tries. `reference_kind`: what the number typed is, None when it is nobody's."""

    motive: str
    mode: str
    reference: str
    reference_kind: str | None
    is_closed: bool
    permit: Permit | None
    has_own_number: bool
    asked_today: int
    daily_limit: int
    has_visa: bool = False


def holds(permit: Permit | None, day: date) -> bool:
    """Whether the authorisation is in force on `day`."""
    if permit is None or not permit.valid_from <= day < permit.valid_to:
        return False
    return permit.ended_on is None or day < permit.ended_on


def refusal_of(attempt: Attempt, day: date) -> Refusal | None:
    """Why the look-up is refused, the first reason; None when it may be asked. Links are refused elsewhere: they name people."""
    return _motive_refused(attempt) or _reference_refused(attempt) or _officer_refused(attempt, day)


def _motive_refused(attempt: Attempt) -> Refusal | None:
    if attempt.motive not in set(Motive):
        return Refusal.NO_MOTIVE
    if attempt.mode == Mode.COLLECTIVE and attempt.motive not in LIST_MOTIVES:
        return Refusal.NOT_FOR_A_LIST
    return None


def _reference_refused(attempt: Attempt) -> Refusal | None:
    if attempt.mode == Mode.COLLECTIVE:
        return None if attempt.reference_kind == ReferenceKind.AXIS and attempt.reference else Refusal.NO_AXIS
    if not attempt.reference:
        return Refusal.NO_REFERENCE
    if attempt.reference_kind is None:
        return Refusal.UNKNOWN_REFERENCE
    wanted = REFERENCES[attempt.motive]
    if attempt.reference_kind not in wanted:
        return Refusal.NEEDS_A_CASE if wanted[0] == ReferenceKind.CASE else Refusal.NEEDS_A_CLAIM
    return Refusal.CLOSED_CASE if attempt.is_closed else None


def _officer_refused(attempt: Attempt, day: date) -> Refusal | None:
    if not holds(attempt.permit, day):
        return Refusal.NOT_AUTHORISED
    if attempt.permit is not None and attempt.motive not in attempt.permit.motives:
        return Refusal.MOTIVE_NOT_AUTHORISED
    if not attempt.has_own_number:
        return Refusal.OWN_NUMBER_NOT_DECLARED
    if attempt.mode == Mode.COLLECTIVE:
        return None if attempt.has_visa else Refusal.NO_VISA
    return Refusal.DAILY_LIMIT if attempt.asked_today >= attempt.daily_limit else None


@dataclass(frozen=True)
class ServedRight:
    """A benefit that a body says it serves, from a day to another, None while it lasts."""

    body: str
    benefit: str
    since: date
    until: date | None = None


def served_twice(rights: Iterable[ServedRight]) -> list[tuple[ServedRight, ServedRight]]:
    """The same benefit that two bodies say they serve on a same day: to be read, not concluded from. Days are half-open."""
    pairs = combinations(sorted(rights, key=lambda one: (one.benefit, one.since, one.body)), 2)
    return [(one, two) for one, two in pairs if one.benefit == two.benefit and one.body != two.body and _meet(one, two)]


def _meet(one: ServedRight, two: ServedRight) -> bool:
    return (one.until is None or two.since < one.until) and (two.until is None or one.since < two.until)
