"""The start of term at which a child who is too young will open the right to ARS: CSS R. 543-2, by the rule known today."""

from collections.abc import Iterable
from datetime import date

from portal.benefits.rules.ars_figures import born_before
from portal.legislation.parameters import Parameters


def first_school_year(birth_date: date, parameters: Parameters) -> int:
    """The first one before the 1 February that follows the sixth birthday. Raises NoParameterInForce."""
    age = int(parameters.value("ars.first_birthday", birth_date))
    year = birth_date.year + age - 1
    return year if birth_date < born_before(year, age, parameters) else year + 1


def first_terms_words(birth_dates: Iterable[date], *, after: int, parameters: Parameters) -> str:
    """``Le droit s’ouvrira à la rentrée 2029.``, of the children too young at the start of term of `after`; else nothing."""
    found = sorted({year for born in birth_dates if (year := first_school_year(born, parameters)) > after})
    if not found:
        return ""
    *others, last = map(str, found)
    terms = f"aux rentrées {', '.join(others)} et {last}" if others else f"à la rentrée {last}"
    return f"Le droit s’ouvrira {terms}."
