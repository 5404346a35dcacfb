"""What a second sending of a form is told: the first receipt, nothing done twice."""

from portal.benefits.models import EnteredFacts
from portal.frame.templatetags.portal import hour, short_day


def told_again(entered: EnteredFacts) -> str:
    """The first receipt, in a sentence."""
    when = f"{short_day(entered.done_at)} à {hour(entered.done_at)}"
    return f"C’était déjà enregistré le {when}, référence {entered.number} : rien n’a été fait deux fois."
