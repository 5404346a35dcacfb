"""Killing PostgreSQL, every process of it, in the middle of the work: started again, the command run again ends it."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from cmg.models import Settlement
from cmg.operations import close_month
from portal.batches.models import Run, Slice
from portal.exchange.models import ReceivedFile
from tests.chaos.disturbed import DAY, MONTH, Cluster, Result, Started, issued_result, sign_and_issue
from tests.chaos.test_killed_issue import assert_taken_in_once

CLOSE = ("close_cmg_month", f"{MONTH:%Y-%m}", "--on", DAY)


def lose_database(cluster: Cluster, working: Started) -> None:
    """Kill the server under a command that stands at its point, let the command find out, start the server again."""
    connection.close()
    cluster.kill_database()
    assert working.go_on() == 3, working.output()
    assert "relancez la même commande" in working.output()
    assert "Traceback" not in working.output()
    cluster.start_database()


@pytest.mark.parametrize("point", ["slice half done", "month half added up"])
def test_a_closing_whose_database_was_killed_is_ended_by_running_it_again(
    received: Cluster, undisturbed: Result, tmp_path: Path, point: str
) -> None:
    lose_database(received, received.start(point, tmp_path / "killed", "manage", *CLOSE).at_its_point())
    assert Run.objects.get().state == "RUNNING"
    assert Settlement.objects.exists() == (point == "month half added up")

    run = close_month(month=MONTH, on=DAY)

    assert all(part.attempts <= 2 for part in Slice.objects.all())
    assert sign_and_issue(run, tmp_path / "out") == undisturbed


@pytest.mark.parametrize("point", ["movements half posted", "in mid-file"])
def test_an_issue_whose_database_was_killed_is_ended_by_running_it_again(
    signed: Cluster, undisturbed: Result, tmp_path: Path, point: str
) -> None:
    run, out = Run.objects.get(), tmp_path / "out"
    command = ("issue_run", run.pk, "--out", out, "--on", DAY)
    working = signed.start(point, tmp_path / "killed", "manage", *command).at_its_point()
    lose_database(signed, working)

    call_command(*map(str, command))

    assert issued_result(run, out) == undisturbed


def test_an_import_whose_database_was_killed_is_ended_by_running_it_again(
    empty: Cluster, undisturbed: Result, flow_files: list[Path], tmp_path: Path
) -> None:
    command = ("import_flow", *flow_files)
    lose_database(empty, empty.start("rows entered", tmp_path / "killed", "manage", *command).at_its_point())
    assert 0 < ReceivedFile.objects.count() < len(flow_files)

    call_command(*map(str, command))

    assert_taken_in_once(flow_files)
    assert sign_and_issue(close_month(month=MONTH, on=DAY), tmp_path / "out") == undisturbed
