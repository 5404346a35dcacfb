"""Killing what works in the middle of a month, and starting again, gives the digest of an undisturbed run."""

import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection, connections
from django.utils import timezone

from cmg.closing.slices import close_slice
from cmg.models import Settlement
from cmg.operations import close_month, finish_month, start_month
from cmg.population import generate
from portal.batches.models import Run, Slice
from portal.batches.operations import work_through
from portal.embedded.attach import Servers
from portal.exchange.operations import import_files
from portal.ledger.proof import check_ledger
from tests.chaos.disturbed import PATIENCE, until

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
WORKER = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from cmg.closing import slices
from cmg.tasks import work_on_run
real, slow = slices.copy_in, __import__("time").sleep
def stuck(frame, table, columns=None):
    done = real(frame, table, columns)
    if table == "cmg_settlement":
        print("half-done", flush=True)
        slow(60)
    return done
slices.copy_in = stuck
work_on_run(run_pk=int(sys.argv[2]))
"""


@pytest.fixture
def population(tmp_path: Path) -> None:
    made = generate(2000, 5, tmp_path, care_month=MONTH)
    assert not [report for report in import_files(made.files) if report.refusals]


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_mid_slice_leaves_nothing_half_done(population: None) -> None:
    undisturbed = close_month(month=MONTH, on=DAY, dry_run=True)
    run = start_month(month=MONTH, on=DAY)
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], str(run.pk)], stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    assert worker.stdout.readline().strip() == "half-done"
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    assert not Settlement.objects.filter(run=run).exists()
    assert Slice.objects.filter(run=run, state="LEASED").count() == 1
    work_through(run.pk, close_slice)
    finish_month(run_pk=run.pk)

    run.refresh_from_db()
    assert run.digest == undisturbed.digest
    assert run.totals == undisturbed.totals
    assert check_ledger() == []


@pytest.mark.django_db(transaction=True)
def test_two_processes_on_one_month_share_its_slices_and_find_the_same_digest(population: None) -> None:
    alone = close_month(month=MONTH, on=DAY, dry_run=True)
    run = start_month(month=MONTH, on=DAY)
    script = WORKER.replace("slow(60)", "pass")
    workers = [
        subprocess.Popen([sys.executable, "-c", script, connection.settings_dict["NAME"], str(run.pk)],
                         stdout=subprocess.DEVNULL)
        for _number in range(2)
    ]  # fmt: skip
    assert [worker.wait(PATIENCE) for worker in workers] == [0, 0]

    run.refresh_from_db()
    assert (run.state, run.digest) == ("TO_SIGN", alone.digest)
    assert Run.objects.filter(dry_run=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_closing_waits_for_the_slice_that_another_machine_holds(population: None) -> None:
    alone = close_month(month=MONTH, on=DAY, dry_run=True)
    run = start_month(month=MONTH, on=DAY)
    held = run.slices.order_by("number").first()
    assert held is not None
    held.state, held.leased_by, held.lease_until = "LEASED", "elsewhere:1:1", timezone.now() + timedelta(seconds=3)
    held.save()

    run = close_month(month=MONTH, on=DAY)

    assert (run.state, run.digest) == ("TO_SIGN", alone.digest)


def test_the_embedded_database_killed_keeps_what_was_committed(tmp_path: Path) -> None:
    import psycopg2

    servers = Servers(tmp_path)
    url = servers.start()["DATABASE_URL"]
    client = psycopg2.connect(url)
    client.cursor().execute("CREATE TABLE kept (n int)")
    client.cursor().execute("INSERT INTO kept VALUES (42)")
    client.commit()
    assert servers.postgres.process is not None
    server = servers.postgres.process.pid
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    os.kill(server, signal.SIGKILL)
    servers.postgres.process.wait()
    # Its children see that it is gone, and leave by themselves: until then, nobody takes their memory up.
    until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), what="the children gone")

    try:
        servers.postgres.start()
        again = psycopg2.connect(url).cursor()
        again.execute("SELECT n FROM kept")
        assert again.fetchone() == (42,)
    finally:
        servers.stop()
        connections.close_all()
