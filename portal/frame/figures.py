"""Legal figures as people read them: value with its unit, since when, where it was found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from portal.legislation.parameters import Parameters

NO_BREAK = "\u00a0"
FIGURE_STATUSES = {
    "verified": "vérifié dans le texte",
    "derived": "déduit du texte",
    "uncertain": "à confirmer",
    "unverified": "non vérifié",
    "policy": "choix du portail",
}
UNITS = {
    "EUR": "€", "EUR/hour": "€ de l’heure", "EUR/day": "€ par jour", "EUR/month": "€ par mois", "EUR/year": "€ par an", "hours": "heures",
    "multiple": "fois", "percent": "%", "ratio": "%", "points": "points", "years": "ans", "months": "mois",
    "weeks": "semaines", "days": "jours", "business days": "jours ouvrés", "payments": "mensualités", "bool": "",
    "enum": "", "index": "",
}  # fmt: skip


@dataclass(frozen=True)
class UsedFigure:
    """A legal figure that a step used: its value, since when, the texts of those steps, and where the value was found."""

    key: str
    label: str
    value: str
    since: date
    texts: str
    status: str
    source: str


def number(value: int, digits: int = 0, least: int = 0) -> str:
    """`value` ÷ 10^`digits` as French writes it, with at least `least` decimals and no useless nought."""
    whole, rest = divmod(abs(value), 10**digits)
    decimals = f"{rest:0{digits}d}".rstrip("0").ljust(least, "0") if digits else ""
    sign = "−" if value < 0 else ""
    return sign + f"{whole:,}".replace(",", NO_BREAK) + (f",{decimals}" if decimals else "")


def decimal(value: Any) -> str:
    """An exact figure: as a decimal, or as a fraction when it has none (1/3)."""
    exact = Fraction(value)
    digits = next((count for count in range(12) if (exact * 10**count).denominator == 1), None)
    return str(exact) if digits is None else number(int(exact * 10**digits), digits)


def figure_shown(value: Any, unit: str) -> str:
    """A figure with its unit; a list with its figures in order, a table row by row."""
    if isinstance(value, dict):
        return " ; ".join(f"{name}{NO_BREAK}: {figure_shown(inner, unit)}" for name, inner in value.items())
    if isinstance(value, tuple):
        return ", ".join(figure_shown(inner, unit) for inner in value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, str):
        return value
    if unit == "ratio" and (Fraction(value) * 10**6).denominator != 1:
        return decimal(value)
    return f"{decimal(value * 100 if unit == 'ratio' else value)}{NO_BREAK}{UNITS.get(unit, unit)}".rstrip()


def used_figures(
    told: Iterable[Mapping[str, Any]], parameters: Parameters, words: Mapping[str, str]
) -> list[UsedFigure]:
    """The figures of an answer, for its page: their term is their label; `words` say what codes mean."""
    found = []
    for one in told:
        figure, dated = parameters.figures[one["key"]], parameters.dated(one["key"], date.fromisoformat(one["date"]))
        parts = dated.value if isinstance(dated.value, list | tuple) else [dated.value]
        shown = (figure_shown(part, figure.unit) for part in parts)
        value, status = ", ".join(words.get(part, part) for part in shown), FIGURE_STATUSES[dated.status]
        found.append(UsedFigure(figure.key, figure.term, value, dated.since, "", status, dated.source))
    return sorted(found, key=lambda one: one.label)
