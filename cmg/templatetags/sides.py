"""Lines of the two sides, those that differ apart from those that agree; the catalogue’s sentences for families."""

from django import template

from cmg.models import EmployeeKind, SettlementStatus
from cmg.repairs.reading import act_words as words_of_act
from cmg.sentences import family_sentence
from cmg.two_sides import Line
from portal.casework.models import Dossier

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
    return family_sentence(sentence, dossier)


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
