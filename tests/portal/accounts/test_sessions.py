"""Sessions end: after their longest time, and when what opened them was taken back."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import JournalEntry


def entered(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    client.get("/agent/")
    return client


def begun(client: Client, seconds_ago: float) -> None:
    session = client.session
    session["began"] = timezone.now().timestamp() - seconds_ago
    session.save()


def test_a_session_lasts_its_hours_and_not_longer(people: None, settings: Any) -> None:
    client = entered("helene")
    begun(client, settings.PORTAL_SESSION_HOURS * 3600 - 60)
    assert client.get("/agent/").status_code == 200

    begun(client, settings.PORTAL_SESSION_HOURS * 3600 + 1)
    assert client.get("/agent/")["Location"] == "/entree/?next=/agent/"
    assert JournalEntry.objects.filter(action="account.session_ended", actor="helene").count() == 1


def test_sessions_begun_before_a_reset_are_over_and_later_ones_are_not(people: None) -> None:
    former = entered("helene")
    User.objects.filter(username="helene").update(sessions_since=timezone.now() + timedelta(milliseconds=1))
    later = entered("helene")
    begun(later, -1)

    assert former.get("/agent/").status_code == 302
    assert later.get("/agent/").status_code == 200


def test_an_account_that_is_closed_is_out_at_the_next_page(people: None) -> None:
    client = entered("helene")
    User.objects.filter(username="helene").update(is_active=False)

    assert client.get("/agent/").status_code == 302


def test_the_cookie_is_short_and_hidden_from_scripts(settings: Any) -> None:
    assert settings.SESSION_COOKIE_AGE == 1800
    assert settings.SESSION_SAVE_EVERY_REQUEST
    assert settings.SESSION_COOKIE_HTTPONLY
