"""Killing the broker, the database or the workers under a month that Celery closes: once all are up again, it ends
by itself, and as if nothing had happened."""

from pathlib import Path

import pytest
from django.db import connection

from cmg.models import Settlement
from cmg.tasks import close_month
from portal.batches.models import Run
from portal.celery import app
from tests.chaos.disturbed import DAY, MONTH, Cluster, Result, Started, kill_tree, sign_and_issue, until

WORKER = ("celery", "worker", "-c", "1", "--without-gossip", "--without-mingle", "--loglevel", "WARNING")
BEAT = ("celery", "beat", "--pidfile=", "--max-interval", "1", "--loglevel", "WARNING")


def start_services(cluster: Cluster, point: str, folder: Path) -> tuple[Started, Started]:
    """A worker that will stop at `point` and a beat that sweeps every second; the month is asked for."""
    worker = cluster.start(point, folder / "worker", *WORKER)
    beat = cluster.start("nowhere", folder / "beat", *BEAT, PORTAL_SWEEP_SECONDS="1")
    with app.connection_for_write(cluster.servers.valkey.url) as broker:
        close_month.apply_async(
            kwargs={"month": MONTH.isoformat(), "on": DAY.isoformat()}, connection=broker, ignore_result=True
        )
    return worker.at_its_point(), beat


def the_month_ends_alone(*services: Started) -> Run:
    until(lambda: Run.objects.filter(state="TO_SIGN").exists(), what="the digest")
    for service in services:
        assert service.process.poll() is None, service.output()
    return Run.objects.get()


@pytest.mark.parametrize("with_its_data", [False, True])
def test_a_broker_killed_before_anybody_was_called(
    received: Cluster, undisturbed: Result, tmp_path: Path, with_its_data: bool
) -> None:
    worker, beat = start_services(received, "run made, nobody called", tmp_path)
    received.kill_broker(with_its_data=with_its_data)
    worker.release()
    until(lambda: "cmg.tasks.close_month" in worker.output(), what="the task that cannot call anybody")
    assert set(Run.objects.get().slices.values_list("state", flat=True)) == {"WAITING"}

    received.start_broker()

    assert sign_and_issue(the_month_ends_alone(worker, beat), tmp_path / "out") == undisturbed


def test_a_broker_and_its_workers_killed_in_mid_slice(received: Cluster, undisturbed: Result, tmp_path: Path) -> None:
    worker, beat = start_services(received, "slice half done", tmp_path)
    received.kill_broker(with_its_data=True)
    kill_tree(worker.process.pid)
    assert not Settlement.objects.exists()

    received.start_broker()
    other = received.start("nowhere", tmp_path / "other", *WORKER)

    assert sign_and_issue(the_month_ends_alone(other, beat), tmp_path / "out") == undisturbed


def test_a_database_killed_under_its_workers(received: Cluster, undisturbed: Result, tmp_path: Path) -> None:
    worker, beat = start_services(received, "slice half done", tmp_path)
    connection.close()
    received.kill_database()
    worker.release()
    until(lambda: "cmg.tasks" in worker.output(), what="the task that lost its database")

    received.start_database()

    assert sign_and_issue(the_month_ends_alone(worker, beat), tmp_path / "out") == undisturbed
