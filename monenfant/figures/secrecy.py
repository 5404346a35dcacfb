"""Statistical secrecy: which areas of a whole may be shown, so that no small one is told, nor found by subtraction.

An area with one or two units is withheld. Who knows the whole and what is shown knows what all the withheld ones add up
to: so they must be three units at least (then they are two areas), and the smallest shown area is withheld too until they are.
Pure module: no database, no clock.
"""

from collections.abc import Mapping

LEAST = 3


def withheld(units: Mapping[str, int]) -> frozenset[str]:
    """The areas not shown. All of them may be: then the whole, below three units, is withheld with its own peers."""
    hidden = {area for area, count in units.items() if 0 < count < LEAST}
    shown = sorted((count, area) for area, count in units.items() if count >= LEAST)
    while hidden and shown and sum(units[area] for area in hidden) < LEAST:
        hidden.add(shown.pop(0)[1])
    return frozenset(hidden)
