"""The tasks of dossiers judge deadlines on the day of the pages: what a page calls late is what escalates."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.utils import timezone

from cmg.demo.people import create_people
from portal.accounts.models import User
from portal.casework.handing import propose_hand_over
from portal.casework.models import Dossier, HandOver
from portal.casework.tasks import escalate, escalate_hand_overs

DAY = date(2026, 10, 26)


@pytest.fixture
def dossier(settings: Any) -> Dossier:
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    create_people()
    nathalie = User.objects.get(username="nathalie")
    return Dossier.objects.create(
        subject="cmg:employer:E1", title="Chabrol", fund="CAF63", body="FUND", owner=nathalie, opened_on=DAY,
        deadline=DAY, reasons="CMG-013",
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("late_by", "state"), [(0, "OPEN"), (1, "ESCALATED")])
def test_a_dossier_is_late_on_the_day_of_the_pages(dossier: Dossier, late_by: int, state: str) -> None:
    Dossier.objects.update(deadline=DAY - timedelta(days=late_by))

    escalate()

    dossier.refresh_from_db()
    assert dossier.state == state
    assert all(timezone.localdate(event.at) == DAY for event in dossier.events.all())


@pytest.mark.django_db
@pytest.mark.parametrize(("late_by", "escalated"), [(0, None), (1, DAY)])
def test_a_hand_over_too(dossier: Dossier, late_by: int, escalated: date | None) -> None:
    propose_hand_over(
        dossier_pk=dossier.pk, message="relier", by=User.objects.get(username="nathalie"), at=timezone.now(),
        answer_by=DAY - timedelta(days=late_by),
    )  # fmt: skip

    escalate_hand_overs()

    assert HandOver.objects.get().escalated_on == escalated
    late = dossier.events.filter(kind="ESCALATED")
    assert [timezone.localdate(event.at) for event in late] == [DAY] * late_by


def test_only_the_day_of_the_pages_reads_the_clock_for_a_deadline() -> None:
    root = Path(project.BASE_DIR)
    files = [path for app in ("portal", "cmg") for path in (root / app).rglob("*.py") if "management" not in path.parts]
    reading = {
        str(path.relative_to(root)) for path in files if re.search(r"localdate\(\)|date\.today", path.read_text())
    }

    assert reading == {"portal/accounts/permissions.py", "cmg/closing/slices.py"}
