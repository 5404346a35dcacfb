"""The catalogue's sentences for families, with the names and dates of a dossier in their places."""

from portal.accounts.permissions import today
from portal.casework.models import Dossier
from portal.frame.templatetags.portal import long_day
from portal.organisations.directory import UnknownFund
from portal.organisations.serving import name_on


def family_sentence(sentence: str, dossier: Dossier | None) -> str:
    """The sentence for the family, with the owner's name and the deadline of its dossier."""
    owner = dossier.owner.full_name if dossier and dossier.owner else "une personne de l’équipe"
    deadline = long_day(dossier.deadline) if dossier else "(date à venir)"
    return sentence.replace("{nom}", owner).replace("{date}", deadline).replace("{enfant}", "l’enfant")


def body_of(dossier: Dossier) -> str:
    """Where the dossier is, in the family's words."""
    if dossier.body != "FUND":
        return "Pajemploi"
    try:
        return name_on(dossier.fund, today())
    except UnknownFund:
        return "votre caisse"
