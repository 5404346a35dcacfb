"""Template tags of every page: amounts, dates and words as people read them."""

from datetime import date, datetime

from django import template
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()
NO_BREAK = "\u00a0"


@register.filter
def money(cents: int | None) -> str:
    """``1 234,56 €`` from cents; « – » when the amount is not known."""
    if cents is None or cents == "":
        return "–"
    whole, rest = divmod(abs(int(cents)), 100)
    sign = "−" if int(cents) < 0 else ""
    return f"{sign}{whole:,}".replace(",", NO_BREAK) + f",{rest:02d}{NO_BREAK}€"


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
def plural(words: str, number: int) -> str:
    """The one of « dossier,dossiers » that goes with a number."""
    one, _, several = words.partition(",")
    return several if number > 1 else one


@register.filter
def month_name(day: date | None) -> str:
    """``octobre 2026``."""
    return date_format(day, "F Y").lower() if day else ""


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
    number = "1er" if local.day == 1 else str(local.day)
    return f"{date_format(local, 'l').lower()} {number} {date_format(local, 'F Y').lower()}"


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
