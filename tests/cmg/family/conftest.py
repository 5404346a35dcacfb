"""A parent linked to the family E1 of the tests' files, and one linked to another family."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from cmg.views import own_papers, own_requests
from portal.accounts.models import Door, FamilyLink, LinkedBy, User

DAY = date(2026, 10, 26)


def parent(username: str, employer_no: str) -> User:
    user = User.objects.create(username=username, first_name="Anne", last_name="Martin", door=Door.FAMILY)
    FamilyLink.objects.create(
        user=user, subject=f"cmg:employer:{employer_no}", since=date(2026, 1, 1), how=LinkedBy.EMPLOYER_NO
    )
    return user


@pytest.fixture(autouse=True)
def demo_day(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    settings.PORTAL_ADDRESS = "https://portail.example"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets the hour of the pages, Paris time (one hour ahead of UTC on that day)."""

    def set_hour(hour: int) -> None:
        for module in (own_requests, own_papers):
            monkeypatch.setattr(
                module, "moment_on", lambda day: datetime(day.year, day.month, day.day, hour - 1, 42, tzinfo=UTC)
            )
        monkeypatch.setattr(
            "cmg.family.months.moment_on", lambda day: datetime(day.year, day.month, day.day, hour - 1, 42, tzinfo=UTC)
        )

    set_hour(9)
    return set_hour


@pytest.fixture
def anne(db: None, at: Callable[[int], None]) -> Client:
    client = Client()
    client.force_login(parent("anne", "E1"))
    return client


@pytest.fixture
def stranger(db: None, at: Callable[[int], None]) -> Client:
    client = Client()
    client.force_login(parent("other", "E2"))
    return client
