"""The rates of figures, theoretical hours, and what secrecy withholds."""

import pytest

from monenfant.figures.hours import theoretical_hours
from monenfant.figures.rates import coverage, per_mille, unfilled_places
from monenfant.figures.secrecy import LEAST, withheld

WEEK = ["07:30-18:30"] * 5 + [None, None]


@pytest.mark.parametrize(
    ("case", "part", "whole", "expected"),
    [
        ("58,9 places pour 100 enfants", 589, 1000, 589),
        ("half is rounded up", 1, 2000, 1),
        ("just under half is not", 4999, 10_000_000, 0),
        ("above one is told", 3, 2, 1500),
        ("nothing divides", 0, 0, None),
    ],
)
def test_a_rate_is_per_mille_rounded_once(case: str, part: int, whole: int, expected: int | None) -> None:
    assert per_mille(part, whole) == expected, case


def test_coverage_needs_children() -> None:
    assert coverage(1200, 2000) == 600
    assert coverage(1200, None) is None
    assert coverage(1200, 0) is None


def test_the_unfilled_places_of_2017() -> None:
    """154 500 places at 62.2 % of real occupancy: about 408 700 in all."""
    assert unfilled_places(408_700, 622, 1000) == 154_489
    assert unfilled_places(408_730, 622, 1000) == 154_500
    assert unfilled_places(10, 10, 10) == 0
    assert unfilled_places(10, 0, 0) is None


@pytest.mark.parametrize(
    ("case", "capacity", "week", "closed", "year", "expected"),
    [
        ("261 working days of 11 hours", 1, WEEK, None, 2025, 261 * 11),
        ("places multiply", 24, WEEK, None, 2025, 24 * 261 * 11),
        ("three weeks closed, reopened on the Monday", 1, WEEK, "2025-08-04/2025-08-25", 2025, (261 - 15) * 11),
        ("a closed Sunday takes nothing", 1, WEEK, "2025-08-03/2025-08-04", 2025, 261 * 11),
        ("closed in another year", 1, WEEK, "2026-08-03/2026-08-24", 2025, 261 * 11),
        (
            "two closings that overlap count once",
            1,
            WEEK,
            "2025-08-04/2025-08-09|2025-08-06/2025-08-09",
            2025,
            256 * 11,
        ),
        ("two spans", 1, ["07:30-12:00|13:30-18:30"] + [None] * 6, None, 2025, 494),
        (
            "a leap year has its Monday more; half an hour is rounded up",
            1,
            ["07:30-08:00"] + [None] * 6,
            None,
            2024,
            27,
        ),
        ("never open", 30, [None] * 7, None, 2025, 0),
    ],
)
def test_theoretical_hours(
    case: str, capacity: int, week: list[str | None], closed: str | None, year: int, expected: int
) -> None:
    assert theoretical_hours(capacity, week, closed, year) == expected, case


@pytest.mark.parametrize(
    ("case", "units", "hidden"),
    [
        ("nothing small, nothing withheld", {"a": 3, "b": 9}, ""),
        ("a lone small one takes the smallest shown with it", {"a": 2, "b": 5, "c": 3}, "ac"),
        ("two small ones that add up to three hide each other", {"a": 2, "b": 1, "c": 7}, "ab"),
        ("two small ones below three take a third", {"a": 1, "b": 1, "c": 7, "d": 4}, "abd"),
        ("an empty one hides nobody", {"a": 2, "b": 0, "c": 4}, "ac"),
        ("an empty one is no small one", {"a": 0, "b": 4}, ""),
        ("the whole is small", {"a": 2}, "a"),
        ("the boundary", {"a": LEAST - 1, "b": LEAST}, "ab"),
    ],
)
def test_what_is_withheld(case: str, units: dict[str, int], hidden: str) -> None:
    assert withheld(units) == set(hidden), case


def test_no_area_is_found_by_subtraction() -> None:
    """Every whole of up to four areas: what is withheld is empty, or two areas and three units at least."""
    for number in range(7**4):
        units = {str(place): number // 7**place % 7 for place in range(4)}
        hidden = withheld(units)
        total = sum(units[area] for area in hidden)
        assert all(area in hidden for area, count in units.items() if 0 < count < LEAST)
        assert not hidden or total >= LEAST and len(hidden) > 1 or sum(units.values()) < LEAST
