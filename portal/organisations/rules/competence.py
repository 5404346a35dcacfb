"""Which body is competent for a département, a branch and a scheme on a day.

In this order: the agricultural scheme is its own fund's (CMSA, `MSA` in the files); at Mayotte everything is the CSSM's;
elsewhere the joint fund whose mission covers the branch and the day (CSS L. 216-4) comes before the ordinary body; once its
mission has ended, the body whose place it had taken answers again. Overseas the Caf has the family branch and the CGSS the
rest, for both schemes: a joint fund takes their place for both. Pure module: no database, no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from portal.organisations.directory import NAMES_SURE_FROM, Departement, Fund, Mission, bodies, body_on, departements

SICKNESS, FAMILY, COLLECTION = "SICKNESS", "FAMILY", "COLLECTION"
KINDS = {SICKNESS: "CPAM", FAMILY: "CAF", COLLECTION: "URSSAF"}
OUTSIDE = "975"


class Scheme(StrEnum):
    """The scheme that a person belongs to."""

    GENERAL = "GENERAL"
    AGRICULTURAL = "AGRICULTURAL"


ARTICLES = {
    "CPAM": "CSS L. 211-1",
    "CAF": "CSS L. 212-1",
    "URSSAF": "CSS L. 213-1",
    "MSA": "code rural L. 723-2",
    "CGSS": "CSS L. 752-1",
    "CCSS": "CSS L. 216-4",
    "CSSM": "ordonnance 96-1122 du 20 décembre 1996, art. 22",
}
WHY = {
    "CPAM": "La Cpam du département a la branche maladie du régime général.",
    "CAF": "La Caf du département a la branche famille du régime général.",
    "URSSAF": "L’Urssaf qui sert le département recouvre les cotisations du régime général.",
    "MSA": "Le régime agricole a sa propre caisse, pour toutes les branches. Une caisse commune n’y change rien.",
    "CGSS": "Outre-mer, la caisse générale a toutes les branches, sauf la famille.",
    "CCSS": "Une caisse commune tient cette branche dans le département ce jour-là.",
    "CSSM": "À Mayotte, une seule caisse a toutes les branches.",
}
WHY_AGAIN = "Une caisse commune y tenait cette branche ; depuis la fin de sa mission, cet organisme répond à nouveau."
SHORT = {
    "CPAM": "Cpam",
    "CAF": "Caf",
    "URSSAF": "Urssaf",
    "MSA": "caisse de MSA",
    "CGSS": "CGSS",
    "CSSM": "caisse de Mayotte",
}
CAF_OVERSEAS = "Outre-mer, la branche famille est à la Caf ; la caisse générale (CGSS) a les autres."
NO_MSA = "Il n’y a pas de caisse agricole outre-mer : la caisse générale sert aussi les exploitants et leurs salariés."


class NoCompetentBody(LookupError):
    """The directory names nobody there on that day: `code` of the refusal, its sentence in French."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Competence:
    """The answer: the body, why, by which article. `caution` says what the directory is not sure of."""

    code: str
    name: str
    kind: str
    why: str
    article: str
    caution: str = ""


def competent_body(departement: str, branch: str, scheme: str, day: date, missions: Iterable[Mission]) -> Competence:
    """The body competent on `day`. Raises NoCompetentBody: an unknown place, or a body that the directory lacks."""
    place = _place(departement)
    if place.territory == "METROPOLE":
        if scheme == Scheme.AGRICULTURAL:
            return _listed("MSA", place, day)
        return _general(place, branch, day, tuple(missions))
    if place.territory == "MAYOTTE":
        return _listed("CSSM", place, day)
    return _overseas(place, branch, scheme, day, tuple(missions))


def _place(departement: str) -> Departement:
    place = departements().get(departement)
    if place is None:
        raise NoCompetentBody("competence.unknown_departement", "Ce numéro n’est celui d’aucun département.")
    if departement == OUTSIDE:
        raise NoCompetentBody(
            "competence.outside", "Saint-Pierre-et-Miquelon a son propre organisme, que cet annuaire ne suit pas."
        )
    return place


def _general(place: Departement, branch: str, day: date, missions: tuple[Mission, ...]) -> Competence:
    if (held := _held(place.number, branch, day, missions)) is not None:
        return held
    if (again := _answering_again(missions, place.number, branch, day)) is not None:
        kind = KINDS[branch]
        return Competence(again.code, again.name, kind, WHY_AGAIN, ARTICLES[kind])
    waiting = next((one for one in missions if _is_unsure(one, place, branch)), None)
    found = _listed(KINDS[branch], place, day)
    if waiting is None:
        return found
    return Competence(found.code, found.name, found.kind, found.why, found.article, f"{waiting.note}.")


def _held(number: str, branch: str, day: date, missions: tuple[Mission, ...]) -> Competence | None:
    held = next((one for one in missions if one.covers(number, branch, day)), None)
    return None if held is None else Competence(held.body, held.name, "CCSS", WHY["CCSS"], ARTICLES["CCSS"])


def _answering_again(missions: tuple[Mission, ...], number: str, branch: str, day: date) -> Fund | None:
    """The body whose place the last joint fund had taken there, when that fund has ended: the directory may say that it
    ended itself, on the first day of the joint fund."""
    ended = [
        one for one in missions
        if (one.departement, one.branch) == (number, branch) and one.ends_on is not None and one.ends_on <= day
    ]  # fmt: skip
    last = max(ended, key=lambda one: one.ends_on or day, default=None)
    return None if last is None else bodies().get(last.former)


def _is_unsure(mission: Mission, place: Departement, branch: str) -> bool:
    return mission.starts_on is None and (mission.departement, mission.branch) == (place.number, branch)


def _overseas(place: Departement, branch: str, scheme: str, day: date, missions: tuple[Mission, ...]) -> Competence:
    """Saint-Barthélemy and Saint-Martin follow the bodies of Guadeloupe, a joint fund in their place too."""
    ordinary = _ordinary_overseas(place, branch, scheme, day)
    seat = bodies()[ordinary.code].seat_departement
    if (held := _held(seat, branch, day, missions)) is not None:
        return held
    return replace(ordinary, why=WHY_AGAIN) if _answering_again(missions, seat, branch, day) else ordinary


def _ordinary_overseas(place: Departement, branch: str, scheme: str, day: date) -> Competence:
    if branch == FAMILY:
        return _listed("CAF", place, day, why=CAF_OVERSEAS, article=ARTICLES["CGSS"])
    if scheme == Scheme.AGRICULTURAL:
        return _listed("CGSS", place, day, why=NO_MSA)
    return _listed("CGSS", place, day)


def _listed(kind: str, place: Departement, day: date, *, why: str = "", article: str = "") -> Competence:
    found = body_on(kind, place.number, day)
    if found is None:
        raise NoCompetentBody(
            "competence.not_listed",
            f"L’annuaire de ce portail ne connaît pas l’organisme compétent pour {place.name} ({place.number}) ce jour-là "
            f"({SHORT[kind]}). Il ne devine rien.",
        )
    return Competence(found.code, found.name, kind, why or WHY[kind], article or ARTICLES[kind], _caution(found, day))


def _caution(found: Fund, day: date) -> str:
    if found.body in ("MSA", "URSSAF") and day < NAMES_SURE_FROM and found.valid_to is None:
        return "C’est le nom d’aujourd’hui : avant les fusions régionales, l’organisme pouvait en porter un autre."
    return ""
