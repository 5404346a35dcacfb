"""Half-open periods drawn over some months around a day, a row each: what the component `period_bar` shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.legislation.calendar import months_later

LABEL_WIDTH, MONTH_WIDTH, ROW_HEIGHT, HEAD_HEIGHT = 240, 50, 24, 20
MONTHS_BEFORE, MONTHS_AFTER = 9, 3
INITIALS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


@dataclass(frozen=True)
class Period:
    """Half-open: `end` is the first day no longer covered, None while it is open."""

    start: date
    end: date | None
    kind: str
    words: str


@dataclass(frozen=True)
class Segment(Period):
    x: int = 0
    width: int = 0
    overlaps: bool = False


@dataclass(frozen=True)
class BarRow:
    label: str
    segments: list[Segment]
    y: int

    @property
    def text_y(self) -> int:
        return self.y + 11


@dataclass(frozen=True)
class Tick:
    x: int
    words: str

    @property
    def text_x(self) -> int:
        return self.x + 3


@dataclass(frozen=True)
class Bar:
    """Everything drawn, in units of the picture."""

    rows: list[BarRow]
    ticks: list[Tick]
    today_x: int | None
    width: int
    height: int


def draw(rows: Sequence[tuple[str, Iterable[Period]]], today: date) -> Bar:
    """`rows` over the months around `today`; what lies outside is cut, or left out."""
    first = months_later(today.replace(day=1), -MONTHS_BEFORE)
    count = MONTHS_BEFORE + MONTHS_AFTER + 1
    last = months_later(first, count)
    drawn = [
        BarRow(label, _segments(periods, first, last), HEAD_HEIGHT + index * ROW_HEIGHT)
        for index, (label, periods) in enumerate(rows)
    ]
    months = [months_later(first, index) for index in range(count)]
    ticks = [Tick(_x(month, first), INITIALS[month.month - 1]) for month in months]
    width, height = LABEL_WIDTH + count * MONTH_WIDTH, HEAD_HEIGHT + len(drawn) * ROW_HEIGHT
    return Bar(drawn, ticks, _x(today, first), width, height)


def _segments(periods: Iterable[Period], first: date, last: date) -> list[Segment]:
    found: list[Segment] = []
    reached = first
    for one in sorted(periods, key=lambda period: (period.start, period.end or date.max)):
        end = one.end or date.max
        if end <= first or one.start >= last or end <= one.start:
            continue
        left, right = _x(max(one.start, first), first), _x(min(end, last), first)
        found.append(
            Segment(
                one.start, one.end, one.kind, one.words, left, max(2, right - left), one.start < reached and bool(found)
            )
        )
        reached = max(reached, end)
    return found


def _x(day: date, first: date) -> int:
    months = (day.year - first.year) * 12 + day.month - first.month
    return LABEL_WIDTH + months * MONTH_WIDTH + (day.day - 1) * MONTH_WIDTH // 31
