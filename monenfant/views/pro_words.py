"""Sentences of the professionals' pages: level B1, under twenty words."""

from datetime import date, timedelta

from monenfant.models import Gesture, Publication
from monenfant.naming import DAYS
from monenfant.reporting.squares import EITHER, Change, Line
from monenfant.rules.childminders import Excess
from portal.frame.templatetags.portal import long_day, plural

BANDS = {"AM": "matin", "PM": "après-midi"}
KIND_WORDS = {"REGULAR": "régulier", "OCCASIONAL": "ponctuel", "EMERGENCY": "urgence"}
GROUP_WORDS = {
    "0-12": "0 à 12 mois", "13-24": "13 à 24 mois", "25-36": "25 à 36 mois", "37-72": "37 mois à 6 ans", "ANY": "tous âges",
}  # fmt: skip


def half_day(weekday: int, band: str) -> str:
    return f"{DAYS[weekday]} {BANDS[band]}"


def line_words(line: Line) -> str:
    return "" if line.kind == EITHER else f"{GROUP_WORDS[line.age_group]}, {KIND_WORDS[line.kind]}"


def places_words(places: int | None) -> str:
    if places is None:
        return "pas encore dit"
    return "pris" if not places else f"{places} {plural('place libre,places libres', places)}"


def change_words(change: Change) -> str:
    """« Jeudi après-midi : pris, puis 1 place libre, 31 fois à partir du… »"""
    times = (
        f"{change.days} fois à partir du {long_day(change.first)}"
        if change.days > 1
        else f"le {long_day(change.first)}"
    )
    line = f" ({line_words(change.line)})" if change.line.kind != EITHER else ""
    what = f"{places_words(change.before)}, puis {places_words(change.after)}"
    return f"{half_day(change.weekday, change.band).capitalize()}{line} : {what}, {times}."


def excess_words(excess: Excess, approved: int) -> str:
    children = f"{approved} {plural('enfant,enfants', approved)} au plus"
    when = f"le {half_day(excess.day.weekday(), excess.band)}"
    contracts = f"{excess.present} {plural('contrat,contrats', excess.present)}"
    places = f"{excess.places} {plural('place,places', excess.places)}"
    return f"{children} {when} : {contracts} + {places} dépassent votre agrément."


def until_words(end: date) -> str:
    """« 31 mai »: the last day covered, which is never a year away."""
    return long_day(end - timedelta(days=1)).split(" ", 1)[1].rsplit(" ", 1)[0]


def window_words(first: date, end: date) -> str:
    last = end - timedelta(days=1)
    return f"le {long_day(first)}" if first == last else f"du {long_day(first)} au {long_day(last)}"


GESTURES = {
    Gesture.WEEK: "Vos places de la semaine",
    Gesture.UNTIL: "Vos places, la même semaine jusqu’au bout",
    Gesture.SAME: "Tout est comme avant",
    Gesture.STOP: "Arrêt : aucun enfant accueilli",
    Gesture.CLOSED: "Jour de fermeture",
    Gesture.LIMIT: "Places retirées par le portail : l’agrément a changé",
    Gesture.UNDO: "Retour à ce qui était dit avant",
}


def publication_words(made: Publication) -> str:
    words = GESTURES[Gesture(made.gesture)]
    return f"{words}, {window_words(made.window_start, made.window_end)}"


def steps_of(made: Publication) -> list[dict[str, object]]:
    """What comes after a publication; one gesture is enough only for who tells a week."""
    steps = ["Les familles le lisent dès maintenant."]
    if made.gesture in (Gesture.WEEK, Gesture.UNTIL, Gesture.SAME):
        steps.append("Si rien ne change, un seul geste suffira la prochaine fois.")
    if made.gesture == Gesture.STOP:
        steps.append("Quand vous reprenez, dites votre première semaine.")
    return [{"text": text, "done": False} for text in steps]


def told_words(made: Publication) -> str:
    """What families read of it."""
    if made.gesture == Gesture.STOP:
        return "Les familles lisent « indisponible »."
    return "Aucune place ce jour-là." if made.gesture == Gesture.CLOSED else free_words(made.free_half_days)


def free_words(half_days: int) -> str:
    """Zero is said, never left blank."""
    if not half_days:
        return "0 demi-journée libre : les familles lisent que tout est pris."
    return f"{half_days} {plural('demi-journée libre,demi-journées libres', half_days)} dans cette période."
