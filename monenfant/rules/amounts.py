"""The amounts that pages explain, for one family at a time: the column steps run on plain numbers. Amounts in cents."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from cmg.rules.figures import figures_on
from monenfant.rules import creche, home_credit, net_cost, outside_credit
from monenfant.rules.figures import HOME, OUTSIDE, PSU, Table, monenfant_parameters
from portal.legislation.engine import compute_one, in_order, steps_of
from portal.legislation.figures import as_integer

Row = dict[str, Any]
CARE_KINDS = ("COLLECTIVE", "MICRO", "FAMILY", "PARENTAL")
# How the resources are counted: between floor and ceiling, or one of the two whatever they are.
AT_FLOOR = ("CHILD_PLACED", "EMERGENCY", "FOSTER_FAMILY")
AT_CEILING = ("RESOURCES_UNKNOWN",)
RESOURCES_CASES = ("KNOWN", *AT_CEILING, *AT_FLOOR)
CRECHE_STEPS = steps_of(creche)
CREDIT_STEPS = {"OUTSIDE": steps_of(outside_credit, net_cost), "HOME": steps_of(home_credit, net_cost)}
CREDIT_TABLES: dict[str, Table] = {"OUTSIDE": OUTSIDE, "HOME": HOME}
CRECHE_FACTS = (
    "annual_resources", "agreed_ceiling_cents", "is_at_floor", "is_at_ceiling", "scale_rate", "hours_hundredths", "invoices",
)  # fmt: skip
CREDIT_FACTS = (
    "pay_cents", "contributions_cents", "deduction_cents", "left_cents", "meals_cents", "upkeep_cents", "care_days",
    "months", "dependent_children", "january_age", "is_shared",
)  # fmt: skip
MICRO_SCALE = "psu.micro_creche_scale"
PERCENT_TO_MILLIONTHS = 10_000
_CRECHE = in_order(CRECHE_STEPS, [*CRECHE_FACTS, *PSU])
_CREDITS = {name: in_order(steps, [*CREDIT_FACTS, *CREDIT_TABLES[name]]) for name, steps in CREDIT_STEPS.items()}


def scale_of(care_kind: str, on: date) -> str:
    """The key of the scale that a crèche follows: micro-crèches changed theirs in September 2019."""
    if care_kind == "MICRO":
        care_kind = monenfant_parameters().value(MICRO_SCALE, on)
    return "psu.rates.collective" if care_kind == "COLLECTIVE" else "psu.rates.family"


@lru_cache(maxsize=1024)
def scale_rate(care_kind: str, children: int, disabled: int, on: date) -> int:
    """The hourly rate in millionths: the column of so many children, one further for each that has AEEH, to the last.

    « The rate immediately below, as many times as there are children with AEEH »: with four children and one of them,
    that of eight, not that of five. Raises NoParameterInForce.
    """
    key = scale_of(care_kind, on)
    rows = monenfant_parameters().value(key, on)
    columns = sorted(rows)
    column = bisect_right(columns, children) - 1 + disabled
    return int(as_integer(rows[columns[min(column, len(columns) - 1)]], PERCENT_TO_MILLIONTHS, key))


@dataclass(frozen=True, slots=True)
class Creche:
    """What a crèche needs to know of a family and of a month; resources in whole euros a year.

    The hours are those of the month, or those of a year that so many `invoices` share.
    """

    annual_resources: int
    dependent_children: int
    care_kind: str
    hours_hundredths: int
    disabled_children: int = 0
    resources_case: str = "KNOWN"
    agreed_ceiling_cents: int = 0
    invoices: int = 1


def creche_row(asked: Creche, on: date) -> Row:
    """The price of a month in a crèche of the PSU. Raises NoParameterInForce."""
    facts = {
        "annual_resources": asked.annual_resources,
        "agreed_ceiling_cents": asked.agreed_ceiling_cents,
        "is_at_floor": asked.resources_case in AT_FLOOR,
        "is_at_ceiling": asked.resources_case in AT_CEILING,
        "scale_rate": scale_rate(asked.care_kind, asked.dependent_children, asked.disabled_children, on),
        "hours_hundredths": asked.hours_hundredths,
        "invoices": asked.invoices,
    }
    return compute_one(figures_on(PSU, on, monenfant_parameters()) | facts, _CRECHE)


@dataclass(frozen=True, slots=True)
class Care:
    """A month of one mode of care: what is paid, what the aids leave of it, and what the tax credit must know.

    `pay_cents` is what the employee receives or the bill, meals and upkeep included; `credit` OUTSIDE or HOME.
    """

    credit: str
    pay_cents: int
    left_cents: int
    months: int
    dependent_children: int
    child_birth_date: date
    is_shared: bool
    contributions_cents: int = 0
    deduction_cents: int = 0
    meals_cents: int = 0
    upkeep_cents: int = 0
    care_days: int = 0


def net_cost_row(care: Care, year: int) -> Row:
    """What is left of a mode of care after the tax credit of `year`. Raises NoParameterInForce."""
    facts = {name: getattr(care, name) for name in CREDIT_FACTS if name != "january_age"}
    facts["january_age"] = january_age(care.child_birth_date, year)
    first_day = date(year, 1, 1)
    figures = figures_on(CREDIT_TABLES[care.credit], first_day, monenfant_parameters())
    return compute_one(figures | facts, _CREDITS[care.credit])


def january_age(birth: date, year: int) -> int:
    """The child's age on 1 January of `year`, in whole years; a child not born then is 0."""
    return max(0, year - birth.year - (birth > date(birth.year, 1, 1)))
