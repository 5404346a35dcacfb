"""For how long the rights commission usually decides: CSS R. 541-4, since 2019. It alone decides; the unusual is only told."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.benefits.rules.figures import AEEH_LENGTH, benefit_parameters
from portal.legislation.calendar import months_later
from portal.legislation.figures import figures_on

UNUSUAL = {
    "to_the_limit": "À partir de 80 %, l’allocation de base court jusqu’aux vingt ans de l’enfant.",
    "complement": "À partir de 80 %, un complément se décide pour {least} à {most} ans.",
    "support": "Entre 50 et 79 %, l’allocation se décide pour {least} à {most} ans.",
}


@dataclass(frozen=True, slots=True)
class Length:
    """What a decision says; `ends_on` is the first day that it no longer covers, None when it names none."""

    incapacity_rate: int
    complement: int
    starts_on: date
    ends_on: date | None
    child_birth_date: date | None


def unusual_length(told: Length, *, decided_on: date) -> str:
    """What the text says when the decision says something else, in French; empty when it is usual.

    The month of the twentieth birthday ends every right: a decision that stops there is never too short. Raises
    NoParameterInForce before 2019.
    """
    figures = figures_on(AEEH_LENGTH, decided_on, benefit_parameters())
    if told.ends_on is not None and _reaches_the_limit(told, figures):
        return ""
    if told.incapacity_rate >= figures["full_incapacity_rate"] and not told.complement:
        return UNUSUAL["to_the_limit"] if told.ends_on is not None else ""
    code = "complement" if told.incapacity_rate >= figures["full_incapacity_rate"] else "support"
    least, most = figures[f"{code}_years_least"], figures[f"{code}_years_most"]
    is_usual = told.ends_on is not None and _after(told, least) <= told.ends_on <= _after(told, most)
    return "" if is_usual else UNUSUAL[code].format(least=least, most=most)


def _after(told: Length, years: int) -> date:
    return months_later(told.starts_on, years * 12)


def _reaches_the_limit(told: Length, figures: dict[str, Any]) -> bool:
    born = told.child_birth_date
    return bool(born and told.ends_on and told.ends_on >= months_later(born.replace(day=1), figures["age_limit"] * 12))
