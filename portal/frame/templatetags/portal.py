"""Template tags of every page: amounts, dates and words as people read them."""

from collections.abc import Sized
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe

from portal.frame.spaces import Door, doors
from portal.legislation.words import NO_BREAK, day_in_words, month_in_words, sum_in_words

register = template.Library()


@register.simple_tag
def family_spaces(path: str) -> list[Door]:
    """The spaces of a parent, the one of `path` marked."""
    return doors(path)


@register.filter
def money(cents: int | None) -> str:
    """``1 234,56 €`` from cents; « – » when the amount is not known."""
    return "–" if cents is None or cents == "" else sum_in_words(int(cents))


@register.filter
def amount(cents: int | None) -> str:
    """``1 234,56``: for columns whose heading bears the unit."""
    return money(cents).removesuffix(f"{NO_BREAK}€")


@register.filter
def minus(whole: int, part: int) -> int:
    return int(whole or 0) - int(part or 0)


@register.filter
def nobreak(text: str) -> str:
    """A number that stays on one line."""
    return text.replace(" ", NO_BREAK)


@register.filter
def count(number: int | None) -> str:
    """``27 914``."""
    return "–" if number is None or number == "" else f"{int(number):,}".replace(",", NO_BREAK)


@register.filter
def more_or_less(difference: int) -> str:
    """``12 de plus``, ``3 de moins``, ``pareil``: a difference in words, never a bare sign."""
    return _difference(difference, count(abs(difference)))


@register.filter
def money_more_or_less(cents: int) -> str:
    """``1 234,56 € de plus``, ``12,00 € de moins``, ``pareil``."""
    return _difference(cents, money(abs(cents)))


def _difference(value: int, words: str) -> str:
    return "pareil" if not value else f"{words} de {'plus' if value > 0 else 'moins'}"


@register.filter
def plural(words: str, number: int | Sized) -> str:
    """The one of « dossier,dossiers » that goes with a number, or with as many as a list holds."""
    one, _, several = words.partition(",")
    return several if (number if isinstance(number, int) else len(number)) > 1 else one


@register.filter
def month_name(day: date | None) -> str:
    """``octobre 2026``."""
    return month_in_words(day) if day else ""


@register.filter
def of_month(day: date | None) -> str:
    """``d’octobre 2026``, ``de mai 2026``."""
    name = month_name(day)
    return f"d’{name}" if name[:1] in ("a", "o") else f"de {name}"


@register.filter
def month_key(day: date | None) -> str:
    """``2026-10``, as the addresses write it."""
    return f"{day:%Y-%m}" if day else ""


@register.filter
def long_day(day: date | datetime | None) -> str:
    """``lundi 26 octobre 2026``; the first of a month is « 1er »."""
    if not day:
        return ""
    local = timezone.localtime(day) if isinstance(day, datetime) else day
    return f"{date_format(local, 'l').lower()} {day_in_words(local)}"


@register.filter
def plain_day(day: date | None) -> str:
    """``26 octobre 2026``, in a sentence where the day of the week says nothing: a birth, the end of a right."""
    return day_in_words(day) if day else ""


@register.filter
def short_day(day: date | datetime | None) -> str:
    """``26/10/2026``."""
    if not day:
        return ""
    local = timezone.localtime(day) if isinstance(day, datetime) else day
    return f"{local:%d/%m/%Y}"


@register.filter
def from_iso(text: str | None) -> date | None:
    """The date of ``2026-10-26``, as facts kept in JSON hold it."""
    return date.fromisoformat(text) if text else None


@register.filter
def hour(moment: datetime | None) -> str:
    """``9 h 42``."""
    return f"{timezone.localtime(moment).hour}{NO_BREAK}h{NO_BREAK}{timezone.localtime(moment):%M}" if moment else ""


@register.filter
def moment(at: datetime | None) -> str:
    """``26/10/2026 à 9 h 42``; the day alone when the hour is not known (midnight)."""
    if not at:
        return ""
    known = timezone.localtime(at).time() != time()
    return f"{short_day(at)} à {hour(at)}" if known else short_day(at)


@register.filter
def age(since: date | None, today: date) -> str:
    """``aujourd’hui``, ``3 jours``: how long something has been open; « – » when nothing is."""
    if not since:
        return "–"
    days = (today - since).days
    return f"{days}{NO_BREAK}jour{'s' if days > 1 else ''}" if days > 0 else "aujourd’hui"


@register.filter
def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


@register.filter
def last_day(day: date | None) -> str:
    """The last day covered by a half-open period: the day before its end."""
    return short_day(day - timedelta(days=1)) if day else ""


@register.filter
def last_plain_day(day: date | None) -> str:
    """The last day covered, as a sentence says it."""
    return plain_day(day - timedelta(days=1)) if day else ""


@register.filter
def digest_groups(digest: str) -> str:
    """A digest in groups of four, as it is read aloud."""
    return " ".join(digest[start : start + 4].upper() for start in range(0, len(digest), 4))


@register.filter
def lookup(table: dict, key: object) -> object:
    """``table[key]``, empty when there is none."""
    return table.get(key, "")


@register.filter(name="is")
def is_same(value: object, other: object) -> bool:
    return value == other


@register.filter
def split(text: str, separator: str = "|") -> list[str]:
    return [part for part in text.split(separator) if part]


EFFECT_WORDS = {
    "HOLD_ALL": "Rien ne part",
    "HOLD_DISPUTED": "La part contestée ne part pas",
    "DEBIT_AS_IF_RIGHT": "Calculé avec le dernier droit connu",
    "PROCEED_WITH_NOTICE": "Part, et la famille est prévenue",
    "PROCEED_RECOMPUTED": "Recalculé, puis part",
    "PROCEED": "Part normalement",
}


@register.filter
def effect_word(effect: str) -> str:
    """What happens to the debit, in words."""
    return EFFECT_WORDS.get(effect, effect)


@register.filter
def effect_tone(effect: str) -> str:
    return "stop" if effect.startswith("HOLD") else "wait" if effect not in ("PROCEED", "") else "ok"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A Lucide icon of ``static/icons``, hidden from screen readers: a word always stands beside it."""
    return _icon(name)


@cache
def _icon(name: str) -> SafeString:
    drawn = (Path(settings.BASE_DIR) / "static" / "icons" / f"{name}.svg").read_text(encoding="utf-8").strip()
    return mark_safe(drawn.replace("<svg ", '<svg class="icon" aria-hidden="true" focusable="false" ', 1))


TONE_ICONS = {"ok": "check", "wait": "clock", "stop": "pause", "": "info"}


@register.filter
def tone_icon(tone: str) -> str:
    """The icon of a tone: one meaning each (pause: held, clock: a delay)."""
    return TONE_ICONS[tone or ""]


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """The page's query string with `changes`; an empty value removes its key."""
    values: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        values.pop(name, None)
        if value not in ("", None):
            values[name] = str(value)
    return "?" + values.urlencode()


@register.simple_tag(takes_context=True)
def query_without(context: template.Context, name: str) -> str:
    """The page's query string without one filter, from the first page."""
    return query(context, **{name: "", "after": "", "before": ""})
