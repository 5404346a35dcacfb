"""Publishing a week: what families may read then, each refusal and that nothing moved, twice, two at once, undone."""

import threading
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections

from monenfant import operations
from monenfant.models import AvailabilityMessage, CarePlace, Gesture, Publication
from monenfant.reporting.foreseeing import NothingTold, Wish
from monenfant.reporting.squares import Line
from monenfant.reporting.undoing import CannotUndo, undo
from monenfant.reporting.windows import monday_of
from monenfant.reporting.writing import ChangedMeanwhile, TooMuch, keep_to_the_approval, publish
from monenfant.rules.availability import AboveCapacity, Slot
from monenfant.rules.childminders import TooManyPlaces
from portal.audit.models import JournalEntry
from tests.monenfant.reporting.conftest import HER, NOW, ON, present, slots_of, tell, told_on, week

pytestmark = pytest.mark.django_db
THURSDAY, NEXT_THURSDAY, LAST_MONDAY = date(2026, 10, 29), date(2026, 11, 5), date(2027, 5, 31)
BOTH = {("PM", "REGULAR"): 1, ("PM", "OCCASIONAL"): 1}


def undone(place: CarePlace, made: Publication, **changes: Any) -> Publication:
    facts: dict[str, Any] = {"key": uuid4(), "who": HER, "on": ON, "now": NOW}
    return undo(place_pk=place.pk, publication_pk=made.pk, **facts | changes)


def test_every_week_until_the_end_of_may_serves_both_kinds_of_care(childminder: CarePlace) -> None:
    made = tell(childminder, week(thu_pm=1, mon_am=1), present=present(3))

    assert told_on(childminder, THURSDAY) == BOTH
    assert told_on(childminder, LAST_MONDAY) == {("AM", "REGULAR"): 1, ("AM", "OCCASIONAL"): 1}
    assert told_on(childminder, date(2027, 6, 3)) == {}
    assert (made.window_start, made.window_end) == (ON, date(2027, 6, 1))
    # 31 Thursdays and 32 Mondays.
    assert made.free_half_days == 63
    parts = AvailabilityMessage.objects.order_by("sequence").values_list("window_start", "window_end", "mode")
    assert list(parts) == [(ON, date(2026, 12, 1), "MANUAL"), (date(2026, 12, 1), date(2027, 6, 1), "MANUAL")]
    entry = JournalEntry.objects.get(action="childcare.places_told")
    assert (entry.actor, entry.detail["free_half_days"]) == ("monique", 63)


def test_one_week_alone_makes_no_regular_place_and_takes_one_away(childminder: CarePlace) -> None:
    tell(childminder, week(mon_am=1))

    tell(childminder, week(thu_pm=1), Gesture.WEEK)

    assert told_on(childminder, ON) == {}
    assert told_on(childminder, THURSDAY) == {("PM", "OCCASIONAL"): 1}
    assert told_on(childminder, date(2026, 11, 2)) == {("AM", "REGULAR"): 1, ("AM", "OCCASIONAL"): 1}


def test_a_square_that_did_not_change_keeps_what_stands(childminder: CarePlace) -> None:
    tell(childminder, week(thu_pm=1))

    tell(childminder, week(thu_pm=1, fri_am=1), Gesture.WEEK)

    assert told_on(childminder, THURSDAY) == BOTH


def test_same_as_before_goes_on_without_what_was_for_a_day_only(childminder: CarePlace) -> None:
    tell(childminder, week(thu_pm=1), on=date(2026, 10, 12))
    last_week = date(2026, 11, 23)
    tell(childminder, week(thu_pm=1, fri_am=1), Gesture.WEEK, monday=last_week)

    made = tell(childminder, {}, Gesture.SAME)

    assert told_on(childminder, date(2026, 11, 27)) == {("AM", "OCCASIONAL"): 1}
    assert told_on(childminder, date(2026, 12, 3)) == BOTH
    assert told_on(childminder, date(2026, 12, 4)) == {}
    assert (made.window_start, made.window_end) == (ON, date(2027, 6, 1))


def test_same_as_before_says_zero_and_never_what_nobody_told(childminder: CarePlace) -> None:
    with pytest.raises(NothingTold):
        tell(childminder, {}, Gesture.SAME)

    tell(childminder, week(), on=date(2026, 10, 12))
    made = tell(childminder, {}, Gesture.SAME)

    assert (made.free_half_days, slots_of(childminder)) == (0, [])
    childminder.refresh_from_db()
    assert childminder.declared_at == NOW


@pytest.mark.parametrize(("children", "places", "fits"), [(3, 1, True), (3, 2, False), (2, 3, False), (4, 0, True)])
def test_children_and_places_together_keep_to_the_approval(
    childminder: CarePlace, children: int, places: int, fits: bool
) -> None:
    """Example 18: approved for four, two children there, three places are refused; equal is accepted."""
    tell(childminder, week(mon_am=1))
    before = slots_of(childminder)
    if fits:
        made = tell(childminder, week(thu_am=places), present=present(children))
        assert (told_on(childminder, THURSDAY) == {}) == (places == 0)
        assert made.free_half_days == 31 * (places > 0)
        return

    with pytest.raises(TooMuch) as refused:
        tell(childminder, week(thu_am=places), present=present(children))

    first = refused.value.foreseen.excesses[0]
    assert (first.day, first.band, first.present, first.places) == (THURSDAY, "AM", children, places)
    assert (slots_of(childminder), childminder.presences.count(), Publication.objects.count()) == (before, 0, 1)


def test_the_write_of_places_checks_again_whatever_the_door(childminder: CarePlace) -> None:
    tell(childminder, week(), present=present(3))
    childminder.refresh_from_db()
    facts: dict[str, Any] = {
        "place_pk": childminder.pk, "mode": "AUTOMATED", "first": THURSDAY, "end": NEXT_THURSDAY, "body": b"{}", "answer": {},
        "now": NOW, "sequence": childminder.last_sequence + 1,
    }  # fmt: skip

    with pytest.raises(TooManyPlaces):
        operations.replace_window(key=uuid4(), slots=[Slot(THURSDAY, "FULL", "ANY", "REGULAR", 2)], **facts)
    assert slots_of(childminder) == []

    operations.replace_window(key=uuid4(), slots=[Slot(THURSDAY, "FULL", "ANY", "REGULAR", 1)], **facts)
    assert len(slots_of(childminder)) == 1


def test_a_child_more_takes_places_away_in_every_week_told(childminder: CarePlace) -> None:
    tell(childminder, week(thu_pm=2), present=present(2))

    made = tell(childminder, week(thu_pm=1), Gesture.WEEK, present=present(3))

    assert told_on(childminder, NEXT_THURSDAY) == BOTH
    assert made.window_end == date(2027, 6, 1)


def test_an_approval_for_fewer_children_takes_the_places_away_and_dates_nothing(childminder: CarePlace) -> None:
    tell(childminder, week(thu_pm=2), present=present(2))
    declared = CarePlace.objects.get().declared_at
    CarePlace.objects.update(most_places=3)

    made = keep_to_the_approval(place_pk=childminder.pk, on=ON, now=NOW.replace(hour=20))

    assert made is not None
    assert (made.gesture, made.by, told_on(childminder, THURSDAY)) == ("LIMIT", None, BOTH)
    assert CarePlace.objects.get().declared_at == declared
    assert keep_to_the_approval(place_pk=childminder.pk, on=ON, now=NOW) is None


def test_the_same_form_twice_shows_the_first_publication(childminder: CarePlace) -> None:
    key = UUID(int=7)
    first = tell(childminder, week(thu_pm=1), key=key)

    again = tell(childminder, week(fri_am=1), key=key)

    assert (again.pk, told_on(childminder, THURSDAY), Publication.objects.count()) == (first.pk, BOTH, 1)


def test_what_was_published_since_the_page_was_read_is_not_overwritten(childminder: CarePlace) -> None:
    tell(childminder, week(thu_pm=1))

    with pytest.raises(ChangedMeanwhile):
        tell(childminder, week(fri_am=1), seen=0)

    assert told_on(childminder, THURSDAY) == BOTH


def test_undoing_puts_back_the_places_and_the_children(childminder: CarePlace) -> None:
    tell(childminder, week(mon_am=1), present=present(3))
    before = slots_of(childminder)
    second = tell(childminder, week(thu_pm=4), present=present(0))
    assert childminder.presences.get(weekday=3, band="PM").children == 0

    made = undone(childminder, second)

    assert slots_of(childminder) == before
    assert childminder.presences.get(weekday=3, band="PM").children == 3
    assert made.undoes == second


def test_only_the_last_publication_is_undone_and_once(childminder: CarePlace) -> None:
    first, second = tell(childminder, week(mon_am=1)), tell(childminder, week(thu_pm=1))
    with pytest.raises(CannotUndo):
        undone(childminder, first)

    key = uuid4()
    made = undone(childminder, second, key=key)
    assert undone(childminder, second, key=key) == made
    with pytest.raises(CannotUndo):
        undone(childminder, second)
    # What stood before is kept for the last publication alone.
    assert bytes(Publication.objects.get(pk=first.pk).before) == b""


def test_days_past_are_not_put_back(childminder: CarePlace) -> None:
    made = tell(childminder, week(mon_am=1, thu_pm=1))

    back = undone(childminder, made, on=date(2026, 10, 28))

    assert back.window_start == date(2026, 10, 28)
    assert told_on(childminder, ON) != {}
    assert told_on(childminder, THURSDAY) == {}


def test_a_structure_tells_each_age_and_keeps_to_its_capacity(creche: CarePlace) -> None:
    babies, older = Line("0-12", "REGULAR"), Line("25-36", "REGULAR")
    squares = {babies.square(3, "AM"): 6, babies.square(3, "PM"): 0, older.square(3, "AM"): 4, older.square(3, "PM"): 2}
    made = tell(creche, squares, Gesture.WEEK)
    assert {(slot.age_group, slot.band): slot.places for slot in slots_of(creche)} == {
        ("0-12", "AM"): 6, ("25-36", "AM"): 4, ("25-36", "PM"): 2,
    }  # fmt: skip
    assert made.free_half_days == 2

    with pytest.raises(AboveCapacity):
        tell(creche, squares | {older.square(3, "AM"): 5}, Gesture.WEEK)


def test_a_whole_day_told_by_software_stays_whole_until_a_half_changes(creche: CarePlace) -> None:
    babies = Line("0-12", "REGULAR")
    whole = Slot(THURSDAY, "FULL", "0-12", "REGULAR", 2)
    operations.replace_window(
        place_pk=creche.pk, key=uuid4(), sequence=1, mode="AUTOMATED", first=ON, end=NEXT_THURSDAY, slots=[whole], body=b"{}",
        answer={}, now=NOW,
    )  # fmt: skip

    tell(creche, {babies.square(3, "AM"): 2, babies.square(3, "PM"): 2}, Gesture.WEEK)
    assert slots_of(creche) == [whole]

    tell(creche, {babies.square(3, "AM"): 2, babies.square(3, "PM"): 1}, Gesture.WEEK)
    assert {slot.band: slot.places for slot in slots_of(creche)} == {"AM": 2, "PM": 1}


@pytest.mark.django_db(transaction=True)
def test_of_two_phones_at_once_one_publishes(childminder: CarePlace) -> None:
    answers: list[str] = []

    def press(squares: dict) -> None:
        try:
            wish = Wish(Gesture.UNTIL, monday_of(ON), squares)
            publish(place_pk=childminder.pk, key=uuid4(), seen=0, wish=wish, who=HER, on=ON, now=NOW)
            answers.append("published")
        except ChangedMeanwhile:
            answers.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[squares]) for squares in (week(thu_pm=1), week(fri_am=1))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(answers) == ["published", "told"]
    assert Publication.objects.count() == 1


def test_what_software_sent_since_is_neither_overwritten_nor_undone(creche: CarePlace) -> None:
    squares = {Line("0-12", "REGULAR").square(3, band): 1 for band in ("AM", "PM")}
    made = tell(creche, squares, Gesture.WEEK)
    operations.replace_window(
        place_pk=creche.pk, key=uuid4(), sequence=900, mode="AUTOMATED", first=ON, end=NEXT_THURSDAY, slots=[], body=b"{}",
        answer={}, now=NOW,
    )  # fmt: skip

    with pytest.raises(ChangedMeanwhile):
        tell(creche, squares, Gesture.WEEK, seen=made.message_no)
    with pytest.raises(CannotUndo):
        undone(creche, made)
    assert slots_of(creche) == []
