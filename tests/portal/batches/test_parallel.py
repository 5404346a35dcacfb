"""More processes for a run: each does its part, and one that dies leaves nothing undone."""

import os

import pytest
from django.db import connection

from portal.audit.models import JournalEntry
from portal.audit.operations import journal
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
