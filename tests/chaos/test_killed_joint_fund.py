"""A joint fund begins for a département in the middle of a month of CMG and of a day of pensions, in real Celery workers, killed
by SIGKILL in the middle of the change: begun again, nothing is lost, paid twice, or seen by the wrong branch."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from aripa.operations import run_days
from aripa.population import generate as generate_pensions
from aripa.tasks import live_days
from cmg.models import Account
from cmg.operations import close_month, issue_run, start_month
from cmg.population import generate
from cmg.tasks import work_on_run
from portal.accounts.models import Door, Posting, Role, User
from portal.accounts.permissions import funds_on, roles_on
from portal.banking.models import PaymentOrder
from portal.batches.models import Run
from portal.benefits.small.proof import check_small_sums
from portal.casework.models import Dossier
from portal.celery import app
from portal.exchange.operations import import_files
from portal.ledger.models import Entry, Leg
from portal.ledger.proof import check_ledger
from portal.organisations.joint.running import check_moving, run_of
from portal.organisations.joint.tasks import begin_due, move_files
from portal.organisations.models import BodyMission, CreationFile, FileMove
from tests.chaos.disturbed import DAY, MONTH, Cluster, kill_tree, sign_twice, until
from tests.chaos.test_killed_days import EVE, LAST, Left, left
from tests.chaos.test_killed_services import WORKER
from tests.portal.organisations.world import ordered

FUND, JOINT, FAMILIES, CASES, SEED = "CAF15", "CCSS15", 100, 25, 3


@dataclass(frozen=True)
class Lived:
    """What the month and the days leave, with or without a joint fund."""

    days: Left
    digest: str
    totals: dict[str, object]
    orders: list[tuple[object, ...]]
    cents: list[tuple[str, str, int]]


def lived(run: Run, folder: Path) -> Lived:
    """Once the month is signed and issued, and the ledger proved: each cent, of whom, on which account, as often as booked."""
    days = left(folder / "days")
    sign_twice(run)
    issue_run(run_pk=run.pk, out=folder / "month", on=DAY, by="test")
    run.refresh_from_db()
    assert check_ledger() == []
    assert check_small_sums() == []
    assert len(set(Entry.objects.values_list("key", flat=True))) == Entry.objects.count()
    orders = PaymentOrder.objects.values_list("kind", "purpose", "subject", "amount_cents", "due_on", "state")
    cents = Leg.objects.values_list("entry__subject", "account", "amount_cents")
    return Lived(days, run.digest, run.totals, sorted(orders), sorted(cents))


@pytest.fixture
def in_the_middle(empty: Cluster, tmp_path: Path) -> Cluster:
    """Families of CMG and of pensions of the Cantal and of its neighbours; pensions lived until the end of January."""
    made = generate(FAMILIES, SEED, tmp_path / "cmg", care_month=MONTH, region=[FUND, "CAF43"])
    pensions = generate_pensions(CASES, SEED, tmp_path / "pensions", first=date(2025, 6, 1), last=LAST)
    assert not [report for report in import_files([*made.files, *pensions.files]) if report.refusals]
    run_days(until=EVE)
    for username, fund, branch in (("family", FUND, ""), ("health", JOINT, "SICKNESS")):
        user = User.objects.create(username=username, door=Door.AGENT)
        Posting.objects.create(
            user=user, role=Role.FUND_CASEWORKER, fund=fund, branch=branch, starts_on=date(2020, 1, 1)
        )
    return empty


def calm(cluster: Cluster, folder: Path) -> Lived:
    """The same without a joint fund and without any kill, in a copy."""
    here = connection.settings_dict["NAME"]
    cluster.copy(here, f"{here}_calm")
    cluster.use(f"{here}_calm")
    run_days(until=LAST)
    found = lived(close_month(month=MONTH, on=DAY), folder)
    cluster.use(here)
    return found


class Told:
    """Sends tasks to the workers of a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.url = cluster.servers.valkey.url

    def __call__(self, queue: str, task: Any, **arguments: Any) -> None:
        with app.connection_for_write(self.url) as broker:
            task.apply_async(kwargs=arguments, connection=broker, queue=queue, ignore_result=True)


def test_a_joint_fund_begins_under_a_month_and_a_day_that_work_and_is_killed_twice(
    in_the_middle: Cluster, tmp_path: Path
) -> None:
    cluster, tell = in_the_middle, Told(in_the_middle)
    points = {"days": "days half written", "month": "slice half done", "beginning": "joint fund half begun",
              "again": "joint files half found"}  # fmt: skip
    workers = {
        queue: cluster.start(point, tmp_path / queue, *WORKER, "-Q", queue, PORTAL_DAY=str(DAY))
        for queue, point in points.items()
    }
    undisturbed = calm(cluster, tmp_path / "calm")
    file = ordered(starts_on=DAY)
    run = start_month(month=MONTH, on=DAY)
    tell("days", live_days, until=str(LAST))
    tell("month", work_on_run, run_pk=run.pk)
    workers["days"].at_its_point()
    workers["month"].at_its_point()

    # Everything of the first day is written, nothing is committed: killed.
    tell("beginning", begin_due)
    kill_tree(workers["beginning"].at_its_point().process.pid)
    assert CreationFile.objects.get().state == "ORDER_SIGNED"
    assert not BodyMission.objects.filter(body=JOINT).exists()
    assert not FileMove.objects.exists()

    # Begun again; killed while its files are found, with the worker of the month in mid-slice.
    tell("again", begin_due)
    until(lambda: CreationFile.objects.filter(state="LIVE").exists(), what="the first day")
    tell("again", move_files, run_pk=run_of(file).pk)  # type: ignore[union-attr]
    kill_tree(workers["again"].at_its_point().process.pid)
    kill_tree(workers["month"].process.pid)
    assert FileMove.objects.filter(moved_at=None).count() == FileMove.objects.count() > 0

    # What still lives goes on, and takes up what is left.
    workers["days"].release()
    tell("days", work_on_run, run_pk=run.pk)
    tell("days", move_files, run_pk=run_of(file).pk)  # type: ignore[union-attr]
    for kind in ("aripa-days", "cmg-month", "joint-fund"):
        until(lambda: not Run.objects.filter(kind=kind, state="RUNNING").exists(), what=kind)  # noqa: B023

    assert lived(Run.objects.get(kind="cmg-month"), tmp_path / "disturbed") == undisturbed
    three_counts_are_equal(file)
    nobody_else_sees()


def three_counts_are_equal(file: CreationFile) -> None:
    """Noted before, found, open to the joint fund or closed since by an act; deadlines and money as noted."""
    proof = check_moving(creation_pk=file.pk, day=DAY)
    kinds = {line.kind: line for line in proof.lines}
    assert kinds["cmg.family"].noted == Account.objects.filter(fund=FUND, known_until=None).count() > 0
    assert kinds["aripa.case"].noted > 0
    assert all(line.noted == line.moved == line.open + line.closed for line in proof.lines)
    assert all(money.before == money.after for money in proof.money)
    assert proof.is_proved, proof.differences


def nobody_else_sees() -> None:
    family, health = User.objects.get(username="family"), User.objects.get(username="health")
    assert (funds_on(family, DAY), funds_on(health, DAY), roles_on(health, DAY)) == ([FUND], [], [])
    assert Posting.objects.get(user=family, starts_on=DAY).fund == JOINT
    assert not Dossier.objects.filter(fund=JOINT).exists(), "numbers do not move"
