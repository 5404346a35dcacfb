"""Work that is called by name or by the clock is known to the workers, and does what it says."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from celery import Task
from django.conf import settings
from django.utils.module_loading import import_string

from cmg import tasks
from cmg.models import Report
from cmg.remedies import reports
from tests.cmg.remedies.families import closed, received
from tests.cmg.remedies.test_reports import BEFORE, tell

CALLED = ("close_month", "work_on_run", "control_family")


@pytest.mark.parametrize("name", CALLED)
def test_what_pages_and_sweeps_hand_over_is_a_task(name: str) -> None:
    assert isinstance(getattr(tasks, name), Task)


def test_what_the_clock_calls_is_a_task() -> None:
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert isinstance(import_string(entry["task"]), Task), entry


@pytest.mark.django_db
def test_a_report_that_nothing_explains_is_controlled_by_the_next_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received(tmp_path)
    closed()
    tell()
    monkeypatch.setattr(tasks, "today", lambda: date(2026, 10, 26))
    monkeypatch.setattr(tasks.control_family, "delay", tasks.control_family)

    tasks.control_reports()

    assert Report.objects.get().controlled_at is not None


@pytest.mark.django_db
def test_a_report_opened_again_is_controlled_again(tmp_path: Path) -> None:
    received(tmp_path)
    closed()
    report = reports.note_control(report_pk=tell().report.pk, codes=[], by="portail", at=BEFORE)
    reports.answer_report(report_pk=report.pk, answer="C’est juste.", by="thomas", at=BEFORE)

    again = reports.reopen_report(report_pk=report.pk, by="E1", at=BEFORE + timedelta(days=1))

    assert again.controlled_at is None
    reports.note_control(report_pk=report.pk, codes=["CMG-013"], by="portail", at=BEFORE + timedelta(days=1))
    assert Report.objects.get().state == "LINKED"
