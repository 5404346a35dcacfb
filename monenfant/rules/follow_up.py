"""What may follow a childminder's missing declaration of free places (CASF L. 421-4, III).

The first breach has a simple warning at most; the breach is never a ground of suspension, and never the only ground of a
withdrawal. Nothing here leads to either by itself: a département decides, after hearing the person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from unicodedata import category

AVAILABILITY_NOT_DECLARED = "AVAILABILITY_NOT_DECLARED"
# Touches a condition of the approval (L. 421-3), another breach than the missing declaration.
PUBLICATION_NOT_AUTHORISED = "PUBLICATION_NOT_AUTHORISED"
# The conditions of care of an approval: safety, health and development of the children.
CARE_CONDITIONS = ("SAFETY", "HEALTH", "DEVELOPMENT")
GROUNDS = (AVAILABILITY_NOT_DECLARED, PUBLICATION_NOT_AUTHORISED, *CARE_CONDITIONS)

DUE, OVERDUE, REMINDED, REFERRED = "DUE", "OVERDUE", "REMINDED", "REFERRED"
WARNED, RECORDED, COMPLIANT, EXEMPT = "WARNED", "RECORDED", "COMPLIANT", "EXEMPT"
# There is no way from here to a suspension or a withdrawal.
ALLOWED_MOVES: dict[str, tuple[str, ...]] = {
    DUE: (COMPLIANT, OVERDUE, EXEMPT),
    OVERDUE: (COMPLIANT, REMINDED, EXEMPT),
    REMINDED: (COMPLIANT, REFERRED, EXEMPT),
    REFERRED: (COMPLIANT, WARNED, EXEMPT),
    WARNED: (COMPLIANT, RECORDED, EXEMPT),
    RECORDED: (COMPLIANT, EXEMPT),
    COMPLIANT: (),
    EXEMPT: (),
}
# Where a declaration is still awaited.
OPEN_STATES = (DUE, OVERDUE, REMINDED, REFERRED, WARNED, RECORDED)
# Choices of the site: the law gives no delay. Nobody is asked with less than a fortnight left.
CAMPAIGN_DAYS, NOTICE_DAYS, ANSWER_DAYS, FORGOTTEN_YEARS = 45, 15, 30, 5
# The reminders, by the days left before the deadline.
REMINDERS = ((3, "LAST"), (15, "MIDWAY"), (CAMPAIGN_DAYS, "OPENING"))
# Declarations are due before 1 June and before 1 December, each for the six months that follow.
DEADLINES = ((6, 1), (12, 1))


class ForbiddenGroundError(Exception):
    """A missing declaration is never a ground of suspension (L. 421-4, III)."""


class SoleGroundError(Exception):
    """A missing declaration needs beside it a proven breach of the conditions of care (L. 421-4, III)."""


class MoveNotAllowed(Exception):
    """A follow-up cannot go from its state to the one asked for."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason of a decision and the paper that proves it (empty: no proof)."""

    code: str
    evidence: str = ""


def check_suspension(grounds: Iterable[str]) -> None:
    """Raises ForbiddenGroundError."""
    if AVAILABILITY_NOT_DECLARED in set(grounds):
        raise ForbiddenGroundError


def check_withdrawal(grounds: Iterable[Ground]) -> None:
    """Raises SoleGroundError."""
    listed = list(grounds)
    proven = any(ground.code in CARE_CONDITIONS and is_proof(ground.evidence) for ground in listed)
    if any(ground.code == AVAILABILITY_NOT_DECLARED for ground in listed) and not proven:
        raise SoleGroundError


def is_proof(evidence: str) -> bool:
    """Whether anything of it can be read: blanks, and signs that no eye sees, prove nothing."""
    return any(category(sign)[0] not in "ZC" for sign in evidence)


def check_move(state: str, to: str) -> None:
    """Raises MoveNotAllowed."""
    if to not in ALLOWED_MOVES[state]:
        raise MoveNotAllowed(f"{state} → {to}")


def deadlines_between(first: date, end: date) -> list[date]:
    """The deadlines from `first`, before `end`. A declaration made on the day itself is late: « before »."""
    days = (day for year in range(first.year, end.year + 1) for day in _deadlines(year))
    return [day for day in days if first <= day < end]


def _deadlines(year: int) -> list[date]:
    return [date(year, *day) for day in DEADLINES]


def campaign_opens(deadline: date) -> date:
    """The day on which childminders are told of a deadline."""
    return deadline - timedelta(days=CAMPAIGN_DAYS)


def period_end(deadline: date) -> date:
    """The first day no longer covered by the six months that a deadline is about: the next deadline."""
    return next(day for year in (deadline.year, deadline.year + 1) for day in _deadlines(year) if day > deadline)


def may_open(deadline: date, on: date) -> bool:
    """Whether somebody may still be asked to declare for a deadline: from the opening to a fortnight before it."""
    return campaign_opens(deadline) <= on <= deadline - timedelta(days=NOTICE_DAYS)


def reminder_on(deadline: date, on: date) -> str | None:
    """The reminder of a day: the last whose day has come, so that a day that was skipped loses none; none before the
    campaign, none from the deadline on."""
    left = (deadline - on).days
    return next((name for days, name in REMINDERS if 0 < left <= days), None)


def moves_on(state: str, moved_on: date) -> date | None:
    """The first day on which a follow-up may go on without a declaration: thirty days after the fund's reminder, and
    after the département's letter. Other moves wait for an act, not for a day."""
    return moved_on + timedelta(days=ANSWER_DAYS) if state in (REMINDED, REFERRED) else None


def is_breach_shown(recorded_on: date, cured_on: date | None, on: date) -> bool:
    """Whether a breach may be seen when a decision is prepared: not cured, and not older than five years."""
    leap_day = (recorded_on.month, recorded_on.day) == (2, 29)
    until = recorded_on.replace(year=recorded_on.year + FORGOTTEN_YEARS, day=28 if leap_day else recorded_on.day)
    return cured_on is None and on < until
