"""Killing the days of the pensions anywhere, cutting their database, starting them twice: run again, they leave what an
undisturbed run leaves, byte for byte, each euro booked and each letter asked for once."""

import random
import time
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from aripa.exports import export_aripa
from aripa.models import Movement, Notice, Worry
from aripa.operations import KIND, last_day, run_days
from aripa.population import generate
from portal.batches.models import Run
from portal.exchange.operations import import_files
from portal.ledger.models import Entry
from portal.ledger.proof import check_ledger
from portal.letters.models import LetterJob
from tests.chaos.disturbed import PATIENCE, Cluster, Started, until
from tests.chaos.test_killed_database import lose_database

CASES, SEED = 50, 3
EVE, LAST = date(2026, 1, 31), date(2026, 2, 28)
LIVE = ("run_aripa_day", "2026-02-01", "--until", LAST, "--workers", 2)
TASK = f"from aripa.tasks import live_days; live_days(until='{LAST}')"
names = (f"pensions_{number}" for number in count())


@dataclass(frozen=True)
class Left:
    """All that the days leave: the exports byte for byte, the letters asked for, the worries, the entries."""

    files: dict[str, bytes]
    letters: list[str]
    worries: list[tuple[str, date, str]]
    entries: list[str]


def left(folder: Path) -> Left:
    """Once proven: one entry a movement, one job or more a letter, none twice."""
    assert (last_day(), check_ledger()) == (LAST, [])
    keys = list(Entry.objects.filter(key__startswith="aripa:").order_by("key").values_list("key", flat=True))
    assert len(keys) == len(set(keys)) == Movement.objects.count()
    letters = list(LetterJob.objects.order_by("key").values_list("key", flat=True))
    assert len({key.rsplit(":", 1)[0] for key in letters}) == Notice.objects.count()
    files = {str(path.relative_to(folder)): path.read_bytes() for path in export_aripa(folder)}
    return Left(files, letters, sorted(Worry.objects.values_list("case_id", "day", "sentence")), keys)


@pytest.fixture(scope="module")
def eve(killable: Cluster, tmp_path_factory: pytest.TempPathFactory, django_db_blocker) -> str:  # type: ignore[no-untyped-def]
    """A database whose families have lived to the end of January, with February's facts already there."""
    usual = dict(connection.settings_dict)
    with django_db_blocker.unblock():
        killable.copy("empty", "eve_of_february")
        killable.use("eve_of_february")
        made = generate(CASES, SEED, tmp_path_factory.mktemp("pensions"), first=date(2024, 6, 1), last=LAST)
        assert not [report for report in import_files(list(made.files)) if report.refusals]
        run_days(until=EVE)
        connection.close()
        connection.settings_dict |= usual
    return "eve_of_february"


@pytest.fixture(scope="module")
def calm(killable: Cluster, eve: str, tmp_path_factory: pytest.TempPathFactory, django_db_blocker) -> Left:  # type: ignore[no-untyped-def]
    """What February leaves when nobody disturbs it."""
    usual = dict(connection.settings_dict)
    with django_db_blocker.unblock():
        killable.copy(eve, "calm")
        killable.use("calm")
        run_days(until=LAST)
        found = left(tmp_path_factory.mktemp("calm"))
        connection.close()
        connection.settings_dict |= usual
    assert len(found.letters) > 10
    return found


@pytest.fixture
def february(cluster: Cluster, eve: str) -> Cluster:
    name = next(names)
    cluster.copy(eve, name)
    cluster.use(name)
    return cluster


def ended(working: Started) -> None:
    """0, or 1 when a person must look at something: never an accident."""
    assert working.process.wait(PATIENCE) in (0, 1), working.output()
    assert "Traceback" not in working.output()


@pytest.mark.parametrize(
    "point",
    ["facts heard", "days begun, nobody lived", "days half written", "days booked, not kept", "days lived, not closed"],
)
def test_days_killed_at_a_point_are_ended_by_running_them_again(
    february: Cluster, calm: Left, tmp_path: Path, point: str
) -> None:
    february.start(point, tmp_path / "killed", "manage", *LIVE).at_its_point().kill()

    assert last_day() == EVE
    run_days(until=LAST)

    assert left(tmp_path / "out") == calm


@pytest.mark.parametrize("seed", range(2))
def test_days_killed_again_and_again_at_random_are_ended_in_the_end(
    february: Cluster, calm: Left, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    for attempt in range(4):
        working = february.start("nowhere", tmp_path / f"killed{attempt}", "manage", *LIVE)
        # Once it works, at any moment of what is left.
        until(lambda: Run.objects.filter(kind=KIND, day=LAST).exists() or working.process.poll() is not None)  # noqa: B023
        time.sleep(chance.random())
        working.kill()

    run_days(until=LAST)

    assert left(tmp_path / "out") == calm


def test_days_whose_database_was_killed_are_ended_by_running_them_again(
    february: Cluster, calm: Left, tmp_path: Path
) -> None:
    lose_database(february, february.start("days half written", tmp_path / "killed", "manage", *LIVE).at_its_point())

    run_days(until=LAST)

    assert left(tmp_path / "out") == calm


def test_days_whose_connection_was_cut_go_on_or_are_ended_by_running_them_again(
    february: Cluster, calm: Left, tmp_path: Path
) -> None:
    working = february.start("days half written", tmp_path / "cut", "manage", *LIVE).at_its_point()
    connection.close()
    client = psycopg2.connect(february.servers.postgres.url)
    client.autocommit = True
    client.cursor().execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (connection.settings_dict["NAME"],)
    )
    client.close()
    # Taken again on a new connection when the cut fell within a slice; else said, and the command is run again.
    assert working.go_on() in (0, 1, 3), working.output()

    run_days(until=LAST)

    assert left(tmp_path / "out") == calm


def test_two_commands_started_together_live_the_days_once(february: Cluster, calm: Left, tmp_path: Path) -> None:
    both = [february.start("nowhere", tmp_path / name, "manage", *LIVE) for name in ("one", "two")]
    for working in both:
        ended(working)

    assert Run.objects.filter(kind=KIND, day=LAST).count() == 1
    assert left(tmp_path / "out") == calm


def test_the_evening_task_that_fires_during_a_run_by_hand_waits_for_it(
    february: Cluster, calm: Left, tmp_path: Path
) -> None:
    by_hand = february.start("days half written", tmp_path / "hand", "manage", *LIVE).at_its_point()
    task = february.start("nowhere", tmp_path / "task", "manage", "shell", "-c", TASK)
    done = Run.objects.get(kind=KIND, day=LAST).slices
    until(lambda: not done.filter(state="WAITING").exists(), what="the task taking what was left")
    assert task.process.poll() is None, task.output()
    by_hand.release()
    ended(by_hand)
    ended(task)

    assert Run.objects.filter(kind=KIND, day=LAST).count() == 1
    assert left(tmp_path / "out") == calm
