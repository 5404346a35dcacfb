"""When a structure's next report is due, and how many were missed: below, at and above each hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monenfant.rules.rhythm import missed_periods, next_due

LAST = datetime(2021, 9, 6, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(("mode", "hours"), [("MANUAL", 168), ("AUTOMATED", 56), ("", 168)])
def test_when_the_next_is_due(mode: str, hours: int) -> None:
    assert next_due(LAST, mode) == LAST + timedelta(hours=hours)


def test_hours_go_by_also_when_clocks_change() -> None:
    told = datetime(2026, 10, 19, 5, 10, tzinfo=ZoneInfo("Europe/Paris"))

    assert next_due(told, "AUTOMATED") == datetime(2026, 10, 21, 3, 10, tzinfo=UTC) + timedelta(hours=8)
    due = datetime(2026, 10, 26, 4, 10, tzinfo=ZoneInfo("Europe/Paris"))
    assert next_due(told, "MANUAL") == due, "an hour less on 25 October"
    assert [missed_periods(told, "MANUAL", due + timedelta(seconds=late)) for late in (0, 1)] == [0, 1]


def test_three_reports_at_their_latest_fit_in_seven_days() -> None:
    third = next_due(next_due(LAST, "AUTOMATED"), "AUTOMATED")

    assert third - LAST < timedelta(days=7)


@pytest.mark.parametrize(
    ("mode", "after", "missed"),
    [
        ("MANUAL", timedelta(0), 0),
        ("MANUAL", timedelta(days=7), 0),
        ("MANUAL", timedelta(days=7, seconds=1), 1),
        ("MANUAL", timedelta(days=14), 1),
        ("MANUAL", timedelta(days=14, seconds=1), 2),
        ("AUTOMATED", timedelta(hours=112), 1),
        ("AUTOMATED", timedelta(hours=112, seconds=1), 2),
        ("MANUAL", -timedelta(days=3), 0),
    ],
)
def test_how_many_were_missed(mode: str, after: timedelta, missed: int) -> None:
    assert missed_periods(LAST, mode, LAST + after) == missed
