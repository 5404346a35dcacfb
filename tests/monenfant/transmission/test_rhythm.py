"""When the next report is due, and how many were missed: each boundary, on the day clocks change too."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monenfant.transmission.rhythm import missed_periods, next_due

PARIS = ZoneInfo("Europe/Paris")
TOLD = datetime(2026, 10, 19, 5, 10, tzinfo=PARIS)


@dataclass
class Place:
    declared_at: datetime | None = TOLD
    declared_mode: str = "AUTOMATED"
    published_from: date | None = date(2026, 10, 1)


def test_fifty_six_hours_by_software_seven_days_when_typed() -> None:
    assert next_due(TOLD, "AUTOMATED") == datetime(2026, 10, 21, 13, 10, tzinfo=PARIS)
    assert next_due(TOLD, "MANUAL") == datetime(2026, 10, 26, 4, 10, tzinfo=PARIS), "an hour less on 25 October"


@pytest.mark.parametrize(
    ("case", "place", "hours", "missed"),
    [
        ("just told", Place(), 0, 0),
        ("due now", Place(), 56, 0),
        ("a second later", Place(), 56 + 1 / 3600, 1),
        ("due again now", Place(), 112, 1),
        ("two missed", Place(), 112 + 1 / 3600, 2),
        ("typed, due now", Place(declared_mode="MANUAL"), 168, 0),
        ("typed, two missed", Place(declared_mode="MANUAL"), 337, 2),
        ("not published", Place(declared_at=None, published_from=None), 900, 0),
    ],
)
def test_missed_periods(case: str, place: Place, hours: float, missed: int) -> None:
    now = (TOLD.astimezone(ZoneInfo("UTC")) + timedelta(hours=hours)).astimezone(PARIS)
    assert missed_periods(place, now) == missed, case


def test_a_place_that_never_reported_is_counted_from_its_first_day() -> None:
    never = Place(declared_at=None, declared_mode="", published_from=date(2026, 10, 1))

    assert missed_periods(never, datetime(2026, 10, 8, tzinfo=PARIS)) == 0
    assert missed_periods(never, datetime(2026, 10, 8, 0, 1, tzinfo=PARIS)) == 1
    assert missed_periods(never, datetime(2026, 9, 1, tzinfo=PARIS)) == 0
