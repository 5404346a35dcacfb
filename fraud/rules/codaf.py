"""The departmental committee (CODAF): who may sit on a day in a département, how it meets, how many times a year.

Order of 25 March 2010, changed on 12 October 2020; decree 2008-371, then decree 2020-872. Pure module: every figure and
category is dated (`fraud/parameters/codaf*.yaml`).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from fraud.rules.figures import control_parameters
from portal.legislation.parameters import NoParameterInForce

PREFIX, EVERYWHERE = "codaf.member.", "everywhere"


class Formation(StrEnum):
    """How the committee meets."""

    PLENARY = "PLENARY"
    RESTRICTED = "RESTRICTED"


class Convener(StrEnum):
    """Who calls a meeting."""

    CHAIRS = "CHAIRS"
    PROSECUTOR = "PROSECUTOR"


class Plenaries(StrEnum):
    """Where a year stands."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    UNDER_WAY = "UNDER_WAY"


@dataclass(frozen=True)
class Category:
    """One category of members on a day, with its name then. `departements` is empty for the whole country."""

    code: str
    name: str
    departements: tuple[str, ...]

    def sits_in(self, departement: str) -> bool:
        return not self.departements or departement in self.departements


@cache
def category_codes() -> tuple[str, ...]:
    """Every category that ever sat, in the order of the orders."""
    return tuple(key.removeprefix(PREFIX) for key in control_parameters().figures if key.startswith(PREFIX))


def category_on(code: str, day: date) -> Category | None:
    """The category as it is that day; None when it does not sit, or is none."""
    try:
        told = control_parameters().value(PREFIX + code, day)
    except (NoParameterInForce, KeyError):
        return None
    where = () if told["where"] == EVERYWHERE else tuple(str(one) for one in told["where"])
    return Category(code, told["name"], where)


def categories_on(day: date, departement: str) -> list[Category]:
    """Who may sit that day in that département."""
    found = (category_on(code, day) for code in category_codes())
    return [one for one in found if one is not None and one.sits_in(departement)]


def may_sit(code: str, day: date, departement: str) -> bool:
    found = category_on(code, day)
    return found is not None and found.sits_in(departement)


def may_convene(formation: str, convener: str) -> bool:
    """A plenary is called by its two chairs, prefect and prosecutor; a restricted formation by the prosecutor alone."""
    return convener == (Convener.PROSECUTOR if formation == Formation.RESTRICTED else Convener.CHAIRS)


def may_hear_outsiders(formation: str) -> bool:
    """Outside persons are heard in plenary only."""
    return formation == Formation.PLENARY


def is_quorate(formation: str, categories: frozenset[str]) -> bool:
    """A restricted formation sits with a representative of the prefect; a plenary with its two chairs, who are named."""
    return formation == Formation.PLENARY or "PREFECTURE" in categories


def plenaries_due(year: int) -> int:
    """How many plenaries a year must hold at least: the number in force on its last day."""
    return int(control_parameters().value("codaf.plenaries", date(year, 12, 31)))


def plenaries_state(held: int, year: int, today: date) -> Plenaries:
    """Met as soon as they are held; not met only once the year is over."""
    if held >= plenaries_due(year):
        return Plenaries.MET
    return Plenaries.NOT_MET if today.year > year else Plenaries.UNDER_WAY


def text_on(day: date) -> str:
    """The decree that organises the committee that day. Raises NoParameterInForce before the first one."""
    return str(control_parameters().value("codaf.text", day))


def reference_checks() -> tuple[int, int]:
    """The last national number of coordinated checks, and its year."""
    last = control_parameters().figures["codaf.reference_checks"].values[-1]
    return int(last.value), last.since.year
