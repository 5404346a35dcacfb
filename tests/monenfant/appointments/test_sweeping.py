"""What the clock does: passed on the day after the promise, reminded the day before, erased twelve months after; once."""

from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from monenfant.appointments import mails, sweeping, tasks
from monenfant.appointments.answering import ChangedMeanwhile, cancel, note_meeting, propose
from monenfant.appointments.selectors import late_requests, months_of_desk
from monenfant.models import AppointmentMail, AppointmentMove, AppointmentRequest, DeskMonth, ProposedTime
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from tests.monenfant.appointments.world import (
    CLERMONT,
    DAY,
    DESK,
    LILLE,
    NOW,
    adviser,
    at,
    desk,
    fixed,
    offered,
    request,
)

WEDNESDAY = date(2026, 10, 28)


@pytest.fixture
def celine(db: None) -> User:
    desk()
    return adviser()


def pass_on(on: date) -> int:
    return sweeping.pass_on_overdue(on=on, at=at(on, 6))


@pytest.mark.parametrize(
    ("asked_on", "last"), [(date(2026, 10, 12), date(2026, 10, 26)), (date(2026, 10, 28), date(2026, 11, 12))]
)
def test_a_request_is_passed_on_the_day_after_its_promise_and_not_before(
    asked_on: date, last: date, celine: User
) -> None:
    found = request(asked_on)

    assert pass_on(last) == 0
    assert pass_on(last + timedelta(days=1)) == 1

    found.refresh_from_db()
    assert (found.desk_no, found.first_desk_no, found.holder, found.state) == ("", DESK, "CAF63", "NEW")
    assert found.escalated_on == last + timedelta(days=1)


def test_the_family_is_told_once_who_answers_and_by_when(celine: User) -> None:
    found = request(date(2026, 10, 12))
    assert [pass_on(date(2026, 10, 27)), pass_on(date(2026, 10, 27)), pass_on(date(2026, 12, 1))] == [1, 0, 0]

    found.refresh_from_db()
    assert found.due_on == date(2026, 11, 3)
    assert found.moves.filter(words__contains="la Caf répond").count() == 1
    told = AppointmentMail.objects.get(kind="PASSED_ON")
    assert "mardi 3 novembre 2026" in mails.message_of(told, "x@exemple.fr").body
    assert JournalEntry.objects.filter(action="appointment.passed_on").count() == 1


def test_a_worker_killed_half_way_leaves_the_rest_to_the_next(celine: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for _turn in range(3):
        request(date(2026, 10, 12))
    real, calls = sweeping.ask_mail, []

    def dies_at_the_second(*args: Any, **kwargs: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args, **kwargs)

    monkeypatch.setattr(sweeping, "ask_mail", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        pass_on(date(2026, 10, 27))
    assert AppointmentRequest.objects.filter(desk_no="").count() == 1
    monkeypatch.setattr(sweeping, "ask_mail", real)

    pass_on(date(2026, 10, 27))

    assert AppointmentRequest.objects.filter(desk_no="", escalated_on=date(2026, 10, 27)).count() == 3
    assert AppointmentMail.objects.filter(kind="PASSED_ON").count() == 3
    assert AppointmentMove.objects.filter(words__contains="la Caf").count() == 3


def test_a_desk_that_answered_keeps_its_request_and_one_passed_on_is_no_longer_its(celine: User) -> None:
    answered, left = request(date(2026, 10, 12)), request(date(2026, 10, 12))
    offered(celine, of=answered)
    assert pass_on(date(2026, 10, 27)) == 1
    with pytest.raises(ChangedMeanwhile):
        propose(
            request_pk=left.pk, seen_round=0, held_by=DESK, starts=[at(WEDNESDAY)], way="ON_SITE", by=celine, at=NOW
        )


def test_funds_see_what_waits_for_them_in_their_departements(celine: User) -> None:
    late, there, on_time = request(date(2026, 10, 12)), request(insee_code=LILLE), request(date(2026, 10, 13))
    not_covered = request(insee_code=CLERMONT)

    assert list(late_requests(["63"], date(2026, 10, 26))) == [not_covered]
    assert set(late_requests(["63"], date(2026, 10, 27))) == {late, not_covered}
    assert set(late_requests(None, date(2026, 10, 27))) == {late, not_covered, there}
    assert on_time in late_requests(["63"], date(2026, 10, 28))


def test_offered_times_that_are_over_come_back_to_the_desk(celine: User) -> None:
    found = offered(celine, at(WEDNESDAY, 10))
    assert sweeping.ask_again(on=WEDNESDAY, at=at(WEDNESDAY, 6)) == 0
    assert [sweeping.ask_again(on=date(2026, 10, 29), at=at(date(2026, 10, 29), 6)) for _turn in range(2)] == [1, 0]

    found.refresh_from_db()
    assert (found.state, found.desk_no, found.due_on) == ("NEW", DESK, date(2026, 11, 13))


def test_a_family_is_reminded_once_the_day_before(celine: User) -> None:
    found = fixed(celine, at(WEDNESDAY, 10))
    for on in (date(2026, 10, 26), date(2026, 10, 27), date(2026, 10, 27), WEDNESDAY):
        sweeping.remind(on=on, at=at(on, 9))

    reminder = AppointmentMail.objects.get(kind="REMINDER")
    assert reminder.key == f"{found.pk}:REMINDER:2026-10-28"
    assert "mercredi 28 octobre 2026 à 10" in mails.message_of(reminder, "x@exemple.fr").body


def test_a_reminder_that_is_over_does_not_leave(celine: User) -> None:
    found = fixed(celine, at(WEDNESDAY, 10))
    sweeping.remind(on=date(2026, 10, 27), at=at(date(2026, 10, 27), 9))
    cancel(request_pk=found.pk, seen_round=1, by=None, words="", at=NOW)
    send_all()

    assert AppointmentMail.objects.get(kind="REMINDER").last_error == "périmé"
    assert "Rappel de votre rendez-vous" not in [one.subject for one in mail.outbox]


def send_all() -> None:
    for pk in mails.waiting_mails(timezone.now()):
        mails.send_mail(mail_pk=pk)


def test_an_e_mail_leaves_once_and_names_neither_place_nor_person(celine: User) -> None:
    fixed(celine, at(WEDNESDAY, 10))
    send_all()
    send_all()

    subjects = [one.subject for one in mail.outbox]
    assert subjects == ["Votre demande est reçue", "Votre rendez-vous est noté"]
    assert [one.to for one in mail.outbox] == [["claire@exemple.fr"]] * 2
    for sent in mail.outbox:
        for word in ("Riom", "Relais", "Claire", "Fournier", "Astier", "04 73"):
            assert word not in sent.subject + str(sent.body), word
        assert "/garde/rendez-vous/" in sent.body


def test_a_desk_is_told_that_a_request_waits_and_nothing_of_the_family(celine: User) -> None:
    request()
    send_all()

    told = next(one for one in mail.outbox if one.to == ["r1@exemple.fr"])
    assert told.subject == "Une demande de rendez-vous vous attend"
    assert "/pro/rendez-vous/" in told.body
    assert "/garde/" not in told.body
    assert "Claire" not in told.body


def test_an_address_that_the_server_refuses_is_in_no_row_and_no_log(
    celine: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_args: Any, **_kwargs: Any) -> None:
        raise SMTPRecipientsRefused({"claire@exemple.fr": (550, b"unknown claire@exemple.fr")})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refused)
    request()
    send_all()

    found = AppointmentMail.objects.get(kind="RECEIVED")
    assert (found.state, found.attempts, found.last_error) == ("WAITING", 1, "SMTPRecipientsRefused")
    assert "exemple.fr" not in caplog.text
    AppointmentMail.objects.filter(pk=found.pk).update(attempts=4, next_try_at=timezone.now())
    assert mails.send_mail(mail_pk=found.pk).state == "FAILED"  # type: ignore[union-attr]


def test_without_an_address_nothing_is_asked_of_the_mail_server(celine: User) -> None:
    request(email="")
    assert [one.kind for one in AppointmentMail.objects.all()] == ["TO_DESK"]


def test_a_request_is_erased_twelve_months_after_its_meeting_with_all_that_hangs_on_it(celine: User) -> None:
    found = fixed(celine, at(WEDNESDAY, 10))
    note_meeting(request_pk=found.pk, held_by=DESK, came=True, by=celine, at=at(date(2026, 11, 20)))

    assert sweeping.erase_old(on=date(2027, 10, 27)) == 0
    assert sweeping.erase_old(on=date(2027, 10, 28)) == 1

    for model in (AppointmentRequest, AppointmentMove, AppointmentMail, ProposedTime):
        assert not model.objects.exists()  # type: ignore[attr-defined]


def test_numbers_by_desk_and_month_stay_and_are_counted_once(celine: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "ERASED_AT_ONCE", 2)
    held = fixed(celine, at(WEDNESDAY, 10))
    note_meeting(request_pk=held.pk, held_by=DESK, came=True, by=celine, at=at(WEDNESDAY, 11))
    for _turn in range(2):
        cancel(request_pk=request().pk, seen_round=0, by=None, words="", at=NOW)
    request(date(2026, 9, 1))
    pass_on(DAY)
    before = months_of_desk(DESK, date(2026, 11, 1))

    monkeypatch.setattr(sweeping, "_count", dies)
    with pytest.raises(KeyboardInterrupt):
        sweeping.erase_old(on=date(2027, 11, 1))
    monkeypatch.undo()
    monkeypatch.setattr(sweeping, "ERASED_AT_ONCE", 2)
    assert AppointmentRequest.objects.count() == 4
    assert [sweeping.erase_old(on=date(2027, 11, 1)) for _turn in range(2)] == [4, 0]

    kept = {
        row.month: (row.asked, row.passed_on, row.held, row.no_show, row.cancelled) for row in DeskMonth.objects.all()
    }
    assert kept == {date(2026, 10, 1): (3, 0, 1, 0, 2), date(2026, 9, 1): (1, 1, 0, 0, 0)}
    assert months_of_desk(DESK, date(2026, 11, 1)) == before


def test_the_clock_calls_each_of_these_on_the_day_of_the_pages(celine: User, settings: Any) -> None:
    settings.PORTAL_DAY = date(2026, 10, 27)
    left, coming = request(date(2026, 10, 12)), fixed(celine, at(WEDNESDAY, 10))
    tasks.pass_on()
    tasks.remind()
    tasks.erase()
    tasks.send_mail(mail_pk=AppointmentMail.objects.get(request=coming, kind="REMINDER").pk)

    left.refresh_from_db()
    assert (left.desk_no, AppointmentRequest.objects.count()) == ("", 2)
    assert [one.subject for one in mail.outbox] == ["Rappel de votre rendez-vous"]


def dies(_rows: object) -> None:
    raise KeyboardInterrupt
