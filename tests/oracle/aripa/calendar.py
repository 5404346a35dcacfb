"""Days and months: bank days (TARGET), working days (the eleven French holidays), deadlines, anniversaries."""

from datetime import date, timedelta

DAY = timedelta(days=1)


def easter(year: int) -> date:
    """Butcher's rule."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def is_bank_day(day: date) -> bool:
    moving = {easter(day.year) + shift * DAY for shift in (-2, 1)}
    fixed = {(1, 1), (5, 1), (12, 25), (12, 26)}
    return day.weekday() < 5 and day not in moving and (day.month, day.day) not in fixed


def is_working_day(day: date) -> bool:
    moving = {easter(day.year) + shift * DAY for shift in (1, 39, 50)}
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    return day.weekday() < 5 and day not in moving and (day.month, day.day) not in fixed


def bank_day_from(day: date) -> date:
    while not is_bank_day(day):
        day += DAY
    return day


def working_day_from(day: date) -> date:
    while not is_working_day(day):
        day += DAY
    return day


def deadline(received: date, days: int) -> date:
    """Last day of a delay that binds a parent: the end of day N, moved to the next working day."""
    return working_day_from(received + days * DAY)


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last_of(month: int) -> date:
    return first_of(month + 1) - DAY


def name_of(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def month_named(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def anniversary(day: date, years: int) -> date:
    """29 February falls on the 28th of a year without one."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_after(day: date, count: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    month = month_of(day) + count
    return first_of(month).replace(day=min(day.day, last_of(month).day))


def asf_day(month: int) -> date:
    return bank_day_from(first_of(month + 1).replace(day=5))
