"""Days that count: business days (Monday to Friday, French public holidays apart), days of the banks (TARGET), months."""

from calendar import monthrange
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


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in public_holidays(day.year)


def next_business_day(day: date) -> date:
    """`day` itself, or the first business day after it."""
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def nth_business_day(start: date, count: int) -> date:
    """The `count`-th business day after `start`, which is day 0 whatever it is."""
    day = start
    while count:
        day += timedelta(days=1)
        if is_business_day(day):
            count -= 1
    return day


@cache
def target_holidays(year: int) -> frozenset[date]:
    """The days, besides Saturdays and Sundays, on which no transfer or debit is settled (TARGET calendar)."""
    sunday = easter(year)
    moving = {sunday - timedelta(days=2), sunday + timedelta(days=1)}
    return frozenset({date(year, month, day) for month, day in ((1, 1), (5, 1), (12, 25), (12, 26))} | moving)


def is_bank_day(day: date) -> bool:
    return day.weekday() < 5 and day not in target_holidays(day.year)


def next_bank_day(day: date) -> date:
    """`day` itself, or the first bank day after it."""
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day


def is_banking_day(day: date) -> bool:
    """A business day on which money moves between banks: what a bank file of the CMG may ask for."""
    return is_business_day(day) and is_bank_day(day)


def banking_day_from(day: date) -> date:
    """`day`, or the next banking day after it."""
    while not is_banking_day(day):
        day += timedelta(days=1)
    return day


def months_later(day: date, months: int) -> date:
    """The same day some months later (or earlier), or the last one of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
