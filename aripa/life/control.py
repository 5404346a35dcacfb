"""By when the debtor is to be controlled while ASF is paid because support is not (CSS D. 523-2, III)."""

from datetime import date, timedelta

from aripa.life.facts import Event
from aripa.life.living import CREDITOR, Life
from aripa.life.state import Case
from aripa.rules.calendar import first_control_by, next_control_by

# What ASF is paid for when a parent does not pay; a claim for a top-up covers a later default too.
NOT_PAID = ("C1", "C2", "C3")
CLAIMED = (*NOT_PAID, "D")
# How long before its last day a control is among what is to be done.
AHEAD = timedelta(days=30)


def control_by(case: Case) -> date | None:
    """The last day of the control that is due; None while no ASF is paid for non-payment.

    Four months from the claim, then a year from the last finding. A right that begins after that day, or begins again,
    gives four months once more: nothing was to be controlled in between.
    """
    since = case.not_paid_since
    claims = [one.claimed_on for one in case.claims if one.code in CLAIMED and since and one.claimed_on <= since]
    if since is None or not claims:
        return None
    found = case.controlled_on
    by = next_control_by(found) if found and found >= claims[-1] else first_control_by(claims[-1])
    return by if by >= since else first_control_by(since)


def is_soon(by: date | None, day: date) -> bool:
    """Whether the control is to be done now."""
    return by is not None and by <= day + AHEAD


def note_asf(case: Case, month: date, day: date) -> None:
    """On the day of ASF: since when it is paid without a break because support is not."""
    is_paid = any(one.month == month and one.code in NOT_PAID and one.counted for one in case.asf)
    case.not_paid_since = (case.not_paid_since or day) if is_paid else None


def note_finding(life: Life, event: Event) -> None:
    """Somebody controlled the debtor: L22 to a creditor who has claimed ASF because of non-payment. The control is of the
    day it was made, whenever it is heard."""
    life.case.controlled_on = event.told_on or event.day
    if any(one.code in CLAIMED for one in life.case.claims):
        life.write("L22", CREDITOR)
