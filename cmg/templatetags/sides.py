"""Lines of the two sides, those that differ apart from those that agree; the catalogue’s sentences for families."""

from django import template

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
