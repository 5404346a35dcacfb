"""Whom a run refuses is told once: the ceiling, a decision that gives no right; not the parents of a toddler, nor each month."""

from datetime import date
from pathlib import Path

import pytest

from portal.accounts.models import Door, FamilyLink, LinkedBy, User
from portal.accounts.permissions import moment_on
from portal.batches.models import Run
from portal.benefits.running.telling import issue_and_tell, tell_refused
from portal.notices.models import Contact, Notice
from tests.portal.benefits.running.world import AUGUST, OCTOBER, SEVENTEEN, World, said, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def reads_mail(*numbers: str) -> None:
    for number in numbers:
        user = User.objects.create(username=f"parent-{number}", door=Door.FAMILY)
        FamilyLink.objects.create(
            user=user, subject=f"family:CAF63/{number}", since=date(2026, 1, 1), how=LinkedBy.BENEFICIARY_NO
        )
        Contact.objects.create(
            user=user, address=f"{number}@example.fr", asked_at=moment_on(AUGUST), confirmed_at=moment_on(AUGUST)
        )


def issued(world: World, run: Run, on: date) -> Run:
    signed(run, on)
    issue_and_tell(run_pk=run.pk, out=world.out, on=on, by="test")
    return run


def told() -> list[str]:
    return sorted(Notice.objects.values_list("subject", flat=True))


def test_a_refused_ars_is_told_once_and_a_toddler_s_is_not(world: World) -> None:
    world.family("101", income="90000.00")
    world.family("102", ["2023-05-01"])
    world.family("103", [SEVENTEEN])
    world.schooling("103", status="APPRENTICE", monthly_pay="1900.00")
    world.family("104")
    world.family("105", [SEVENTEEN])
    reads_mail("101", "102", "103", "104", "105")
    run = issued(world, world.ars(), AUGUST)

    assert {number: status for number, (status, *_rest) in said(run).items()} == {
        "101": "REFUSED", "102": "REFUSED", "103": "REFUSED", "104": "PAID", "105": "HELD",
    }  # fmt: skip
    assert told() == ["family:CAF63/101", "family:CAF63/103"]
    assert tell_refused(run_pk=run.pk) == 0
    notice = Notice.objects.first()
    assert notice is not None
    assert (notice.path, notice.kind) == ("/famille/prestations/", "benefits.refused")


def test_the_same_reason_the_month_after_is_no_news(world: World) -> None:
    world.family("101")
    world.decision("101", incapacity_rate="40")
    reads_mail("101")
    for month in (9, 10):
        run = issued(world, world.aeeh(date(2026, month, 1)), OCTOBER)
        assert said(run)["101"][:2] == ("REFUSED", "rate_too_low")

    assert told() == ["family:CAF63/101"]


def test_a_run_that_is_not_issued_tells_nobody(world: World) -> None:
    world.family("101", income="90000.00")
    reads_mail("101")

    assert tell_refused(run_pk=world.ars().pk) == 0
