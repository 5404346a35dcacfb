"""ASF without a title: each child's right, the payments made, and when the four-month rule stops them (R. 523-3)."""

from dataclasses import dataclass
from datetime import date

from aripa.casefile import CaseFile
from aripa.life.asf import NO_TITLE_PAYMENTS
from aripa.life.state import AsfMonth, Claim
from aripa.life.terms import month_of, next_month
from aripa.rules.calendar import asf_day, month_shifted
from aripa.words import ASF_CASES


@dataclass(frozen=True)
class Right:
    """One child's right. `paid`: its months paid, in order; `last`: month and day of the last payment that the rule
    allows, None when nothing limits it; `reminded_on`: L23."""

    child: str
    code: str
    words: str
    since: date
    paid: list[AsfMonth]
    is_limited: bool
    last: tuple[date, date] | None
    reminded_on: date | None

    @property
    def left(self) -> int:
        return max(0, NO_TITLE_PAYMENTS - len(self.paid))


def rights_of(file: CaseFile) -> list[Right]:
    """Every claim, child by child; of a child claimed for twice, both."""
    return [
        _right(file, claim, child)
        for claim in file.state.claims
        for child in ([claim.child] if claim.child else sorted(file.children))
    ]


def _right(file: CaseFile, claim: Claim, child: str) -> Right:
    case, first = file.state, next_month(month_of(claim.opens_on or claim.claimed_on))
    paid = [one for one in case.asf if one.child == child and one.code == claim.code and one.counted]
    limited = claim.code == "C3" and not case.unable and not case.judge_applied
    reminders = [one.day for one in file.letters if one.code == "L23"]
    return Right(
        file.children.get(child, "enfant"), claim.code, ASF_CASES[claim.code], max(first, month_of(claim.claimed_on)), paid,
        limited, _last(paid, max(first, month_of(claim.claimed_on))) if limited else None,
        reminders[0] if reminders and claim.code == "C3" else None,
    )  # fmt: skip


def _last(paid: list[AsfMonth], first: date) -> tuple[date, date]:
    """The month of the fourth payment, made or to come if every month is paid, and its day."""
    if len(paid) >= NO_TITLE_PAYMENTS:
        month = paid[NO_TITLE_PAYMENTS - 1].month
    else:
        month = month_shifted(paid[-1].month if paid else month_shifted(first, -1), NO_TITLE_PAYMENTS - len(paid))
    return month, asf_day(month)
