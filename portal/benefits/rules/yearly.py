"""Figures that change every year: a line holds until the next day of change, and no further (decision 0056).

The day stands in the parameters of these benefits, under the name of the figure: `uprated_on.bmaf` is 1 April. A figure that
other benefits read too ends for ARS and AEEH alone; its next line, written in its own file, opens the year.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import zip_longest

from portal.legislation.parameters import DatedValue, Figure, Parameters

UPRATED_ON = "uprated_on."
SOURCE = "ce barème change ce jour-là chaque année, et sa ligne n’est pas écrite"


def ending_each_year(parameters: Parameters) -> Parameters:
    """The same figures, each yearly one having no value from its day of change on while no line of that day is there."""
    days = {key.removeprefix(UPRATED_ON): one for key, one in parameters.figures.items() if key.startswith(UPRATED_ON)}
    ended = {key: _ended(parameters.figures[key], day) for key, day in days.items()}
    return Parameters(parameters.figures | ended)


def _ended(figure: Figure, day_of_change: Figure) -> Figure:
    return replace(figure, values=tuple(_with_ends(figure.values, day_of_change)))


def _with_ends(lines: tuple[DatedValue, ...], day_of_change: Figure) -> Iterator[DatedValue]:
    for line, following in zip_longest(lines, lines[1:]):
        yield line
        end = _next_change(line.since, day_of_change)
        if line.value is not None and (following is None or end < following.since):
            yield DatedValue(end, None, "unverified", SOURCE)


def _next_change(since: date, day_of_change: Figure) -> date:
    """The first day of change after `since`, from the year on in which that day is told."""
    first = day_of_change.values[0].since
    years = range(max(since.year, first.year), max(since.year, first.year) + 2)
    days = [date.fromisoformat(f"{year:04d}-{day_of_change.on(date(year, 12, 31)).value}") for year in years]
    return next(day for day in days if day > since and day >= first)
