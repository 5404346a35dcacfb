"""How many lines are drawn, and when an account opens far more files than it should."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from fraud.rules.reading import busiest_hour, habit_limit, lines_to_draw

START = datetime(2026, 9, 7, 8, tzinfo=UTC)


@pytest.mark.parametrize(("reads", "lines"), [(0, 0), (1, 1), (100, 1), (101, 2), (12_345, 124)])
def test_one_per_cent_rounded_up(reads: int, lines: int) -> None:
    assert lines_to_draw(reads, Fraction("0.01")) == lines


def looks(*minutes: int) -> list[tuple[datetime, str]]:
    return [(START + timedelta(minutes=minute), str(number)) for number, minute in enumerate(minutes)]


def test_the_busiest_hour_counts_different_files_and_an_hour_is_half_open() -> None:
    assert busiest_hour([]) is None
    found = busiest_hour(looks(0, 30, 60, 61))
    assert found is not None
    assert (found.files, found.since) == (3, START + timedelta(minutes=30))
    again = [(START, "a"), (START, "a"), (START, "b")]
    assert busiest_hour(again) is not None
    assert busiest_hour(again).files == 2  # type: ignore[union-attr]


@pytest.mark.parametrize(("days", "limit"), [
    ([10, 10, 10, 10], None), ([10, 10, 10, 10, 10], 50), ([0, 10, 10, 10, 10], None), ([2] * 8, 40), ([20] * 5, 100),
])  # fmt: skip
def test_a_habit_needs_five_days_and_never_counts_below_the_least(days: list[int], limit: int | None) -> None:
    assert habit_limit(days, 5, 40) == limit
