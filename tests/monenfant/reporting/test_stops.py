"""A time without any child, and a closed day: nothing is free then, and it can be taken back."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from monenfant.models import CarePlace, Gesture, Publication, Stop
from monenfant.reporting import closing, stops
from monenfant.reporting.shut import shut_of
from monenfant.reporting.squares import Line
from monenfant.reporting.stops import stop, stops_of
from monenfant.reporting.undoing import undo
from tests.monenfant.files import row, take_in
from tests.monenfant.reporting.conftest import HER, NOW, ON, slots_of, tell, told_on, week

pytestmark = pytest.mark.django_db
FIRST, BACK = date(2026, 11, 2), date(2026, 11, 9)
ALL_WEEK = {f"{day}_{half}": 1 for day in ("mon", "tue", "wed", "thu", "fri") for half in ("am", "pm")}


def stopped(place: CarePlace, start: date = FIRST, end: date | None = BACK, **changes: Any) -> Publication:
    facts: dict[str, Any] = {"key": uuid4(), "is_final": False, "who": HER, "on": ON, "now": NOW}
    return stop(place_pk=place.pk, start=start, end=end, **facts | changes)


def test_nothing_is_free_during_a_stop_and_everything_before_and_after(childminder: CarePlace) -> None:
    tell(childminder, week(**ALL_WEEK))

    stopped(childminder)

    days = [FIRST - timedelta(days=3), FIRST, BACK - timedelta(days=3), BACK]
    assert [bool(told_on(childminder, day)) for day in days] == [True, False, False, True]
    assert [shut_of(childminder, None).is_stopped(day) for day in (FIRST - timedelta(days=1), FIRST, BACK - timedelta(days=1), BACK)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert list(stops_of(childminder)) == [Stop.objects.get()]


def test_what_is_published_later_does_not_open_a_stop(childminder: CarePlace) -> None:
    stopped(childminder)

    tell(childminder, week(**ALL_WEEK))

    assert told_on(childminder, FIRST) == {}
    assert told_on(childminder, BACK) != {}


def test_the_week_that_goes_on_is_the_one_before_the_stop(childminder: CarePlace) -> None:
    tell(childminder, week(thu_pm=1), on=date(2026, 10, 12))
    stopped(childminder, start=date(2026, 11, 16), end=None)
    Stop.objects.update(end=date(2026, 12, 1))

    tell(childminder, {}, Gesture.SAME)

    assert told_on(childminder, date(2026, 12, 3)) != {}
    assert told_on(childminder, date(2026, 12, 4)) == {}


def test_undoing_a_stop_puts_the_places_back(childminder: CarePlace) -> None:
    tell(childminder, week(**ALL_WEEK))
    before = slots_of(childminder)
    made = stopped(childminder, end=None)

    undo(place_pk=childminder.pk, publication_pk=made.pk, key=uuid4(), who=HER, on=ON, now=NOW)

    assert slots_of(childminder) == before
    assert not shut_of(childminder, None).is_stopped(FIRST)


@pytest.mark.parametrize(
    ("start", "end", "refusal"),
    [
        (ON - timedelta(days=1), BACK, stops.StopInThePast),
        (FIRST, FIRST, stops.StopReversed),
        (BACK - timedelta(days=1), None, stops.AlreadyStopped),
    ],
)
def test_a_stop_that_cannot_be_changes_nothing(
    childminder: CarePlace, start: date, end: date | None, refusal: Any
) -> None:
    stopped(childminder)

    with pytest.raises(refusal):
        stopped(childminder, start, end)

    assert (Stop.objects.count(), Publication.objects.count()) == (1, 1)
    assert stopped(childminder, BACK, None).gesture == "STOP"


def test_the_same_form_twice_is_one_stop(childminder: CarePlace) -> None:
    key = uuid4()

    assert stopped(childminder, key=key) == stopped(childminder, key=key)
    assert Stop.objects.count() == 1


def test_a_closed_day_has_no_place_and_is_closed_once(creche: CarePlace, tmp_path: Any) -> None:
    take_in(tmp_path, "care-structures", row("care-structures", cnaf_id="S1"))
    line = Line("0-12", "REGULAR")
    tell(creche, {line.square(day, band): 2 for day in range(5) for band in ("AM", "PM")})
    facts: dict[str, Any] = {"place_pk": creche.pk, "who": HER, "on": ON, "now": NOW}

    closing.close_day(key=uuid4(), day=FIRST, **facts)

    assert told_on(creche, FIRST) == {}
    assert told_on(creche, FIRST + timedelta(days=1)) != {}
    assert FIRST in shut_of(creche, None)
    # Closed already, past, or a Sunday on which its hours say nothing.
    for day in (FIRST, ON - timedelta(days=1), date(2026, 11, 8)):
        with pytest.raises(closing.NotAnOpenDay):
            closing.close_day(key=uuid4(), day=day, **facts)
