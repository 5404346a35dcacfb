"""How long money may still be claimed: CSS L. 553-1 (benefits, two years) and L. 244-3 (contributions, three years).

Pure functions over dates. A last day is the last one on which the claim may still be made.
"""

from datetime import date

from portal.legislation.parameters import Parameters


def last_day_to_claim(care_month: date, parameters: Parameters) -> date:
    """Two years from the day the benefit of a month is due at the latest: the last day to declare it (D. 133-13-9)."""
    following = date(care_month.year + care_month.month // 12, care_month.month % 12 + 1, 1)
    due = following.replace(day=int(parameters.value("cycle.declaration_deadline_day", following)))
    return _years_later(due, int(parameters.value("limitation.family_years", due)))


def last_day_to_recover(paid_on: date, parameters: Parameters) -> date:
    """Two years from the payment in excess, without fraud (L. 553-1): the notice must leave by then."""
    return _years_later(paid_on, int(parameters.value("limitation.family_years", paid_on)))


def last_day_for_contributions(care_month: date, parameters: Parameters) -> date:
    """Three years after the end of the year they are due for (L. 244-3)."""
    return date(care_month.year + int(parameters.value("limitation.contributions_years", care_month)), 12, 31)


def _years_later(day: date, years: int) -> date:
    """The same day; the 28th for a 29 February that is not."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)
