"""A week as squares, and from squares to the slots of a window. Pure module.

A square is a half-day of a week, for an age group and a kind of care. A childminder has one square a half-day, without a
kind: what is free every week is told as regular and as occasional care, for one place serves both; what is free in one week
only is occasional, for no contract can be made of it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from monenfant.reporting.windows import days_between
from monenfant.rules.availability import AGE_GROUPS, KINDS, LAST_MONTHS, Series, Slot, place_of

HALVES = ("AM", "PM")
EITHER = ""
REGULAR, OCCASIONAL = KINDS[:2]
Stored = Mapping[Series, bytes]


class Square(NamedTuple):
    weekday: int
    band: str
    age_group: str
    kind: str

    @property
    def name(self) -> str:
        """As forms name it."""
        return f"{self.weekday}-{self.band}-{self.age_group}-{self.kind or 'X'}"


Week = Mapping[Square, int]


@dataclass(frozen=True, slots=True)
class Line:
    """An age group and a kind of care; a childminder's one line has neither."""

    age_group: str
    kind: str

    def square(self, weekday: int, band: str) -> Square:
        return Square(weekday, band, self.age_group, self.kind)


ONE_LINE = [Line("ANY", EITHER)]


def lines_of(age_min: int, age_max: int, *, kinds: Iterable[str]) -> list[Line]:
    """The lines of a structure that receives these ages (in months)."""
    firsts = (0, *(last + 1 for last in LAST_MONTHS[:-1]))
    groups = [
        group
        for group, first, last in zip(AGE_GROUPS[:-1], firsts, LAST_MONTHS, strict=True)
        if first <= age_max and last >= age_min
    ]
    return [Line(group, kind) for kind in kinds for group in groups]


def free_on(stored: Stored, day: date, band: str, age_group: str, kind: str) -> int:
    """Places of a half-day; a whole day counts in both its halves."""
    row = stored.get((day.replace(day=1), kind, age_group))
    return row[place_of(day, band)] + row[place_of(day, "FULL")] if row else 0


def on_square(stored: Stored, day: date, band: str, line: Line) -> int:
    """What a square shows on a day."""
    kinds = (REGULAR, OCCASIONAL) if line.kind == EITHER else (line.kind,)
    return max(free_on(stored, day, band, line.age_group, kind) for kind in kinds)


def week_of(stored: Stored, monday: date, lines: Iterable[Line]) -> dict[Square, int]:
    """The squares of the seven days."""
    return {
        line.square(day.weekday(), band): on_square(stored, day, band, line)
        for line in lines
        for day in days_between(monday, date.fromordinal(monday.toordinal() + 7))
        for band in HALVES
    }


def pattern_of(stored: Stored, monday: date, lines: Iterable[Line]) -> dict[Square, int]:
    """What that week holds for every week: its regular care. What was free for a day only is not in it."""
    regular = [line for line in lines if line.kind in (EITHER, REGULAR)]
    return {
        line.square(day.weekday(), band): free_on(stored, day, band, line.age_group, REGULAR)
        for line in regular
        for day in days_between(monday, date.fromordinal(monday.toordinal() + 7))
        for band in HALVES
    }


def kept(stored: Stored, day: date) -> list[Slot]:
    """The slots of a day as they stand."""
    month = day.replace(day=1)
    return [
        Slot(day, band, age_group, kind, row[place_of(day, band)])
        for (of_month, kind, age_group), row in stored.items()
        for band in (*HALVES, "FULL")
        if of_month == month and row[place_of(day, band)]
    ]


def told(stored: Stored, day: date, week: Week, *, lasting: bool) -> list[Slot]:
    """The slots of a day as a week tells them; a line that says what already stands keeps it as it stands."""
    lines = {Line(square.age_group, square.kind) for square in week if square.weekday == day.weekday()}
    slots = [slot for slot in kept(stored, day) if not _is_told(slot, lines)]
    for line in sorted(lines, key=lambda one: (one.age_group, one.kind)):
        numbers = [week[line.square(day.weekday(), band)] for band in HALVES]
        if line.kind == EITHER:
            slots += _either(stored, day, line.age_group, numbers, lasting=lasting)
        elif numbers == [on_square(stored, day, band, line) for band in HALVES]:
            slots += [slot for slot in kept(stored, day) if (slot.age_group, slot.kind) == (line.age_group, line.kind)]
        else:
            slots += _halves(day, line.age_group, line.kind, numbers)
    return slots


def _is_told(slot: Slot, lines: set[Line]) -> bool:
    serves_either = slot.kind in (REGULAR, OCCASIONAL) and Line(slot.age_group, EITHER) in lines
    return serves_either or Line(slot.age_group, slot.kind) in lines


def _either(stored: Stored, day: date, age_group: str, numbers: list[int], *, lasting: bool) -> list[Slot]:
    """One place serves both kinds; in one week only it is no regular one, unless it was."""
    line = Line(age_group, EITHER)
    regular, occasional = [], []
    for band, number in zip(HALVES, numbers, strict=True):
        was = free_on(stored, day, band, age_group, REGULAR)
        same = not lasting and number == on_square(stored, day, band, line)
        regular.append(number if lasting else min(was, number))
        occasional.append(free_on(stored, day, band, age_group, OCCASIONAL) if same else number)
    return _halves(day, age_group, REGULAR, regular) + _halves(day, age_group, OCCASIONAL, occasional)


def _halves(day: date, age_group: str, kind: str, numbers: list[int]) -> list[Slot]:
    return [Slot(day, band, age_group, kind, number) for band, number in zip(HALVES, numbers, strict=True) if number]


def slots_between(
    stored: Stored, first: date, end: date, wanted: Callable[[date], Week | None], shut: Callable[[date], bool], *,
    lasting: bool,
) -> list[Slot]:  # fmt: skip
    """The slots of a window: none on a shut day, what the wanted week says, else what stands."""
    slots: list[Slot] = []
    for day in days_between(first, end):
        if shut(day):
            continue
        week = wanted(day)
        slots += kept(stored, day) if week is None else told(stored, day, week, lasting=lasting)
    return slots


class Change(NamedTuple):
    """What becomes of a half-day, on how many days of the window; `before` is null where nothing was told."""

    weekday: int
    band: str
    line: Line
    before: int | None
    after: int
    days: int
    first: date


def changes(
    before: Stored, after: Stored, days: Iterable[date], lines: Iterable[Line], is_told: Callable[[date], bool]
) -> list[Change]:
    """What differs on some days, told by day of the week. What nobody told and is now taken is no change."""
    found: dict[tuple[int, str, Line, int | None, int], list[date]] = {}
    lines = list(lines)
    for day in days:
        for line in lines:
            for band in HALVES:
                was = on_square(before, day, band, line) if is_told(day) else None
                will = on_square(after, day, band, line)
                if (was or 0) != will:
                    found.setdefault((day.weekday(), band, line, was, will), []).append(day)
    told_by_day = [
        Change(weekday, band, line, was, will, len(days), days[0])
        for (weekday, band, line, was, will), days in found.items()
    ]
    return sorted(told_by_day, key=lambda one: (one.weekday, one.band, one.line.kind, one.line.age_group, one.first))
