"""The figures of the ARS of one start of term in one territory, and the days between which its children are born."""

from datetime import date
from functools import lru_cache
from typing import Any

from portal.benefits.rules.figures import (
    ARS_JANUARY,
    ARS_ORDINARY,
    ARS_PAYMENT,
    ARS_TERM,
    ARS_TERM_AT_MAYOTTE,
    MAYOTTE,
    day_of_year,
)
from portal.legislation.figures import Table, figures_on
from portal.legislation.parameters import Parameters

LAST_DAY = "mayotte.ars_differential_last_day"
EXTENDED, EXTENDED_LAST_DAY = "mayotte.ars_differential_extended", "mayotte.ars_differential_extended_last_day"
NO_LAST_DAY = "NONE"
# What a step is given beside dated figures.
GIVEN = ("school_year", "is_by_cycle", "is_past_last_day", "born_before", "born_after", "january_bmaf", *ARS_ORDINARY)


@lru_cache(maxsize=256)
def ars_figures(school_year: int, territory: str, paid_on: date, parameters: Parameters) -> dict[str, Any]:
    """Everything that the steps are given beside the facts of a family. Raises NoParameterInForce."""
    term = term_day(school_year, parameters)
    payment = figures_on(ARS_PAYMENT, paid_on, parameters)
    found: dict[str, Any] = ARS_ORDINARY | payment | figures_on(term_table(territory), term, parameters)
    january = figures_on(ARS_JANUARY, date(school_year, 1, 1), parameters) if found["takes_january"] else {}
    return found | {"january_bmaf": found["bmaf"]} | january | {
        "school_year": school_year,
        "is_by_cycle": territory == MAYOTTE,
        "is_past_last_day": is_past_last_day(school_year, territory, paid_on, parameters),
        "born_before": born_before(school_year, found["first_birthday"], parameters),
        "born_after": term.replace(year=school_year - found["age_limit"]),
    }  # fmt: skip


def term_table(territory: str) -> Table:
    return ARS_TERM_AT_MAYOTTE if territory == MAYOTTE else ARS_TERM


def term_day(school_year: int, parameters: Parameters) -> date:
    """The day of the start of term on which its rules, ceiling and age limit are read. Raises NoParameterInForce."""
    return day_of_year("ars.age_limit_day", school_year, parameters)


def usual_payment_day(school_year: int, parameters: Parameters) -> date:
    """The day on which the ARS of a start of term is ordinarily paid. Raises NoParameterInForce."""
    return day_of_year("ars.payment_day", school_year, parameters)


def situation_day(school_year: int, parameters: Parameters) -> date:
    """The day of the start of term on which the family is looked at (31 July). Raises NoParameterInForce."""
    return day_of_year("ars.situation_day", school_year, parameters)


def resource_year(school_year: int, parameters: Parameters) -> int:
    """The year whose income the start of term reads. Raises NoParameterInForce."""
    return school_year - int(parameters.value("ars.resource_years_before", term_day(school_year, parameters)))


def born_before(school_year: int, first_birthday: int, parameters: Parameters) -> date:
    """Who is born before that day reaches six before 1 February of the next year."""
    last = day_of_year("ars.first_birthday_before", school_year, parameters)
    return last.replace(year=school_year + 1 - first_birthday)


def is_past_last_day(school_year: int, territory: str, paid_on: date, parameters: Parameters) -> bool:
    """Whether a reduced ARS of this term may no longer be paid without a person: Mayotte, start of term of 2020."""
    term = term_day(school_year, parameters)
    if territory != MAYOTTE or not parameters.value("mayotte.ars_differential", term):
        return False
    last = parameters.value(LAST_DAY, term)
    if last != NO_LAST_DAY and parameters.value(EXTENDED, term):
        last = parameters.value(EXTENDED_LAST_DAY, term)
    return last != NO_LAST_DAY and paid_on > date.fromisoformat(last)
