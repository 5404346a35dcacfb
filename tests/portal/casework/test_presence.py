"""Who has a dossier open: seen by colleagues for some minutes, one row a person and family, swept by the next visit."""

from datetime import UTC, datetime, timedelta

import pytest

from cmg.demo.people import create_people
from portal.accounts.models import User
from portal.casework.models import Presence
from portal.casework.presence import LASTS, note_presence

AT = datetime(2026, 10, 26, 8, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def seen_by(name: str, at: datetime = AT, subject: str = "cmg:employer:E1") -> list[str]:
    found = note_presence(subject=subject, user=User.objects.get(username=name), at=at)
    return [one.user.username for one in found]


def test_each_sees_the_other_and_not_themselves() -> None:
    create_people()
    assert seen_by("nathalie") == []
    assert seen_by("thomas") == ["nathalie"]
    assert seen_by("nathalie") == ["thomas"]
    assert seen_by("helene", subject="cmg:employer:E2") == []


@pytest.mark.parametrize(("later", "seen"), [(LASTS, ["thomas"]), (LASTS + timedelta(seconds=1), [])])
def test_it_lasts_ten_minutes_to_the_second(later: timedelta, seen: list[str]) -> None:
    create_people()
    seen_by("thomas")
    assert seen_by("nathalie", AT + later) == seen
    assert Presence.objects.filter(user__username="thomas").count() == len(seen), "what is over is swept"


def test_a_page_loaded_again_writes_once_a_minute_and_never_a_second_row() -> None:
    create_people()
    for seconds in (0, 30, 60, 61, 90):
        seen_by("thomas", AT + timedelta(seconds=seconds))
    assert [one.seen_at for one in Presence.objects.all()] == [AT + timedelta(seconds=61)]
    seen_by("thomas", AT + 3 * LASTS)
    assert [one.seen_at for one in Presence.objects.all()] == [AT + 3 * LASTS]
