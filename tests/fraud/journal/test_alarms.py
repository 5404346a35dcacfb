"""An account that opens far more files than it should, and those that look like it."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from fraud.journal.alarms import address_of, link_of, watch_reads
from fraud.journal.reviewing import ReviewRefused, handle_alarm
from fraud.models import ReadingAlarm
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from portal.notices.models import Notice
from tests.fraud.journal.world import at, look, manager, nathalie, reviewer
from tests.fraud.programme.world import anne

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 9, 7)
EVENING = at(MONDAY, hour=18)


def looks(user: User, count: int, *, minutes: int = 0, day: date = MONDAY) -> None:
    """`count` files, one every so many minutes."""
    start = at(day, hour=8)
    JournalEntry.objects.bulk_create(
        JournalEntry(actor=user.username, action="cmg.family.read", subject=f"cmg:employer:{day:%d}{number}",
                     at=start + timedelta(minutes=minutes * number))
        for number in range(count)
    )  # fmt: skip


def kinds() -> list[tuple[str, int, int]]:
    return [(one.kind, one.files, one.limit) for one in watch_reads(now=EVENING)]


def test_sixty_files_in_an_hour_are_quiet_and_one_more_is_an_alarm() -> None:
    looks(nathalie(), 60)
    assert kinds() == []
    look(nathalie(), "last", at(MONDAY, hour=8))
    assert kinds() == [("HOUR", 61, 60)]
    assert kinds() == [], "told once"


def test_the_same_file_opened_many_times_is_one_file() -> None:
    for number in range(70):
        look(nathalie(), 1, at(MONDAY, minute=number))
    assert kinds() == []


def test_a_day_of_many_small_looks_under_the_limit_is_quiet_and_beyond_is_an_alarm() -> None:
    looks(nathalie(), 200, minutes=3)
    assert kinds() == []
    look(nathalie(), "last", at(MONDAY, hour=18))
    assert kinds() == [("DAY", 201, 200)]


def test_far_more_than_the_habit_of_the_account() -> None:
    user = nathalie()
    for number in range(1, 7):
        looks(user, 10, day=MONDAY - timedelta(days=number))
    looks(user, 50, minutes=5)
    assert kinds() == []
    look(user, "last", at(MONDAY, hour=17))
    assert kinds() == [("HABIT", 51, 50)]


def test_the_portal_itself_and_families_raise_nothing() -> None:
    looks(User(username="portail"), 500)
    looks(User.objects.create(username="parent", door="FAMILY"), 500)
    assert kinds() == []


def test_data_protection_and_the_manager_are_told_without_a_name() -> None:
    anne(), manager()
    User.objects.filter(username="kowalski").update(email="kowalski@demo.example")
    looks(nathalie(), 61)
    kinds()

    subjects = set(Notice.objects.values_list("subject", flat=True))
    assert subjects == {f"user:{anne().pk}", f"user:{manager().pk}"}
    assert address_of(f"user:{anne().pk}") == "kowalski@demo.example"
    assert link_of(f"user:{anne().pk}").endswith("/agent/journal/")
    assert link_of(f"user:{manager().pk}").endswith("/agent/pilotage/")


def test_an_alarm_is_handled_once_by_another_with_a_reason() -> None:
    looks(nathalie(), 61)
    kinds()
    alarm = ReadingAlarm.objects.get()
    wrong = (("NORMAL", "", anne()), ("NORMAL", "c’était un tri demandé", nathalie()), ("", "x" * 20, anne()))
    for verdict, note, user in wrong:
        with pytest.raises(ReviewRefused):
            handle_alarm(alarm_pk=alarm.pk, verdict=verdict, note=note, by=reviewer(user))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE fraud_readingalarm SET verdict = 'NORMAL', note = 'x', handled_at = now(), handled_by_id = user_id"
        )
    handle_alarm(alarm_pk=alarm.pk, verdict="NORMAL", note="c’était un tri demandé", by=reviewer())
    with pytest.raises(ReviewRefused, match="déjà"):
        handle_alarm(alarm_pk=alarm.pk, verdict="UNJUSTIFIED", note="c’était autre chose", by=reviewer())
