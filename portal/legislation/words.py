"""Sums, days and months as sentences write them: rules and pages alike, so that a rule needs no page to speak."""

from datetime import date

NO_BREAK = "\u00a0"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def sum_in_words(cents: int) -> str:
    """``1 234,56 €`` from cents, with spaces that no line breaks."""
    whole, rest = divmod(abs(cents), 100)
    sign = "−" if cents < 0 else ""
    return f"{sign}{whole:,}".replace(",", NO_BREAK) + f",{rest:02d}{NO_BREAK}€"


def month_in_words(day: date) -> str:
    """``octobre 2026``."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def day_in_words(day: date) -> str:
    """``26 octobre 2026``; the first of a month is « 1er »."""
    return f"{'1er' if day.day == 1 else day.day} {month_in_words(day)}"
