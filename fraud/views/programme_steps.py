"""The acts on a programme, and who may do each when: one table for the buttons and for the pages."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from fraud.models import ControlProgramme
from fraud.programme.operations import has_written
from fraud.programme.selectors import review_of
from fraud.rules import programme as rules
from fraud.views.programme_common import DIRECT, OPINION, WRITE, may_write, today
from portal.accounts.models import Role

DATE_WORDS = {
    "draft": "Projet écrit", "adopted": "Programme adopté", "reviewed": "Revue à mi-année", "closed": "Année close",
    "reported": "Synthèse transmise à la caisse nationale",
}  # fmt: skip


@dataclass(frozen=True)
class Act:
    """One act: from which status, by whom; `fields`: the texts it asks for (name, label, hint)."""

    code: str
    label: str
    effect: str
    status: str
    who: frozenset[Role]
    is_ready: Callable[[ControlProgramme], bool] = lambda _programme: True
    fields: tuple[tuple[str, str, str], ...] = ()


def _over(programme: ControlProgramme) -> bool:
    return today().year > programme.year


def _begun(programme: ControlProgramme) -> bool:
    return today().year >= programme.year


def _to_review(programme: ControlProgramme) -> bool:
    day = today()
    late_enough = day.year > programme.year or (day.year == programme.year and (day.month, day.day) >= (6, 30))
    return late_enough and review_of(programme.body, programme.year) is None


ACTS = {
    one.code: one
    for one in (
        Act("avis", "Donner l’avis de la protection des données",
            "L’avis porte sur ce projet tel qu’il est écrit. Si le projet change, l’avis est à redonner.", rules.DRAFT, OPINION,
            fields=(("text", "Motifs de l’avis", "Minimisation, durées, informations des personnes, règles de croisement."),)),
        Act("adopter", "Adopter ce programme",
            "Adopté, il ne change plus : une modification sera une nouvelle version. Votre nom et la date y restent.",
            rules.DRAFT, DIRECT, lambda found: bool(found.opinion)),
        Act("commencer", "Mettre en œuvre", "Le programme devient celui de l’année en cours.", rules.ADOPTED, WRITE, _begun),
        Act("revue", "Écrire la revue à mi-année", "Les chiffres du jour y sont joints, avec leur empreinte.", rules.IN_PROGRESS,
            WRITE, _to_review,
            (("findings", "Ce que montre le semestre", "Dans les deux sens : ce qui est dû aux familles, ce qui a été versé en trop."),
             ("measures", "Ce qui en suit", "Ce qui change au second semestre, et pourquoi."))),
        Act("clore", "Clore l’année", "Les chiffres sont comptés une dernière fois et scellés avec leur empreinte.",
            rules.IN_PROGRESS, DIRECT, _over,
            (("words", "Synthèse de l’année", "Elle part à la caisse nationale avec les chiffres. Si une personne n’a pas été "
              "informée avant une décision, dites pourquoi."),)),
        Act("transmettre", "Transmettre la synthèse", "La synthèse part à la caisse nationale. Elle est écrite depuis les chiffres "
            "scellés.", rules.CLOSED, DIRECT),
    )
}  # fmt: skip


def acts_of(request: HttpRequest, programme: ControlProgramme) -> list[Act]:
    """What this person may do with it now."""
    return [act for act in ACTS.values() if may_do(request, programme, act)]


def may_do(request: HttpRequest, programme: ControlProgramme, act: Act) -> bool:
    roles = set(request.portal_roles)  # type: ignore[attr-defined]
    if not act.who & roles or programme.status != act.status or programme.superseded_on or not act.is_ready(programme):
        return False
    if act.code in ("avis", "adopter") and has_written(programme, request.user.pk or 0):
        return False
    return act.code == "avis" or may_write(request, programme.body)
