"""An appointment of a family with a desk: its states, the days promised, the times that may be offered.

The law gives desks their mission (CASF L. 214-2-1) and no delay: each figure here is a promise of the site, dated.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monenfant.rules.figures import monenfant_parameters
from portal.legislation.calendar import nth_business_day, public_holidays

NEW, PROPOSED, CONFIRMED = "NEW", "PROPOSED", "CONFIRMED"
HELD, NO_SHOW, CANCELLED = "HELD", "NO_SHOW", "CANCELLED"
# Back to NEW when the family asks for other times, back to PROPOSED when the desk moves the appointment. What was noted
# of a meeting may be corrected, and nothing else follows it.
ALLOWED_MOVES: dict[str, tuple[str, ...]] = {
    NEW: (PROPOSED, CANCELLED),
    PROPOSED: (NEW, PROPOSED, CONFIRMED, CANCELLED),
    CONFIRMED: (NEW, PROPOSED, HELD, NO_SHOW, CANCELLED),
    HELD: (NO_SHOW,),
    NO_SHOW: (HELD,),
    CANCELLED: (),
}
# States in which a time of the desk is taken, and states in which somebody still waits for something.
TAKEN = (CONFIRMED, HELD, NO_SHOW)
OPEN = (NEW, PROPOSED, CONFIRMED)
TIMES_MOST = 3
PARIS = ZoneInfo("Europe/Paris")
Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class WeeklyBand:
    """A stretch of each week in which a desk receives: Monday is 0, minutes are counted from midnight."""

    weekday: int
    start: int
    end: int


def promised_number(name: str, day: date) -> int:
    """A figure of the promises in force on `day`."""
    return int(monenfant_parameters().value(f"appointment.{name}", day))


def desk_answer_by(asked_on: date) -> date:
    """The last day on which the promise is kept: the tenth business day after the request."""
    return nth_business_day(asked_on, promised_number("answer_days", asked_on))


def fund_answer_by(passed_on: date) -> date:
    """The same for the fund to which a request was passed on."""
    return nth_business_day(passed_on, promised_number("fund_days", passed_on))


def first_offered_day(on: date) -> date:
    """The first day that is offered: the family must have read the message."""
    return nth_business_day(on, promised_number("notice_days", on))


def last_offered_day(on: date) -> date:
    return on + timedelta(days=promised_number("ahead_days", on))


def erased_from(since: date) -> date:
    """The first day on which nothing is kept of a request that met, or last moved, on `since`."""
    month = since.month - 1 + promised_number("kept_months", since)
    year, month = since.year + month // 12, month % 12 + 1
    return date(year, month, min(since.day, monthrange(year, month)[1]))


def ends_after(start: datetime) -> datetime:
    """The end of an appointment that begins at `start`."""
    return start + timedelta(minutes=promised_number("minutes", start.astimezone(PARIS).date()))


def do_overlap(one: Period, other: Period) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def free_times(bands: Iterable[WeeklyBand], taken: Sequence[Period], first: date, last: date) -> list[Period]:
    """The times of a desk's weeks from `first` to `last`, in order, public holidays and what is taken apart."""
    weeks = sorted(bands, key=lambda band: (band.weekday, band.start))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    offered = (period for day in days if day not in public_holidays(day.year) for period in _times_on(day, weeks))
    return [period for period in offered if not any(do_overlap(period, other) for other in taken)]


def _times_on(day: date, bands: Iterable[WeeklyBand]) -> Iterable[Period]:
    minutes = promised_number("minutes", day)
    for band in bands:
        if band.weekday == day.weekday():
            for start in range(band.start, band.end - minutes + 1, minutes):
                begun = datetime.combine(day, time(start // 60, start % 60), PARIS)
                yield begun, begun + timedelta(minutes=minutes)


def spread_times(offered: Sequence[Period], most: int = TIMES_MOST) -> list[Period]:
    """Times to propose in one gesture: the first of different days, then whatever is left, in order."""
    days: set[date] = set()
    firsts = [one for one in offered if not (one[0].date() in days or days.add(one[0].date()))]  # type: ignore[func-returns-value]
    chosen = firsts[:most]
    return sorted(chosen + [one for one in offered if one not in chosen][: most - len(chosen)])
