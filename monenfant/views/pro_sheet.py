"""A week as its page shows it: days, squares with their words, what may be changed and what may not."""

from dataclasses import dataclass
from datetime import date, timedelta

from monenfant.reporting.held import Held
from monenfant.reporting.squares import HALVES, Line, Square
from monenfant.reporting.windows import WEEK, days_between, monday_of
from monenfant.views.pro_forms import WEEKS_AHEAD, Typed
from monenfant.views.pro_words import BANDS, half_day, line_words

WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class Box:
    """One square: `places` typed, `present` children (null: not told), `told` when the day was told before."""

    name: str
    label: str
    places: int
    present: int | None
    is_told: bool
    error: str


@dataclass(frozen=True, slots=True)
class Row:
    line: str
    boxes: list[Box]


@dataclass(frozen=True, slots=True)
class Day:
    """`shut`: why nothing can be told of it; empty when it can."""

    day: date
    weekday: int
    rows: list[Row]
    shut: str


@dataclass(frozen=True, slots=True)
class Sheet:
    monday: date
    days: list[Day]
    previous: date | None
    next: date | None
    has_weekend: bool

    @property
    def is_open(self) -> bool:
        """Whether anything can be told of this week."""
        return any(not day.shut for day in self.days)


def sheet_of(
    held: Held, typed: Typed, on: date, *, errors: dict[Square, str] | None = None, weekend: bool = False
) -> Sheet:
    """The five working days; the others too when something is told of them, or asked for."""
    last = 7 if weekend or _used_at_weekends(typed) else WORKING_DAYS
    days = [
        _day(held, typed, day, on, errors or {})
        for day in days_between(typed.monday, typed.monday + timedelta(days=last))
    ]
    this = monday_of(on)
    return Sheet(
        monday=typed.monday, days=days, has_weekend=last == 7,
        previous=typed.monday - WEEK if typed.monday > this else None,
        next=typed.monday + WEEK if typed.monday < this + WEEKS_AHEAD * WEEK else None,
    )  # fmt: skip


def _used_at_weekends(typed: Typed) -> bool:
    places = any(number for square, number in typed.squares.items() if square.weekday >= WORKING_DAYS)
    return places or any(children for (weekday, _band), children in typed.present.items() if weekday >= WORKING_DAYS)


def _day(held: Held, typed: Typed, day: date, on: date, errors: dict[Square, str]) -> Day:
    rows = [] if (shut := _shut(held, day, on)) else [_row(held, typed, line, day, errors) for line in held.lines]
    return Day(day, day.weekday(), rows, shut)


def _shut(held: Held, day: date, on: date) -> str:
    if day < on:
        return "Passé"
    if held.shut.is_stopped(day):
        return "Arrêt de l’accueil"
    return "Fermé" if day in held.shut else ""


def _row(held: Held, typed: Typed, line: Line, day: date, errors: dict[Square, str]) -> Row:
    return Row(line_words(line), [_box(held, typed, line.square(day.weekday(), band), day, errors) for band in HALVES])


def _box(held: Held, typed: Typed, square: Square, day: date, errors: dict[Square, str]) -> Box:
    words = line_words(Line(square.age_group, square.kind))
    return Box(
        name=square.name, label=half_day(square.weekday, square.band).capitalize() + (f", {words}" if words else ""),
        places=typed.squares[square], present=typed.present.get((square.weekday, square.band)),
        is_told=held.is_told(day), error=errors.get(square) or typed.errors.get(f"n-{square.name}", ""),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Presence:
    """The field of the children present on a half-day."""

    name: str
    label: str
    children: int | None
    error: str


def presences_of(typed: Typed, *, weekend: bool) -> list[tuple[str, list[Presence]]]:
    """By day of the week."""
    last = 7 if weekend else WORKING_DAYS
    return [(half_day(weekday, "AM").split(" ")[0].capitalize(), [_presence(typed, weekday, band) for band in BANDS])
            for weekday in range(last)]  # fmt: skip


def _presence(typed: Typed, weekday: int, band: str) -> Presence:
    name = f"p-{weekday}-{band}"
    label = f"Enfants présents, {half_day(weekday, band)}"
    return Presence(name, label, typed.present.get((weekday, band)), typed.errors.get(name, ""))
