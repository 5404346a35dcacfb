"""What an announced value must be before it is kept: a day to come, a value that a person answers for when it surprises.

The value is never the law: the law stays in the files of the installation. The guards keep a wrong line from reaching them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portal.batches.models import Run
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.running.closing import ISSUED_STATES
from portal.benefits.running.kinds import KINDS
from portal.legislation.figures import as_integer
from portal.legislation.parameters import DatedValue, NoParameterInForce, Parameters

# The figures that change on a day and move what families receive, and how people call them.
FIGURES = {
    "bmaf": "BMAF",
    "aeeh.complement_6_amount": "complément d’AEEH de catégorie 6",
}
SOURCE_LEAST = REASON_LEAST = 10
TWO_PEOPLE = "uprating.two_people_change"
LONGEST = {"source": 200, "reason": 300}


class ProposalRefused(Exception):
    """Why a value cannot be proposed: a French sentence by field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Announced:
    """A figure, the day it changes, its new value in cents."""

    key: str
    from_day: date
    value_cents: int

    @property
    def words(self) -> str:
        return FIGURES[self.key]

    def line(self, source: str) -> DatedValue:
        """As the file will say it."""
        return DatedValue(self.from_day, Fraction(self.value_cents, 100), "unverified", source)


@dataclass(frozen=True)
class Standing:
    """What the files say of the day now: in cents, None when no figure is in force. `known_cents` is the last one known,
    for the guard alone: no amount is ever computed from it."""

    before_cents: int | None
    known_cents: int
    asks_two: bool


def read_value(text: str) -> int | None:
    """``488,20`` or ``488.20`` in cents; None for a text that is no amount above zero."""
    found = re.fullmatch(r"(\d{1,6})(?:[.,](\d{1,2}))?", re.sub(r"[\s\u00a0\u202f€]", "", text), re.ASCII)
    if found is None:
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) or None


def standing_of(announced: Announced, parameters: Parameters | None = None) -> Standing:
    """Raises NoParameterInForce when even the guard has no figure."""
    figures = parameters or benefit_parameters()
    known = _last_known(announced, figures)
    limit = figures.value(TWO_PEOPLE, announced.from_day)
    far = abs(Fraction(announced.value_cents - known, known)) > limit
    return Standing(value_on(announced.key, announced.from_day, figures), known, far)


def value_on(key: str, day: date, parameters: Parameters | None = None) -> int | None:
    """What stands on the eve of that day, in cents; None when nothing is in force."""
    try:
        return as_integer((parameters or benefit_parameters()).until(key, day).value(key, day), 100, key)
    except NoParameterInForce:
        return None


def _last_known(announced: Announced, parameters: Parameters) -> int:
    lines = parameters.figures[announced.key].values
    known = [one.value for one in lines if one.value is not None and one.since <= announced.from_day]
    if not known:
        raise NoParameterInForce(announced.key, announced.from_day)
    return as_integer(known[-1], 100, announced.key)


def check(announced: Announced, *, on: date, reason: str, parameters: Parameters | None = None) -> Standing:
    """What stands before the value. Raises ProposalRefused: a day that is past or already issued, a value that changes
    nothing, or lowers without a word."""
    figures = parameters or benefit_parameters()
    if told := why_not_that_day(announced, on=on, parameters=figures):
        raise ProposalRefused({"from_day": told})
    standing = standing_of(announced, figures)
    if announced.value_cents == standing.before_cents:
        raise ProposalRefused({"value": "C’est déjà le montant en vigueur ce jour-là : rien ne changerait."})
    if announced.value_cents < standing.known_cents and len(reason) < REASON_LEAST:
        raise ProposalRefused(
            {"reason": "Ce montant est plus bas que le précédent : dites pourquoi, en quelques mots."}
        )
    return standing


def why_not_that_day(announced: Announced, *, on: date, parameters: Parameters) -> str:
    """Why the value cannot begin that day, in French; empty when it can."""
    day = announced.from_day
    last = max(one.since for one in parameters.figures[announced.key].values if one.value is not None)
    if day.day != 1:
        return "Un mois est payé d’un seul montant : choisissez le premier jour d’un mois."
    if day < on.replace(day=1):
        return f"Le {day:%d/%m/%Y} est passé : ce montant changerait des mois déjà payés. Choisissez un mois qui n’est pas payé."
    if (issued := _issued_from(day)) is not None:
        return f"{issued:%m/%Y} est déjà émis : un mois émis ne bouge pas. Choisissez un mois suivant."
    if day <= last:
        return f"Le barème a déjà une ligne au {last:%d/%m/%Y} : il n’y a plus rien à annoncer pour ce jour."
    return ""


def _issued_from(day: date) -> date | None:
    runs = Run.objects.filter(kind__in=KINDS, month__gte=day, dry_run=False, state__in=ISSUED_STATES)
    return runs.order_by("month").values_list("month", flat=True).first()
