"""What is said of a search, in French: when, how far, how fresh."""

from datetime import date

from monenfant.naming import DAYS
from monenfant.rules.opening import Span
from monenfant.search.need import Need

KINDS = {"OCCASIONAL": "Un besoin ponctuel", "REGULAR": "Un accueil régulier", "EMERGENCY": "Une urgence"}
MODES = {
    "CRECHE": "Crèche", "MICRO": "Micro-crèche", "CHILDMINDER": "Assistante maternelle ou assistant maternel",
    "HOUSE": "Maison d’assistants maternels",
}  # fmt: skip
NO_BREAK = "\u00a0"
SILENT = "n’a rien indiqué"


def clock(minutes: int) -> str:
    """``14 h``, ``7 h 30``."""
    hour, minute = divmod(minutes, 60)
    return f"{hour}{NO_BREAK}h" + (f"{NO_BREAK}{minute:02d}" if minute else "")


def of_hours(hours: Span | None) -> str:
    return f"de {clock(hours[0])} à {clock(hours[1])}" if hours else ""


def half_of(need: Need) -> str:
    """``après-midi`` when one half alone is asked for."""
    return {"AM": "matin", "PM": "après-midi"}[need.halves[0]] if len(need.halves) == 1 else ""


def when(need: Need) -> str:
    """``jeudi après-midi``; several days by their dates, a weekly need by its days."""
    if need.is_regular:
        days = [DAYS[day] for day in sorted({day.weekday() for day in need.days})]
        told = " et ".join([", ".join(days[:-1]), days[-1]]) if len(days) > 1 else days[0]
        return f"chaque semaine ({told}{_after(half_of(need))})"
    if len(need.days) == 1:
        return f"{DAYS[need.days[0].weekday()]}{_after(half_of(need))}"
    return f"du {need.days[0]:%d/%m} au {need.days[-1]:%d/%m}{_after(half_of(need))}"


def _after(words: str) -> str:
    return f" {words}" if words else ""


def distance(km: float, *, about: bool) -> str:
    """``1,2 km``; to the kilometre, one at least, where the address is hidden."""
    if about:
        return f"à environ {about_km(km)}{NO_BREAK}km"
    return f"{km:.1f}{NO_BREAK}km".replace(".", ",")


def about_km(km: float) -> int:
    return max(1, int(km + 0.5))


def confirmed(on: date | None, today: date) -> str:
    """``confirmé hier``: the age of what a place told."""
    if on is None:
        return SILENT
    days = (today - on).days
    if days <= 1:
        return "confirmé hier" if days == 1 else "confirmé aujourd’hui"
    return f"confirmé le {on:%d/%m}" if on.year == today.year else f"confirmé le {on:%d/%m/%Y}"


def told_long_ago(on: date, today: date) -> str:
    """``annoncé le 16/10, il y a 10 jours``: what is to confirm."""
    return f"annoncé le {on:%d/%m}, il y a {(today - on).days} jours"
