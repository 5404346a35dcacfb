"""How far a deadline is, in working days, as people count them."""

from dataclasses import dataclass
from datetime import date, timedelta

from django import template

from portal.legislation.calendar import is_business_day

register = template.Library()
SOON = 5
NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Distance:
    """Words, and the tone of a badge: late (stop), today or soon (wait), far (empty)."""

    words: str
    tone: str


@register.filter
def distance(deadline: date | None, today: date) -> Distance | None:
    """``dans 10 jours ouvrés``, ``aujourd’hui``, ``en retard de 2 jours ouvrés``; None without a deadline."""
    if deadline is None or deadline == "":
        return None
    if deadline == today:
        return Distance("aujourd’hui", "wait")
    first, last = sorted((deadline, today))
    between = (last - first).days
    days = sum(is_business_day(first + timedelta(days=number)) for number in range(1, between + 1))
    if deadline < today:
        return Distance(f"en retard de {_counted(days)}" if days else "en retard", "stop")
    return Distance(
        f"dans {_counted(days)}" if days else "avant le prochain jour ouvré", "wait" if days <= SOON else ""
    )


def _counted(days: int) -> str:
    return f"{days}{NO_BREAK}jour{'s' if days > 1 else ''} ouvré{'s' if days > 1 else ''}"
