"""Reading the journal again: how many lines are drawn, and when an account opens far more files than it should.

Pure module: counts and dated figures in, numbers out. An alarm judges nobody: it makes people ask.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

HOUR = timedelta(hours=1)
# A habit is made of at least so many days of work.
HABIT_LEAST = 5


def lines_to_draw(reads: int, share: Fraction) -> int:
    """At least the share of the reads, rounded up: one read a month is read again too."""
    return -(-reads * share.numerator // share.denominator)


@dataclass(frozen=True)
class Burst:
    """The most files opened within an hour, and when."""

    files: int
    since: datetime
    until: datetime


def busiest_hour(looks: Iterable[tuple[datetime, str]]) -> Burst | None:
    """The hour in which the most different files were opened, the first of them if several; `looks` in the order of time."""
    window: deque[tuple[datetime, str]] = deque()
    seen: Counter[str] = Counter()
    best: Burst | None = None
    for at, subject in looks:
        window.append((at, subject))
        seen[subject] += 1
        while at - window[0][0] >= HOUR:
            _then, gone = window.popleft()
            seen[gone] -= 1
            if not seen[gone]:
                del seen[gone]
        if best is None or len(seen) > best.files:
            best = Burst(len(seen), window[0][0], at)
    return best


def habit_limit(days: Iterable[int], times: int, least: int) -> int | None:
    """The files of a day beyond which it is far from the habit; None when there is no habit yet."""
    worked = [files for files in days if files]
    if len(worked) < HABIT_LEAST:
        return None
    return max(least, times * sum(worked) // len(worked))
