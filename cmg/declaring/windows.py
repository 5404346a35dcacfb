"""Which months a family may declare on a day, and until when. Pure; the days come from `cycle` figures."""

from dataclasses import dataclass
from datetime import date

from cmg.flows.kinds import FIRST_MONTH
from cmg.reconciliation.sides import next_month
from cmg.rules.figures import cmg_parameters
from portal.legislation.calendar import nth_business_day

MONTHS_BACK = 3


@dataclass(frozen=True)
class Window:
    """A care month: when its declaration opens, its last day, and whether `on` is later (accepted all the same)."""

    month: date
    opens_on: date
    last_day: date
    is_late: bool


def window_of(month: date, on: date) -> Window:
    """The window of a care month, seen on a day."""
    last_day = next_month(month).replace(day=_figure("cycle.declaration_deadline_day", month))
    return Window(month, month.replace(day=_figure("cycle.window_open_day", month)), last_day, on > last_day)


def open_windows(on: date) -> list[Window]:
    """The months that may be declared, the latest first."""
    month, found = on.replace(day=1), []
    for _ in range(MONTHS_BACK + 1):
        found.append(window_of(month, on))
        month = previous_month(month)
    return [one for one in found if one.opens_on <= on and one.month >= FIRST_MONTH]


def next_window(on: date) -> Window:
    """The window that opens next, or the present month's once it is open."""
    return window_of(on.replace(day=1), on)


def previous_month(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


@dataclass(frozen=True)
class NextDays:
    """What follows a declaration sent on a day: computed, taken, paid (as `closing.movements` dates its orders)."""

    computed_on: date
    debited_on: date
    paid_on: date


def next_days(sent_on: date, month: date) -> NextDays:
    """The days foreseen when the month is computed on the next business day."""
    computed = nth_business_day(sent_on, 1)
    debit = nth_business_day(sent_on, _figure("cycle.debit_business_days", month))
    paid = nth_business_day(computed, _figure("cycle.cmg_payment_business_days", month))
    return NextDays(computed, max(debit, nth_business_day(computed, 1)), paid)


def _figure(key: str, month: date) -> int:
    return int(cmg_parameters().value(key, next_month(month)))
