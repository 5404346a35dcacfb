"""Days that count: business days (Monday to Friday, French public holidays apart: CSS D. 133-13-18 counts them), and
those of them on which banks move money between them (the calendar of TARGET)."""

from datetime import date, timedelta
from functools import cache


def easter(year: int) -> date:
    """Easter Sunday (Gauss, Gregorian calendar)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The eleven public holidays of metropolitan France (Code du travail L. 3133-1)."""
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    sunday = easter(year)
    moving = {sunday + timedelta(days=days) for days in (1, 39, 50)}
    return frozenset({date(year, month, day) for month, day in fixed} | moving)


@cache
def bank_closings(year: int) -> frozenset[date]:
    """Days worked in France on which TARGET is closed: Good Friday and the day after Christmas."""
    return frozenset({easter(year) - timedelta(days=2), date(year, 12, 26)})


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in public_holidays(day.year)


def is_banking_day(day: date) -> bool:
    """A business day on which money moves between banks: what a bank file may ask for."""
    return is_business_day(day) and day not in bank_closings(day.year)


def nth_business_day(start: date, count: int) -> date:
    """The `count`-th business day after `start`, which is day 0 whatever it is."""
    day = start
    while count:
        day += timedelta(days=1)
        if is_business_day(day):
            count -= 1
    return day


def banking_day_from(day: date) -> date:
    """`day`, or the next banking day after it."""
    while not is_banking_day(day):
        day += timedelta(days=1)
    return day
