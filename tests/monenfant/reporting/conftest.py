"""A childminder approved for four and a crèche of ten, on Monday 26 October 2026."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from monenfant.models import CarePlace, Gesture, Publication
from monenfant.reporting.foreseeing import Wish
from monenfant.reporting.held import last_message
from monenfant.reporting.squares import EITHER, HALVES, Square
from monenfant.reporting.windows import monday_of
from monenfant.reporting.writing import Who, publish
from monenfant.rules.availability import Slot
from tests.monenfant.slots import as_slots

ON = date(2026, 10, 26)
NOW = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)
HER = Who("monique")
THURSDAY, WEEKDAYS = 3, range(7)
Publish = Callable[..., Publication]


@pytest.fixture
def childminder() -> CarePlace:
    return CarePlace.objects.create(
        provider="CHILDMINDER", number="AM1", kind="HOME", insee_code="63124", lat=45.7, lon=3.2, cell=7, most_places=4
    )


@pytest.fixture
def creche() -> CarePlace:
    return CarePlace.objects.create(
        provider="STRUCTURE", number="S1", kind="COLLECTIVE", insee_code="63300", lat=45.9, lon=3.1, cell=8, most_places=10,
        age_min_months=2, age_max_months=36,
    )  # fmt: skip


def week(**free: int) -> dict[Square, int]:
    """A childminder's squares: `week(thu_pm=1)`, all the others taken."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return {
        Square(weekday, band, "ANY", EITHER): free.get(f"{names[weekday]}_{band.lower()}", 0)
        for weekday in WEEKDAYS
        for band in HALVES
    }


def present(children: int) -> dict[tuple[int, str], int]:
    return {(weekday, band): children for weekday in range(5) for band in HALVES}


def tell(place: CarePlace, squares: dict[Square, int], gesture: str = Gesture.UNTIL, **changes: Any) -> Publication:
    """Publish squares from the week of `on`, the page having been read just before."""
    on = changes.pop("on", ON)
    wish = Wish(gesture, changes.pop("monday", monday_of(on)), squares, changes.pop("present", None))
    place.refresh_from_db()
    facts: dict[str, Any] = {"key": uuid4(), "seen": last_message(place), "who": HER, "now": NOW + (on - ON)}
    return publish(place_pk=place.pk, wish=wish, on=on, **facts | changes)


def slots_of(place: CarePlace, day: date | None = None) -> list[Slot]:
    found = as_slots({(row.month, row.kind, row.age_group): bytes(row.places) for row in place.months.all()})
    return found if day is None else [slot for slot in found if slot.date == day]


def told_on(place: CarePlace, day: date) -> dict[tuple[str, str], int]:
    """Places of a day by half and kind."""
    return {(slot.band, slot.kind): slot.places for slot in slots_of(place, day)}


def days_later(days: int) -> date:
    return ON + timedelta(days=days)
