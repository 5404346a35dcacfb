"""Numbers of indicators as people read them."""

from fraud.rules.indicators import CENTS, COUNT, DAYS, Actual, Indicator
from portal.frame.templatetags.portal import money

UNKNOWN = "–"


def share_words(thousandths: int | None) -> str:
    """``98,6 %``."""
    return UNKNOWN if thousandths is None else f"{thousandths // 10},{thousandths % 10}\u00a0%"


def number_words(unit: str, value: int | None) -> str:
    """The value in its unit; a dash when it is not known."""
    if value is None:
        return UNKNOWN
    if unit == CENTS:
        return money(value)
    if unit == COUNT:
        return f"{value:,}".replace(",", "\u00a0")
    if unit == DAYS:
        return f"{value // 10},{value % 10}\u00a0j"
    return share_words(value)


def actual_words(indicator: Indicator, actual: Actual) -> str:
    return number_words(indicator.unit, actual.value)


def target_words(indicator: Indicator, target: int | None) -> str:
    return "" if target is None else number_words(indicator.unit, target)


def typed_words(indicator: Indicator, target: int | None) -> str:
    """The target as the form shows it again."""
    if target is None or indicator.unit == COUNT:
        return "" if target is None else str(target)
    whole, rest = divmod(target, 100 if indicator.unit == CENTS else 10)
    digits = 2 if indicator.unit == CENTS else 1
    return f"{whole},{rest:0{digits}d}" if rest else str(whole)
