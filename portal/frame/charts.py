"""Charts as numbers for a template to draw: no script, no picture. A title that says the finding goes with each.

At most four series, told apart by their line as well as their colour, named at the line's end; money axes and counts
start at zero; the month that is not over is marked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 150, 12, 30
SERIES_MOST = 4
NAME_HEIGHT = 15
BAR_MOST = 48
# So few bars are drawn narrower, and stay whole and readable on a phone.
FEW, STEP_OF_FEW, MARGIN = 5, 100, 8


@dataclass(frozen=True)
class Tick:
    at: float
    words: str


@dataclass(frozen=True)
class Series:
    """One line: its points (``x,y x,y``), where it ends and where its name stands."""

    name: str
    points: str
    end_x: float
    end_y: float
    name_y: float
    values: list[int]


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    value: int
    is_partial: bool


@dataclass(frozen=True)
class Chart:
    """`title` says the finding, `summary` what a reader who does not see it needs; `rows` are the same numbers.

    `of` is what each label is.
    """

    title: str
    summary: str
    unit: str
    series: list[Series]
    bars: list[Bar]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    heading: list[str]
    rows: list[tuple[str, list[int]]]
    of: str = "Période"
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM

    @property
    def is_narrow(self) -> bool:
        return self.width < WIDTH

    @property
    def is_empty(self) -> bool:
        return not any(value for _label, values in self.rows for value in values)


def lines(title: str, summary: str, unit: str, labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> Chart:
    """One point a label and series; the last label is the time that is not over."""
    assert len(series) <= SERIES_MOST
    highest = _round_up(max((value for values in series.values() for value in values), default=0))
    xs = _places(len(labels))
    drawn = [
        Series(name, " ".join(f"{x:.1f},{_y(value, highest):.1f}" for x, value in zip(xs, values, strict=True)),
               xs[-1], _y(values[-1], highest), 0, list(values))
        for name, values in series.items()
    ]  # fmt: skip
    rows = [(label, [values[place] for values in series.values()]) for place, label in enumerate(labels)]
    return Chart(title, summary, unit, _apart(drawn), [], _named(xs, labels), _scale(highest), list(series), rows)


def bars(
    title: str, summary: str, unit: str, labels: Sequence[str], name: str, values: Sequence[int], *,
    all_over: bool = False, of: str = "Période",
) -> Chart:  # fmt: skip
    """One bar a label, from zero; the last one is hatched: its time is not over, unless `all_over`."""
    right = LEFT + STEP_OF_FEW * len(labels) if 0 < len(labels) <= FEW else WIDTH - RIGHT
    highest, xs = _round_up(max(values, default=0)), _places(len(labels), right)
    width = min(BAR_MOST, (right - LEFT) / max(len(labels), 1) * 0.6)
    drawn = [
        Bar(
            x - width / 2,
            _y(value, highest),
            width,
            HEIGHT - BOTTOM - _y(value, highest),
            value,
            not all_over and place == len(xs) - 1,
        )
        for place, (x, value) in enumerate(zip(xs, values, strict=True))
    ]
    rows = [(label, [value]) for label, value in zip(labels, values, strict=True)]
    whole = right + MARGIN if right < WIDTH - RIGHT else WIDTH
    return Chart(
        title, summary, unit, [], drawn, _named(xs, labels), _scale(highest), [name], rows, of, width=whole, right=right
    )


def _places(count: int, right: float = WIDTH - RIGHT) -> list[float]:
    step = (right - LEFT) / max(count, 1)
    return [LEFT + step * (place + 0.5) for place in range(count)]


def _y(value: int, highest: int) -> float:
    return TOP + (HEIGHT - BOTTOM - TOP) * (1 - value / highest)


def _round_up(value: int) -> int:
    """The next 4, 8, 20, 40, 80, 200…: four even steps of whole numbers."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if 4 * factor * step >= value:
                return 4 * factor * step
        step *= 10


def _scale(highest: int) -> list[Tick]:
    values = [highest * part // 4 for part in range(5)]
    return [Tick(_y(value, highest), f"{value:,}".replace(",", "\u00a0")) for value in values]


def _named(xs: Sequence[float], labels: Sequence[str]) -> list[Tick]:
    """Every label when they are few, else about twelve of them."""
    every = max(1, -(-len(labels) // 12))
    return [Tick(x, label) for place, (x, label) in enumerate(zip(xs, labels, strict=True)) if place % every == 0]


def _apart(series: list[Series]) -> list[Series]:
    """Names at the lines' ends that do not cover each other nor leave the drawing, in the order of the ends."""
    ordered = sorted(series, key=lambda one: one.end_y)
    places: list[float] = []
    for one in ordered:
        places.append(max(one.end_y + 4, places[-1] + NAME_HEIGHT if places else TOP))
    limit = HEIGHT - BOTTOM + 4.0
    for number in reversed(range(len(places))):
        places[number] = min(places[number], limit)
        limit = places[number] - NAME_HEIGHT
    found = {one.name: place for one, place in zip(ordered, places, strict=True)}
    return [replace(one, name_y=found[one.name]) for one in series]
