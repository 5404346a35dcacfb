"""Lines of the two sides, those that differ apart from those that agree; the catalogue’s sentences for families."""

from django import template

from cmg.models import EmployeeKind, SettlementStatus
from cmg.repairs.reading import act_words as words_of_act
from cmg.two_sides import Line
from portal.casework.models import Dossier
from portal.frame.templatetags.portal import long_day

register = template.Library()


@register.filter
def differing(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.verdict != "EQUAL"]


@register.filter
def agreeing(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.verdict == "EQUAL"]


@register.filter
def family_words(sentence: str, dossier: Dossier | None) -> str:
    """The sentence for the family, with the owner's name and the deadline of its dossier in their places."""
    owner = dossier.owner.full_name if dossier and dossier.owner else "une personne de l’équipe"
    deadline = long_day(dossier.deadline) if dossier else "(date à venir)"
    return sentence.replace("{nom}", owner).replace("{date}", deadline).replace("{enfant}", "l’enfant")


@register.filter
def act_words(code: str) -> str:
    """The words of an act of repair."""
    return words_of_act(code)


@register.filter
def status_words(status: str) -> str:
    """« réglé », « retenu »; « pas déclaré » when there is nothing."""
    return SettlementStatus(status).label.lower() if status else "pas déclaré"


@register.filter
def employee_words(kind: str) -> str:
    return EmployeeKind(kind).label.lower()
