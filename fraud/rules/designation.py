"""Who may exchange: designations by category, act, signatory and dates (CSS art. L. 114-16-1 and L. 114-16-3).

Pure: facts, figures and days in; a code out, with one sentence a code. What a category may ask, be given and who signs for it
are dated figures: before the day on which the law opens it, no act can designate anybody.
"""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from fraud.rules.figures import control_parameters
from portal.legislation.parameters import NoParameterInForce

ALL = "ALL"
# What may be asked, in the words of the list.
ITEMS = {
    "IDENTITY": "Identité et adresse",
    "BENEFITS": "Prestations et périodes",
    "RESOURCES": "Ressources",
    "BANK_DETAILS": "Coordonnées bancaires",
    "EMPLOYMENT": "Emploi",
    "WAGES": "Salaires",
    "PRESENCE": "Présence au travail ou en accueil",
    "WORK_FINDINGS": "Constats sur le travail",
    "UNEMPLOYMENT_RIGHTS": "Droits au chômage",
    "REGISTRATION": "Inscription comme demandeur d’emploi",
    "INSOLVENCY_PAYMENTS": "Sommes avancées par la garantie des salaires",
    "CARE_PROVIDERS": "Professionnels de santé",
    "ESTABLISHMENTS": "Établissements et structures",
    "HEALTH_FRAUD": "Faits relevés par l’agence de santé",
}
# The families of benefits that a designation covers.
SCOPES = {
    "FAMILY": "Prestations familiales",
    "CHILDCARE": "Accueil du jeune enfant",
    "SUPPORT": "Pensions alimentaires",
    "HOUSING": "Aides au logement",
    "SOLIDARITY": "RSA et prime d’activité",
    "HEALTH": "Santé",
}
SENTENCES = {
    "NOT_OPEN_YET": "À la date de cet acte, la loi n’ouvrait pas encore les échanges à cette catégorie d’agents.",
    "TOO_LONG": "Une désignation dure trois ans au plus : rapprochez sa fin, vous pourrez la renouveler.",
    "WRONG_SIGNATORY": "Cet acte n’est pas signé par la bonne personne : pour cette catégorie, sa qualité ne suffit pas.",
    "WRONG_BODY": "Cette désignation n’est pas faite pour cet organisme.",
    "SELF_DESIGNATION": "Personne ne se désigne soi-même : un autre signataire doit prendre cet acte.",
    "NOT_YET": "Cette désignation n’a pas encore commencé.",
    "EXPIRED": "Cette désignation est finie : rien ne peut être envoyé ni reçu avant un nouvel acte.",
    "REVOKED": "Cette désignation a été retirée : rien ne peut être envoyé ni reçu.",
    "LEFT_THE_POST": "Cette personne a quitté son poste : sa désignation est retirée aussitôt.",
    "OUT_OF_SCOPE": "La demande dépasse ce que cette désignation permet.",
    "OUT_OF_TERRITORY": "Le département de la personne n’est pas dans le territoire de cette désignation.",
    "NOT_DESIGNATED": "Cette personne n’est pas désignée pour échanger.",
}  # fmt: skip


@dataclass(frozen=True)
class DesignationFacts:
    """One designation. `valid_to` and `revoked_on` are the first days no longer covered; `nature` is the body's."""

    category: str
    nature: str
    body: str
    holder: str
    signatory: str
    signatory_quality: str
    act_dated: date
    valid_from: date
    valid_to: date
    revoked_on: date | None = None
    scopes: frozenset[str] = frozenset()
    territory: frozenset[str] = frozenset()
    designated_by_themselves: bool = False


def opened_on(category: str) -> date:
    """The first day on which somebody of the category may be designated."""
    return control_parameters().figures[f"designation.{category}"].values[0].since


def first_day_proposed(category: str, day: date) -> date:
    """What a form proposes as the first day: today, and for the health agencies not before the portal's own default."""
    if category != "HEALTH_AGENCY":
        return day
    first = control_parameters().value("designation.health_agency_default", max(day, opened_on(category)))
    return max(day, date.fromisoformat(first))


def act_refusal(facts: DesignationFacts) -> str:
    """Why the act cannot stand, whatever the day: a code, or nothing."""
    try:
        category = control_parameters().value(f"designation.{facts.category}", facts.act_dated)
    except NoParameterInForce:
        return "NOT_OPEN_YET"
    if facts.designated_by_themselves or plain(facts.signatory) == plain(facts.holder):
        return "SELF_DESIGNATION"
    if facts.nature not in category["natures"]:
        return "WRONG_BODY"
    if plain_quality(facts.signatory_quality) not in category["signatories"]:
        return "WRONG_SIGNATORY"
    return "TOO_LONG" if facts.valid_to > latest_end(facts.valid_from) else ""


def designation_refusal(facts: DesignationFacts, day: date) -> str:
    """Why the designation is worth nothing on `day`: a code, or nothing when it is in force."""
    refused = act_refusal(facts)
    if refused:
        return refused
    if facts.revoked_on is not None and day >= facts.revoked_on:
        return "REVOKED"
    if day < facts.valid_from:
        return "NOT_YET"
    return "EXPIRED" if day >= facts.valid_to else ""


def exchange_refusal(
    facts: DesignationFacts, day: date, *, sender: str = "", asks: Iterable[str] = (), receives: Iterable[str] = (),
    scope: str = "", departement: str | None = None,
) -> str:  # fmt: skip
    """Why this officer may not send, ask, be given or treat this on `day`: a code, or nothing. `departement`: the person's;
    None when nobody is concerned yet."""
    refused = designation_refusal(facts, day)
    if refused:
        return refused
    if sender and sender != facts.body:
        return "WRONG_BODY"
    category = control_parameters().value(f"designation.{facts.category}", day)
    within = _within(asks, category["asks"]) and _within(receives, category["receives"])
    if not within or (scope and scope not in facts.scopes):
        return "OUT_OF_SCOPE"
    return "" if departement is None or covers(facts.territory, departement) else "OUT_OF_TERRITORY"


def covers(territory: Collection[str], departement: str) -> bool:
    """Whether a designation holds for somebody of that département: without a list, everywhere in the country."""
    return bool(departement) and (not territory or departement in territory)


def latest_end(valid_from: date) -> date:
    """The last first-day-no-longer-covered that a designation may have."""
    years = int(control_parameters().value("designation.years_max", valid_from))
    # 29 February has no like day: the first of March then.
    try:
        return valid_from.replace(year=valid_from.year + years)
    except ValueError:
        return date(valid_from.year + years, 3, 1)


def may_ask(category: str, day: date) -> frozenset[str]:
    """The items that a category may ask on `day`."""
    return _items(category, day, "asks")


def may_receive(category: str, day: date) -> frozenset[str]:
    """The items that a category may be given on `day`."""
    return _items(category, day, "receives")


def plain(text: str) -> str:
    """A name as it is compared: without accents, case or doubled spaces."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(bare.lower().replace("-", " ").split())


def plain_quality(text: str) -> str:
    """« Directrice générale » and « Directeur général » are one quality."""
    words = {"directrice": "directeur", "generale": "general", "regionale": "regional"}
    return " ".join(words.get(word, word) for word in plain(text).split())


def _within(wanted: Iterable[str], allowed: Iterable[str]) -> bool:
    allowed = set(allowed)
    return ALL in allowed or set(wanted) <= allowed


def _items(category: str, day: date, what: str) -> frozenset[str]:
    value: dict[str, Any] = control_parameters().value(f"designation.{category}", day)
    return frozenset(ITEMS) if ALL in value[what] else frozenset(value[what])
