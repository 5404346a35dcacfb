"""« Vivre le jour suivant », in the demonstration only: once for a day, its progress from the rows."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from aripa import tasks
from aripa.operations import last_day, run_days
from tests.aripa.agents import LIVED, agent, client_of, on_day, text_of
from tests.aripa.rows import live_case

pytestmark = pytest.mark.django_db
LIVE = "/agent/pensions/jours/"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(tasks.live_days, "delay", lambda until: found.append(until))
    return found


@pytest.fixture
def awa(settings: Any) -> Client:
    on_day(settings, demo=True)
    live_case("C1")
    run_days(until=LIVED)
    return client_of(agent("awa"))


def test_the_next_day_is_asked_of_a_worker_and_shown(
    awa: Client, asked: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = awa.post(LIVE, {"day": "2026-02-21"}, follow=True)
    assert asked == ["2026-02-21"]
    assert "un traitement va commencer" in text_of(answer)

    tasks.live_days(until="2026-02-21")

    assert last_day() == date(2026, 2, 21)
    done = awa.get(f"{LIVE}2026-02-21/", headers={"HX-Request": "true"})
    assert (done.status_code, done["HX-Trigger"]) == (286, "run-finished")
    assert "familles réveillées" in text_of(awa.get(f"{LIVE}2026-02-21/")) or "famille réveillée" in text_of(
        awa.get(f"{LIVE}2026-02-21/")
    )


@pytest.mark.parametrize(("day", "status"), [("2026-02-20", 302), ("2026-02-22", 404), ("demain", 404), ("", 404)])
def test_a_day_already_lived_or_too_far_asks_nothing(
    awa: Client, asked: list[str], day: str, status: int,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        assert awa.post(LIVE, {"day": day}).status_code == status
    assert asked == []


def test_outside_the_demonstration_nobody_lives_a_day_from_a_page(awa: Client, settings: Any) -> None:
    on_day(settings)

    assert awa.post(LIVE, {"day": "2026-02-21"}).status_code == 404
    assert "Vivre le jour suivant" not in text_of(awa.get("/agent/pensions/"))


def test_the_task_lives_up_to_today_and_again_changes_nothing(awa: Client, settings: Any) -> None:
    settings.PORTAL_DAY = date(2026, 2, 24)
    tasks.live_days()
    tasks.live_days()

    assert last_day() == date(2026, 2, 24)
