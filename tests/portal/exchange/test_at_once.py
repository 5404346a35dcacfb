"""Two imports at the same time: the same file enters once, and people that both bring are kept once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections

from cmg.models import Account, Right
from portal.exchange.models import ReceivedFile
from portal.exchange.operations import FileReport, import_file
from portal.people.models import Identifier
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
def test_two_kinds_at_once_keep_each_person_once(tmp_path: Path) -> None:
    paths = [
        write(tmp_path, "accounts", people("accounts", "employer_no")),
        write(tmp_path, "rights_fund", people("rights_fund", "right_no")),
        write(tmp_path, "rights_pajemploi", people("rights_pajemploi", "right_no")),
    ]

    assert [report.applied for report in at_once(*paths)] == [PEOPLE] * 3
    assert Right.objects.count() == 2 * PEOPLE
    assert Identifier.objects.filter(kind="NIR").count() == PEOPLE
