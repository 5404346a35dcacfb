"""The administrative penalty: CSS L. 114-17 and R. 114-10 to R. 114-14. Its limits by the date of the facts, and its refusals.

A limit is a number of monthly ceilings of social security (PMSS), both read on the first day of the facts: the older scale,
the lower of the two, when the facts last. Rounded once, half up to the cent. Good faith excludes the penalty of a wrong or
missing declaration (I, 1° and 2°); without intent there is no minimum; repeated facts double the general maximum alone.

R. 114-14 has a finer scale by the size of the sum paid in excess. None is given with the portal (`penalty.scale`); the one that
a body writes there narrows the limits of the law, and never widens them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import floor

from portal.legislation.calendar import months_later
from portal.legislation.parameters import NoParameterInForce, Parameters
from portal.legislation.words import day_in_words, sum_in_words

CENTS = 100


class PenaltyGround(StrEnum):
    """What the law punishes (L. 114-17, I)."""

    WRONG_DECLARATION = "WRONG_DECLARATION"
    UNDECLARED_CHANGE = "UNDECLARED_CHANGE"
    CONCEALED_WORK = "CONCEALED_WORK"
    MANOEUVRES = "MANOEUVRES"
    OBSTRUCTION = "OBSTRUCTION"


EXCUSED_BY_GOOD_FAITH = {PenaltyGround.WRONG_DECLARATION, PenaltyGround.UNDECLARED_CHANGE}


@dataclass(frozen=True)
class Sanction:
    """An earlier sanction of the same person: its ground, its period (half-open), the day it became final."""

    ground: PenaltyGround
    since: date
    until: date
    final_on: date | None


@dataclass(frozen=True)
class PenaltyFacts:
    """What a penalty is about; `since` and `until` is the period of the facts, half-open."""

    ground: PenaltyGround
    since: date
    until: date
    has_intent: bool
    is_good_faith: bool = False
    is_organised_gang: bool = False
    is_acquitted: bool = False
    is_overpayment_annulled: bool = False
    overpayment_cents: int = 0
    earlier: Sequence[Sanction] = ()


@dataclass(frozen=True)
class PenaltyBracket:
    """A line of the finer scale (R. 114-14): from which sum paid in excess, between what and what, in cents."""

    from_cents: int
    minimum_cents: int
    maximum_cents: int
    source: str

    @property
    def words(self) -> str:
        return f"tranche à partir de {sum_in_words(self.from_cents)} versés en trop ({self.source})"

    @property
    def limits(self) -> str:
        return f"{self.words} : de {sum_in_words(self.minimum_cents)} à {sum_in_words(self.maximum_cents)}"


@dataclass(frozen=True)
class PenaltyScale:
    """Between what and what a penalty may be, in cents, and how that is reached."""

    ceiling_cents: int
    minimum_cents: int
    maximum_cents: int
    multiple: Fraction
    is_repeat: bool
    article: str
    bracket: PenaltyBracket | None = None


@dataclass(frozen=True)
class PenaltyRefusal:
    """Why there is no such penalty: a code and its sentence."""

    code: str
    sentence: str


def penalty_scale(facts: PenaltyFacts, parameters: Parameters) -> PenaltyScale:
    """L. 114-17, II: minimum and maximum on the first day of the facts. Raises NoParameterInForce for facts before the figures."""
    day = facts.since
    ceiling = _ceiling(day, parameters)
    repeat = _is_repeat(facts, parameters)
    multiple = _multiple(facts, repeat, parameters)
    least = Fraction(parameters.value("control_penalty.intent_min", day)) if facts.has_intent else Fraction(0)
    article = parameters.dated("control_penalty.general_max", day).source
    scale = PenaltyScale(
        int(ceiling), _half_up(ceiling * least), _half_up(ceiling * multiple), multiple, repeat, article
    )
    bracket = penalty_bracket(facts.overpayment_cents, day, parameters)
    return scale if bracket is None else _narrowed(scale, bracket)


def penalty_bracket(overpayment_cents: int, day: date, parameters: Parameters) -> PenaltyBracket | None:
    """R. 114-14: the line that a sum paid in excess falls in. None without such a sum, below the first line, or when the body
    gave no scale for that day.

    `penalty.scale` is a list of {from, least, most}: from so many euros on, so many ceilings at least and at most.
    """
    try:
        dated = parameters.dated("penalty.scale", day)
    except NoParameterInForce:
        return None
    lines = [line for line in dated.value if overpayment_cents >= line["from"] * CENTS]
    if not lines or overpayment_cents <= 0:
        return None
    line, ceiling = max(lines, key=lambda one: Fraction(one["from"])), _ceiling(day, parameters)
    return PenaltyBracket(
        int(line["from"] * CENTS), _half_up(ceiling * line["least"]), _half_up(ceiling * line["most"]), dated.source
    )


def _narrowed(scale: PenaltyScale, bracket: PenaltyBracket) -> PenaltyScale:
    most = min(scale.maximum_cents, bracket.maximum_cents)
    least = min(max(scale.minimum_cents, bracket.minimum_cents), most)
    article = f"{scale.article} ; {bracket.words}"
    return replace(scale, minimum_cents=least, maximum_cents=most, article=article, bracket=bracket)


def _ceiling(day: date, parameters: Parameters) -> Fraction:
    return Fraction(parameters.value("social_security_ceiling.monthly", day)) * CENTS


def refuse_penalty(facts: PenaltyFacts, amount_cents: int, parameters: Parameters) -> PenaltyRefusal | None:
    """Why a penalty of that amount is not lawful; None when it is. What excludes any penalty comes before its amount."""
    excluded = exclude_penalty(facts)
    if excluded is not None:
        return excluded
    scale = penalty_scale(facts, parameters)
    where = f"pour des faits du {day_in_words(facts.since)}"
    if scale.bracket is not None:
        where = f"{where}, {scale.bracket.words}"
    if amount_cents <= 0 or amount_cents < scale.minimum_cents:
        least = sum_in_words(max(scale.minimum_cents, 1))
        return PenaltyRefusal("control.penalty_below_minimum", f"Le minimum est de {least} {where}.")
    if amount_cents > scale.maximum_cents:
        most = sum_in_words(scale.maximum_cents)
        return PenaltyRefusal("control.penalty_above_maximum", f"Le maximum est de {most} {where}.")
    return None


def exclude_penalty(facts: PenaltyFacts) -> PenaltyRefusal | None:
    """What leaves no room for a penalty or a warning, whatever its amount."""
    if facts.is_good_faith and facts.ground in EXCUSED_BY_GOOD_FAITH:
        return PenaltyRefusal(
            "control.penalty_good_faith",
            "La personne est de bonne foi : une déclaration fausse ou tardive n’entraîne pas de pénalité, seulement la somme due.",
        )
    if facts.is_acquitted:
        return PenaltyRefusal(
            "control.penalty_acquitted", "Le juge pénal a relaxé la personne pour ces faits : il n’y a pas de pénalité."
        )
    if facts.is_overpayment_annulled:
        return PenaltyRefusal(
            "control.penalty_annulled", "La somme réclamée a été annulée au fond : la pénalité tombe avec elle."
        )
    if any(_is_same(facts, one) for one in facts.earlier):
        return PenaltyRefusal(
            "control.penalty_twice", "Ces faits ont déjà été sanctionnés pour cette période : jamais deux fois."
        )
    return None


def _is_same(facts: PenaltyFacts, one: Sanction) -> bool:
    return one.ground == facts.ground and one.since < facts.until and facts.since < one.until


def _is_repeat(facts: PenaltyFacts, parameters: Parameters) -> bool:
    """The same ground, after a sanction that was final on the first day of the facts, for less than three years."""
    years = int(parameters.value("control_penalty.repeat_years", facts.since))
    return any(
        one.ground == facts.ground
        and one.final_on is not None
        and one.final_on <= facts.since < months_later(one.final_on, 12 * years)
        for one in facts.earlier
    )


def _multiple(facts: PenaltyFacts, repeat: bool, parameters: Parameters) -> Fraction:
    day = facts.since
    general = Fraction(parameters.value("control_penalty.general_max", day))
    if repeat:
        general *= Fraction(parameters.value("control_penalty.repeat_factor", day))
    if facts.is_organised_gang and facts.has_intent:
        return Fraction(parameters.value("control_penalty.gang_max", day))
    if facts.has_intent:
        return max(general, Fraction(parameters.value("control_penalty.intent_max", day)))
    return general


def _half_up(cents: Fraction) -> int:
    return floor(cents + Fraction(1, 2))
