"""More processes for a run: each does its part, and one that dies leaves nothing undone."""

import os
from datetime import date

import pytest
from django.db import connection, transaction

from portal.audit.models import JournalEntry
from portal.audit.operations import journal
from portal.batches.models import Run, RunState
from portal.batches.operations import SliceResult, done_slices, end_run, start_run, take_next, work_through, work_to_end
from portal.batches.parallel import work_in_parallel

HERE = "tests.portal.batches.test_parallel"
PARENT = "PARALLEL_TEST_PARENT"


def note(run_pk: int) -> None:
    journal(actor=str(os.getpid()), action="worked", subject=f"run:{run_pk}")


def note_or_die(run_pk: int) -> None:
    if os.environ[PARENT] != str(os.getpid()):
        os._exit(9)
    note(run_pk)


@pytest.fixture(autouse=True)
def _same_database(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    monkeypatch.setenv("DATABASE_URL", f"{server}/{connection.settings_dict['NAME']}")
    monkeypatch.setenv(PARENT, str(os.getpid()))


def workers() -> list[str]:
    return list(JournalEntry.objects.filter(action="worked", subject="run:7").values_list("actor", flat=True))


def test_each_process_works_once() -> None:
    work_in_parallel(7, f"{HERE}.note", 3)

    assert len(set(workers())) == 3
    assert str(os.getpid()) in workers()


def test_alone_no_process_is_started() -> None:
    work_in_parallel(7, f"{HERE}.note", 1)

    assert workers() == [str(os.getpid())]


def test_what_a_dead_process_left_is_taken_up_at_the_end() -> None:
    work_in_parallel(7, f"{HERE}.note_or_die", 2)

    assert workers() == [str(os.getpid())] * 2


def do_slices(run_pk: int) -> int:
    return work_through(run_pk, lambda part: SliceResult(1, f"{part.number}"))


def finish(*, run_pk: int) -> None:
    with transaction.atomic():
        run, parts = done_slices(run_pk)
        if parts is not None:
            end_run(run, to=RunState.DONE, reason="essai")


def test_a_run_is_worked_until_what_another_held_is_done_too(monkeypatch: pytest.MonkeyPatch) -> None:
    run = start_run(
        kind="test", month=date(2026, 10, 1), ordinal=1, day=date(2026, 10, 26), dry_run=False, slices=2, rows_total=2,
        inputs_digest="", rule_version="1", parameters_digest="p",
    )  # fmt: skip
    held, waits = take_next(run.pk, "elsewhere:1:1"), []

    def dies(seconds: float) -> None:
        waits.append(Run.objects.get(pk=run.pk).state)
        assert held is not None
        type(held).objects.filter(pk=held.pk).update(state="WAITING", lease_until=None)

    monkeypatch.setattr("portal.batches.operations.clock.sleep", dies)

    ended = work_to_end(run, f"{HERE}.do_slices", finish, workers=1)

    assert (waits, ended.state) == ([RunState.RUNNING], RunState.DONE)
    assert [part.state for part in ended.slices.all()] == ["DONE", "DONE"]
