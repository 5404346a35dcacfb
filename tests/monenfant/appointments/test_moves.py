"""Every move of a request, allowed or refused; what each tells; two at once on real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from monenfant.appointments import mails
from monenfant.appointments.answering import (
    ChangedMeanwhile,
    TimesRefused,
    TimeTaken,
    ask_others,
    cancel,
    fix,
    note_meeting,
    propose,
)
from monenfant.appointments.asking import ask
from monenfant.appointments.hours import bands_of, offered_times, set_hours
from monenfant.appointments.links import follow_path
from monenfant.models import AppointmentMail, AppointmentMove, AppointmentRequest, ProposedTime
from monenfant.rules.appointments import ALLOWED_MOVES, WeeklyBand
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from portal.casework.moves import MoveNotAllowed
from tests.monenfant.appointments.world import DAY, DESK, NOW, adviser, asked, at, desk, fixed, offered, request, times

WEDNESDAY, THURSDAY = at(date(2026, 10, 28), 10), at(date(2026, 10, 29), 14)
AFTER = at(date(2026, 10, 28), 11)


@pytest.fixture
def celine(db: None) -> User:
    desk()
    return adviser()


def in_state(state: str, celine: User) -> AppointmentRequest:
    """A request brought to a state by the operations alone."""
    if state == "NEW":
        return request()
    if state == "PROPOSED":
        return offered(celine, WEDNESDAY)
    found = fixed(celine, WEDNESDAY)
    if state == "CANCELLED":
        return cancel(request_pk=found.pk, seen_round=1, by=None, words="", at=NOW)
    if state != "CONFIRMED":
        note_meeting(request_pk=found.pk, held_by=DESK, came=state == "HELD", by=celine, at=AFTER)
    found.refresh_from_db()
    return found


def moves_to(to: str, found: AppointmentRequest, celine: User) -> AppointmentRequest:
    """Ask for `to`, as whoever may."""
    seen, late = {"request_pk": found.pk, "seen_round": found.round}, found.state in ("CONFIRMED", "HELD", "NO_SHOW")
    if to == "NEW":
        return ask_others(**seen, words="", at=NOW)
    if to == "PROPOSED":
        return propose(**seen, held_by=DESK, starts=[THURSDAY], way="BY_PHONE", by=celine, at=NOW)
    if to == "CANCELLED":
        return cancel(**seen, held_by=DESK, by=celine, words="La famille a trouvé", at=NOW)
    if to == "CONFIRMED":
        time = ProposedTime.objects.filter(request=found).first()
        return fix(request_pk=found.pk, time_pk=time.pk if time else 0, by=celine, at=NOW)
    return note_meeting(request_pk=found.pk, held_by=DESK, came=to == "HELD", by=celine, at=AFTER if late else NOW)


@pytest.mark.parametrize("state", list(ALLOWED_MOVES))
@pytest.mark.parametrize("to", list(ALLOWED_MOVES))
def test_the_operations_obey_the_table(state: str, to: str, celine: User) -> None:
    found = in_state(state, celine)
    count = AppointmentMove.objects.count()
    if to in ALLOWED_MOVES[state]:
        moves_to(to, found, celine)
        found.refresh_from_db()
        assert (found.state, AppointmentMove.objects.count()) == (to, count + 1)
        last = AppointmentMove.objects.latest("pk")
        assert (last.before, last.after) == (state, to)
        return
    # The same act again is silent; a new request was never given back by its family.
    silent = state == to and state != "NEW"
    with nullcontext() if silent else pytest.raises((MoveNotAllowed, ChangedMeanwhile)):
        moves_to(to, found, celine)
    found.refresh_from_db()
    assert (found.state, AppointmentMove.objects.count()) == (state, count)


def test_times_are_offered_with_a_name_and_a_day(celine: User) -> None:
    found = offered(celine, THURSDAY, WEDNESDAY)

    assert [one.starts_at for one in times(found)] == [WEDNESDAY, THURSDAY]
    assert (found.state, found.adviser, found.due_on, found.round) == ("PROPOSED", celine, date(2026, 10, 29), 1)
    assert AppointmentMail.objects.filter(kind="PROPOSED").count() == 1
    entry = JournalEntry.objects.latest("pk")
    assert (entry.actor, entry.detail["to"], entry.detail["reason"]) == ("celine", "PROPOSED", "times proposed")


@pytest.mark.parametrize(
    ("starts", "why"),
    [
        ([], "un, deux ou trois"),
        ([WEDNESDAY + timedelta(hours=hours) for hours in range(4)], "un, deux ou trois"),
        ([NOW], "déjà passé"),
        ([WEDNESDAY, WEDNESDAY + timedelta(minutes=44)], "chevauchent"),
        ([at(date(2026, 12, 26), 10)], "avant le 25/12/2026"),
    ],
)
def test_times_that_cannot_be_offered(starts: list[Any], why: str, celine: User) -> None:
    found = request()
    with pytest.raises(TimesRefused, match=why):
        propose(request_pk=found.pk, seen_round=0, held_by=DESK, starts=starts, way="ON_SITE", by=celine, at=NOW)
    found.refresh_from_db()
    assert (found.state, found.round, found.times.count()) == ("NEW", 0, 0)


@pytest.mark.parametrize("start", [NOW + timedelta(minutes=1), WEDNESDAY, at(date(2026, 12, 25), 10)])
def test_times_at_the_very_edges_are_offered(start: Any, celine: User) -> None:
    assert offered(celine, start).state == "PROPOSED"


def test_two_times_that_touch_are_two_times(celine: User) -> None:
    assert len(times(offered(celine, WEDNESDAY, WEDNESDAY + timedelta(minutes=45)))) == 2


def test_a_page_that_is_old_changes_nothing(celine: User) -> None:
    found = offered(celine, WEDNESDAY)
    with pytest.raises(ChangedMeanwhile):
        offered(celine, THURSDAY, of=found, seen_round=0)
    with pytest.raises(ChangedMeanwhile):
        offered(celine, THURSDAY, of=found, held_by="R2")
    with pytest.raises(ChangedMeanwhile):
        ask_others(request_pk=found.pk, seen_round=0, words="", at=NOW)
    assert AppointmentRequest.objects.get().round == 1


def test_a_former_round_or_a_time_that_is_over_is_not_chosen(celine: User) -> None:
    found = offered(celine, WEDNESDAY)
    first = times(found)[0]
    offered(celine, THURSDAY, of=found)
    with pytest.raises(ChangedMeanwhile):
        fix(request_pk=found.pk, time_pk=first.pk, by=None, at=NOW)
    with pytest.raises(ChangedMeanwhile):
        fix(request_pk=found.pk, time_pk=times(AppointmentRequest.objects.get())[0].pk, by=None, at=THURSDAY)


def test_another_time_of_the_round_is_not_chosen_once_one_is(celine: User) -> None:
    found = offered(celine, WEDNESDAY, THURSDAY)
    first, second = times(found)
    fix(request_pk=found.pk, time_pk=first.pk, by=None, at=NOW)
    with pytest.raises(ChangedMeanwhile):
        fix(request_pk=found.pk, time_pk=second.pk, by=None, at=NOW)
    assert AppointmentRequest.objects.get().starts_at == WEDNESDAY


def test_the_time_of_another_request_is_not_chosen(celine: User) -> None:
    mine, other = offered(celine, WEDNESDAY), offered(celine, THURSDAY)
    with pytest.raises(ChangedMeanwhile):
        fix(request_pk=mine.pk, time_pk=times(other)[0].pk, by=None, at=NOW)


def test_the_same_act_again_changes_nothing(celine: User) -> None:
    found = offered(celine, WEDNESDAY)
    for _turn in range(2):
        fix(request_pk=found.pk, time_pk=times(found)[0].pk, by=None, at=NOW)
    for _turn in range(2):
        note_meeting(request_pk=found.pk, held_by=DESK, came=True, by=celine, at=AFTER)
    other = offered(celine, THURSDAY)
    for _turn in range(2):
        ask_others(request_pk=other.pk, seen_round=1, words="", at=NOW)
    for _turn in range(2):
        cancel(request_pk=other.pk, seen_round=1, by=None, words="", at=NOW)

    assert list(found.moves.order_by("pk").values_list("after", flat=True)) == ["NEW", "PROPOSED", "CONFIRMED", "HELD"]
    assert list(other.moves.order_by("pk").values_list("after", flat=True)) == ["NEW", "PROPOSED", "NEW", "CANCELLED"]
    assert AppointmentMail.objects.filter(kind__in=["CONFIRMED", "CANCELLED"]).count() == 2


def test_other_times_asked_for_give_the_desk_ten_days_again(celine: User) -> None:
    found = ask_others(request_pk=fixed(celine, WEDNESDAY).pk, seen_round=1, words="Plutôt le soir", at=NOW)

    assert (found.state, found.due_on, found.sequence) == ("NEW", date(2026, 11, 9), 2)
    assert found.moves.latest("pk").words == "Plutôt le soir"


def test_a_desk_gives_a_reason_to_cancel_and_a_family_need_not(celine: User) -> None:
    found = request()
    with pytest.raises(TimesRefused, match="pourquoi"):
        cancel(request_pk=found.pk, seen_round=0, held_by=DESK, by=celine, words=" ", at=NOW)
    assert cancel(request_pk=found.pk, seen_round=0, by=None, words="", at=NOW).state == "CANCELLED"


def test_once_the_hour_is_past_a_meeting_is_noted_and_not_changed(celine: User) -> None:
    found = fixed(celine, WEDNESDAY)
    with pytest.raises(MoveNotAllowed, match="pas encore"):
        note_meeting(request_pk=found.pk, held_by=DESK, came=True, by=celine, at=WEDNESDAY - timedelta(minutes=1))
    with pytest.raises(MoveNotAllowed, match="passée"):
        cancel(request_pk=found.pk, seen_round=1, by=None, words="", at=WEDNESDAY)
    with pytest.raises(MoveNotAllowed, match="passée"):
        ask_others(request_pk=found.pk, seen_round=1, words="", at=WEDNESDAY)
    assert note_meeting(request_pk=found.pk, held_by=DESK, came=False, by=celine, at=WEDNESDAY).state == "NO_SHOW"


def test_what_is_kept_follows_the_meeting_and_a_cancelled_one_its_last_move(celine: User) -> None:
    found = fixed(celine, at(date(2026, 12, 1), 10))
    assert found.erase_on == date(2027, 12, 1)
    assert cancel(request_pk=found.pk, seen_round=1, by=None, words="", at=NOW).erase_on == date(2027, 10, 26)


def test_two_families_never_have_one_desk_at_one_time(celine: User) -> None:
    desk("R2")
    first, second = offered(celine, WEDNESDAY), offered(celine, WEDNESDAY + timedelta(minutes=44))
    touching = offered(celine, WEDNESDAY + timedelta(minutes=45))
    fix(request_pk=first.pk, time_pk=times(first)[0].pk, by=None, at=NOW)

    with pytest.raises(TimeTaken):
        fix(request_pk=second.pk, time_pk=times(second)[0].pk, by=None, at=NOW)

    second.refresh_from_db()
    assert second.state == "PROPOSED"
    assert fix(request_pk=touching.pk, time_pk=times(touching)[0].pk, by=None, at=NOW).state == "CONFIRMED"
    with pytest.raises(TimesRefused, match="déjà un rendez-vous"):
        offered(celine, WEDNESDAY, of=second)


def test_the_database_refuses_two_at_once_by_itself_and_lets_two_desks_be(celine: User) -> None:
    fixed(celine, WEDNESDAY)
    taken = {"state": "CONFIRMED", "starts_at": WEDNESDAY, "ends_at": WEDNESDAY + timedelta(minutes=45)}
    other = request()
    with pytest.raises(IntegrityError, match="appointment_one_at_a_time"), transaction.atomic():
        AppointmentRequest.objects.filter(pk=other.pk).update(**taken)
    AppointmentRequest.objects.filter(pk=other.pk).update(**taken, desk_no="R2")


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"state": "CONFIRMED"}, "appointment_time_when_fixed"),
        ({"state": "WAITING"}, "appointment_state"),
        ({"needs": []}, "appointment_needs"),
        ({"needs": ["FIND", "CHILD"]}, "appointment_needs"),
        ({"starts_at": NOW, "ends_at": NOW}, "appointment_in_order"),
        ({"escalated_on": DAY}, "appointment_passed_to_the_fund"),
        ({"route": "FUND"}, "appointment_routed"),
    ],
)
def test_the_database_refuses_what_must_never_be(changes: dict[str, Any], constraint: str, celine: User) -> None:
    found = request()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AppointmentRequest.objects.filter(pk=found.pk).update(**changes)


def test_times_of_the_week_leave_out_what_is_taken_or_offered_to_others(celine: User) -> None:
    set_hours(desk_no=DESK, bands=[WeeklyBand(2, 9 * 60, 12 * 60)], by=celine, at=NOW)
    found = request()
    assert [start for start, _end in offered_times(found, NOW)][:2] == [
        at(date(2026, 10, 28), 9),
        at(date(2026, 10, 28), 9, 45),
    ]

    fixed(celine, at(date(2026, 10, 28), 9))
    offered(celine, at(date(2026, 10, 28), 9, 45))

    assert next(start for start, _end in offered_times(found, NOW)) == at(date(2026, 10, 28), 10, 30)
    assert len(offered_times(found, NOW)) == 12


def test_a_family_reads_first_that_the_time_it_had_is_over_and_is_not_offered_it_again(
    celine: User, settings: Any
) -> None:
    settings.PORTAL_DAY = DAY
    set_hours(desk_no=DESK, bands=[WeeklyBand(2, 10 * 60, 12 * 60)], by=celine, at=NOW)
    found = fixed(celine, WEDNESDAY)
    assert offered_times(found, NOW)[0][0] == WEDNESDAY + timedelta(minutes=45)

    offered(celine, THURSDAY, of=found)

    sent = mails.message_of(AppointmentMail.objects.get(kind="PROPOSED", key__endswith=":2"), "x@exemple.fr")
    assert sent.subject == "Votre rendez-vous change"
    assert "mercredi 28 octobre 2026 à 10\xa0h\xa000 n’a plus lieu" in sent.body
    assert (
        "du mercredi 28 octobre 2026 à 10\xa0h\xa000 n’a plus lieu" in Client().get(follow_path(found)).content.decode()
    )


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gives, or why it refuses; all leave together, each on its own connection."""
    barrier = Barrier(len(acts))

    def act(one: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return one()
        except (TimeTaken, ChangedMeanwhile, MoveNotAllowed) as refused:
            return type(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result(timeout=60) for one in [pool.submit(act, one) for one in acts]]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_end_in_one_state_and_one_history() -> None:
    desk()
    celine = adviser()
    # Chosen and cancelled: cancelled in the end, whoever was first.
    found = offered(celine, WEDNESDAY)
    answers = at_once(
        lambda: fix(request_pk=found.pk, time_pk=times(found)[0].pk, by=None, at=NOW),
        lambda: cancel(request_pk=found.pk, seen_round=1, by=None, words="", at=NOW),
    )
    found.refresh_from_db()
    assert found.state == "CANCELLED"
    assert answers[0] is MoveNotAllowed or answers[0].state == "CONFIRMED"
    # Two families, one time: one has it.
    pair = [offered(celine, THURSDAY), offered(celine, THURSDAY)]
    answers = at_once(
        *(lambda one=one: fix(request_pk=one.pk, time_pk=times(one)[0].pk, by=None, at=NOW) for one in pair)
    )
    assert answers.count(TimeTaken) == 1
    assert AppointmentRequest.objects.filter(state="CONFIRMED", starts_at=THURSDAY).count() == 1
    # One form in two windows: one request, one receipt.
    key = uuid4()
    answers = at_once(*(lambda: ask(key=key, asked=asked(), at=NOW) for _turn in range(2)))
    assert sorted(again for _made, again in answers) == [False, True]
    assert len({made.pk for made, _again in answers}) == 1
    # Two advisers propose: one round.
    new = request()
    answers = at_once(*(lambda: offered(celine, at(date(2026, 11, 4), 10), of=new) for _turn in range(2)))
    assert answers.count(ChangedMeanwhile) == 1
    assert (new.times.count(), new.moves.count()) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_two_advisers_write_the_week_of_their_desk_at_once_and_one_week_stands() -> None:
    desk()
    celine = adviser()
    mornings, days = [WeeklyBand(2, 9 * 60, 12 * 60)], [WeeklyBand(2, 8 * 60, 18 * 60)]
    for _again in range(3):
        at_once(
            *(lambda week=week: set_hours(desk_no=DESK, bands=week, by=celine, at=NOW) for week in (mornings, days))
        )
        assert bands_of(DESK) in (mornings, days)
