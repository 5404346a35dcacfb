"""Tasks that call others: each one called is known to the workers."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from cmg import tasks
from cmg.models import Report
from portal.celery import app
from tests.cmg.remedies.families import DAY, MONTH, received


def test_every_scheduled_task_is_known() -> None:
    app.loader.import_default_modules()
    assert {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


@pytest.mark.django_db
def test_a_report_whose_control_was_lost_is_controlled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    received(tmp_path)
    report = Report.objects.create(
        number="26-1", form_key=uuid4(), employer_no="E1", channel="PHONE", symptom="OTHER", months=[MONTH],
        opened_at="2026-10-26T08:00:00Z", opened_by="x", first_answer_by=date(2026, 10, 28), state="NEW_ANOMALY",
    )  # fmt: skip
    monkeypatch.setattr(tasks, "today", lambda: DAY)
    # Without a worker here: what would be sent is done at once.
    monkeypatch.setattr(tasks.control_family, "delay", tasks.control_family.run)

    tasks.control_reports()

    report.refresh_from_db()
    assert report.controlled_at is not None
