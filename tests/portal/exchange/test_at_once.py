"""Two imports at the same time: the same file enters once, and people that both bring are kept once."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from django.db import connection, connections, transaction

from cmg.models import Account
from portal.exchange.models import ReceivedFile
from portal.exchange.operations import FileReport, import_file
from portal.people.models import Identifier
from portal.people.vault import keep, lookup_keys
from tests.cmg.files import row, write

PEOPLE = 300


def at_once(*paths: Path) -> list[FileReport]:
    def one(path: Path) -> FileReport:
        try:
            return import_file(path)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(one, paths))


def people(kind: str, name: str) -> list[dict[str, str]]:
    return [row(kind, nir=f"{2_850_163_113_000 + number:013d}00", **{name: f"X{number}"}) for number in range(PEOPLE)]


@pytest.mark.django_db(transaction=True)
def test_the_same_file_given_twice_at_once_enters_once(tmp_path: Path) -> None:
    path = write(tmp_path, "accounts", people("accounts", "employer_no"))

    reports = at_once(*[path] * 4)

    assert sorted((report.applied, report.unchanged) for report in reports) == [(0, PEOPLE)] * 3 + [(PEOPLE, 0)]
    assert Account.objects.count() == PEOPLE
    assert ReceivedFile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_file_waits_for_people_that_another_is_bringing_and_finds_them_there(tmp_path: Path) -> None:
    path = write(tmp_path, "accounts", people("accounts", "employer_no"))
    nirs = pl.Series([cells["nir"] for cells in people("accounts", "employer_no")])

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            keep(lookup_keys(nirs, "NIR"), "NIR")
            report = pool.submit(at_once, path)
            wait_for_a_blocked_backend()
        assert [done.applied for done in report.result()] == [PEOPLE]

    assert Identifier.objects.filter(kind="NIR").count() == PEOPLE


def wait_for_a_blocked_backend() -> None:
    """Somebody who waits for this very connection: other databases of the same server have locks of their own."""
    waits = (
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
    )
    for _attempt in range(1200):
        with connection.cursor() as cursor:
            cursor.execute(waits)
            if cursor.fetchone() == (True,):
                return
        time.sleep(0.05)
    pytest.fail("nothing waited for the people being brought")
