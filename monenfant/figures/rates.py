"""Rates of childcare, from whole counts: per mille, rounded half up once; nothing (None) where nothing divides.

Pure module: no database, no clock.
"""

PER_MILLE = 1000


def per_mille(part: int, whole: int) -> int | None:
    """`part` of `whole`; 589 is 58.9 %."""
    return _half_up(part * PER_MILLE, whole) if whole > 0 else None


def coverage(places: int, children_under_3: int | None) -> int | None:
    """Places of formal modes for a thousand children under three: the official rate is told for a hundred."""
    return None if children_under_3 is None else per_mille(places, children_under_3)


def unfilled_places(places: int, presence_hours: int, theoretical_hours: int) -> int | None:
    """The empty hours told in whole places: places × (1 − real occupancy)."""
    if theoretical_hours <= 0:
        return None
    return _half_up(places * (theoretical_hours - presence_hours), theoretical_hours)


def _half_up(top: int, below: int) -> int:
    return (2 * top + below) // (2 * below)
