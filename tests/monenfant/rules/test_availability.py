"""Ages, packed months, windows and squares."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest

from monenfant.rules import availability as rules
from monenfant.rules.availability import Slot
from portal.organisations.communes import distance_km
from tests.monenfant.slots import as_slots

NINTH = date(2021, 9, 9)


@pytest.mark.parametrize(
    ("born", "on", "months", "group"),
    [
        (date(2021, 1, 15), date(2022, 2, 1), 12, "0-12"),
        (date(2021, 1, 15), date(2022, 2, 14), 12, "0-12"),
        (date(2021, 1, 15), date(2022, 2, 15), 13, "13-24"),
        (date(2021, 1, 15), date(2023, 2, 15), 25, "25-36"),
        (date(2021, 1, 15), date(2024, 2, 15), 37, "37-72"),
        (date(2021, 1, 15), date(2027, 2, 14), 72, "37-72"),
        (date(2021, 1, 15), date(2027, 2, 15), 73, None),
        # Born on a day that some months do not have: the month is complete on the first of the next.
        (date(2024, 2, 29), date(2025, 2, 28), 11, "0-12"),
        (date(2024, 2, 29), date(2025, 3, 1), 12, "0-12"),
        (date(2020, 2, 29), date(2026, 3, 29), 73, None),
        (date(2021, 8, 31), date(2022, 9, 30), 12, "0-12"),
        (date(2021, 8, 31), date(2022, 10, 1), 13, "13-24"),
        # Expected: not yet born on the day asked for.
        (date(2022, 5, 1), date(2022, 2, 1), -3, "0-12"),
    ],
)
def test_the_age_group_of_a_child(born: date, on: date, months: int, group: str | None) -> None:
    assert rules.age_in_months(born, on) == months
    assert rules.age_group_of(months) == group


def test_slots_are_packed_and_come_back_the_same() -> None:
    slots = [
        Slot(NINTH, "AM", "0-12", "OCCASIONAL", 2),
        Slot(NINTH, "PM", "13-24", "OCCASIONAL", 1),
        Slot(date(2021, 9, 30), "FULL", "0-12", "OCCASIONAL", 3),
        Slot(date(2021, 10, 1), "FULL", "25-36", "REGULAR", 255),
    ]

    months = rules.packed(slots)

    assert as_slots(months) == slots
    assert rules.free_days(months[date(2021, 9, 1), "OCCASIONAL", "0-12"]) == 1 << 8 | 1 << 29
    assert {len(row) for row in months.values()} == {93}


@pytest.mark.parametrize("places", [-1, 256])
def test_places_out_of_bounds(places: int) -> None:
    with pytest.raises(rules.PlacesOutOfBounds):
        rules.packed([Slot(NINTH, "AM", "0-12", "REGULAR", places)])


def test_a_whole_day_and_a_half_of_it_do_not_go_together() -> None:
    whole, half = Slot(NINTH, "FULL", "0-12", "REGULAR", 1), Slot(NINTH, "AM", "0-12", "REGULAR", 1)

    with pytest.raises(rules.BandsOverlap):
        rules.packed([whole, half])
    rules.packed([whole, Slot(NINTH, "AM", "13-24", "REGULAR", 1), Slot(date(2021, 9, 10), "AM", "0-12", "REGULAR", 1)])


@pytest.mark.parametrize("places", [0, 1, 3])
def test_a_moment_told_twice_is_refused_not_overwritten(places: int) -> None:
    """Which of the two was meant, nobody knows; the last one would win in silence."""
    first, again = Slot(NINTH, "AM", "0-12", "REGULAR", 1), Slot(NINTH, "AM", "0-12", "REGULAR", places)

    with pytest.raises(rules.BandsOverlap):
        rules.packed([first, again])
    rules.packed([first, Slot(NINTH, "PM", "0-12", "REGULAR", places), Slot(NINTH, "AM", "0-12", "OCCASIONAL", places)])


def test_a_window_replaces_its_days_and_no_other() -> None:
    month = date(2021, 9, 1)
    kept = bytes([1] * 93)
    told = rules.packed([Slot(date(2021, 9, 10), "AM", "0-12", "REGULAR", 7)])[month, "REGULAR", "0-12"]

    row = rules.overlaid(kept, told, month, date(2021, 9, 9), date(2021, 9, 11))

    assert row[: 3 * 8] == bytes([1] * 24)
    assert row[3 * 8 : 3 * 10] == bytes([0, 0, 0, 7, 0, 0])
    assert row[3 * 10 :] == bytes([1] * 63)


def test_the_months_of_a_window() -> None:
    assert rules.months_of(date(2021, 12, 31), date(2022, 1, 1)) == [date(2021, 12, 1)]
    assert rules.months_of(date(2021, 12, 31), date(2022, 1, 2)) == [date(2021, 12, 1), date(2022, 1, 1)]


@pytest.mark.parametrize(
    ("lat", "lon"), [(45.78, 3.08), (48.8566, 2.3522), (4.94, -52.33), (-12.78, 45.23), (-21.0, 55.5)]
)
@pytest.mark.parametrize("radius", [1, 5, 50])
def test_no_point_of_the_circle_lies_outside_its_squares(lat: float, lon: float, radius: int) -> None:
    rows, columns = rules.squares_around(lat, lon, radius)
    cells = {row * rules.CELLS_AROUND + column for row in rows for column in columns}
    steps = [step / 20 for step in range(-20, 21)]
    points = [(lat + north * radius / 111, lon + east * radius / 70) for north in steps for east in steps]

    inside = [point for point in points if distance_km(lat, lon, *point) <= radius]

    assert len(inside) > 300
    assert all(rules.cell_of(*point) in cells for point in inside)


@pytest.mark.parametrize(
    ("days", "structure", "childminder"),
    [(7, "FRESH", "FRESH"), (8, "GREY", "FRESH"), (21, "GREY", "FRESH"), (22, "HIDDEN", "FRESH"), (35, "HIDDEN", "FRESH"),
     (36, "HIDDEN", "GREY"), (180, "HIDDEN", "GREY")],
)  # fmt: skip
def test_how_long_what_was_told_is_fresh(days: int, structure: str, childminder: str) -> None:
    on = NINTH + timedelta(days=days)

    assert rules.freshness(NINTH, on, by_childminder=False) == structure
    assert rules.freshness(NINTH, on, by_childminder=True) == childminder


@pytest.mark.parametrize(
    ("slots", "fits"),
    [
        ([Slot(NINTH, "AM", "0-12", "REGULAR", 3), Slot(NINTH, "AM", "13-24", "REGULAR", 2)], True),
        ([Slot(NINTH, "AM", "0-12", "REGULAR", 3), Slot(NINTH, "AM", "13-24", "REGULAR", 3)], False),
        # The afternoon, another kind of care and another day count apart.
        ([Slot(NINTH, "AM", "0-12", "REGULAR", 5), Slot(NINTH, "PM", "0-12", "REGULAR", 5)], True),
        ([Slot(NINTH, "AM", "0-12", "REGULAR", 5), Slot(NINTH, "AM", "0-12", "OCCASIONAL", 5)], True),
        ([Slot(NINTH, "FULL", "0-12", "REGULAR", 4), Slot(NINTH, "PM", "13-24", "REGULAR", 2)], False),
    ],
)
def test_ages_together_hold_the_capacity_at_most(slots: list[Slot], fits: bool) -> None:
    with nullcontext() if fits else pytest.raises(rules.AboveCapacity):
        rules.check_capacity(slots, 5)
