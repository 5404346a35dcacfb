"""Periods of a family drawn over some months: what each body says of the right, what was declared, settled, held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cmg.models import Right, RightStatus, Settlement, Side

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
    first = _shift(today.replace(day=1), -MONTHS_BEFORE)
    count = MONTHS_BEFORE + MONTHS_AFTER + 1
    last = _shift(first, count)
    drawn = [
        BarRow(label, _segments(periods, first, last), HEAD_HEIGHT + index * ROW_HEIGHT)
        for index, (label, periods) in enumerate(rows)
    ]
    months = [_shift(first, index) for index in range(count)]
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


def _shift(month: date, by: int) -> date:
    index = month.year * 12 + month.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)


KINDS = {RightStatus.ACTIVE: "open", RightStatus.SUSPENDED: "suspended", RightStatus.CLOSED: "closed"}


def family_rows(rights: Sequence[Right], settlements: Sequence[Settlement]) -> list[tuple[str, list[Period]]]:
    """A row per body and child, then a row of what was declared and one of what became of it."""
    rows: list[tuple[str, list[Period]]] = []
    for child in dict.fromkeys(right.child_id for right in rights):
        own = [right for right in rights if right.child_id == child]
        name = next((right.child_first_name for right in own if right.child_first_name), "enfant")
        for side, words in ((Side.FUND, "caisse"), (Side.PAJEMPLOI, "Pajemploi")):
            rows.append((f"Droit de {name}, {words}"[:40], [_right(right) for right in own if right.side == side]))
    months = {
        row.care_month: row for row in sorted(settlements, key=lambda row: (row.care_month, row.status == "HELD"))
    }
    rows.append(("Déclaré", [Period(month, _shift(month, 1), "declared", "déclaré") for month in months]))
    rows.append(("Réglé ou retenu", [_settled(row) for row in months.values()]))
    return rows


def _right(right: Right) -> Period:
    status = RightStatus(right.status)
    return Period(right.starts_on, right.ends_on, KINDS[status], f"droit {status.label}")


def _settled(row: Settlement) -> Period:
    held = row.status == "HELD"
    words = row.get_status_display().lower()
    return Period(row.care_month, _shift(row.care_month, 1), "held" if held else "paid", words)
