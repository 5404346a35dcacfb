"""Kinds side by side: each kind in the order given, nobody kept twice, and an error that stops what has not begun."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Barrier, Event

import pytest
from django.db import connection

from cmg.models import Account, Right
from portal.exchange.lanes import beside_each_other, lanes_of
from portal.exchange.models import ReceivedFile
from portal.exchange.operations import each_import
from portal.people.models import Identifier
from tests.cmg.files import row, write

PEOPLE = 200


def people(kind: str, name: str, **cells: str) -> list[dict[str, str]]:
    return [row(kind, nir=f"{2_850_163_113_000 + number:013d}00", **{name: f"X{number}"}, **cells)
            for number in range(PEOPLE)]  # fmt: skip


def test_a_lane_holds_the_files_of_one_kind_in_the_order_given(tmp_path: Path) -> None:
    first = write(tmp_path / "b", "accounts", [row("accounts")])
    rights = write(tmp_path, "rights_fund", [row("rights_fund")])
    copies = write(tmp_path, "rights_pajemploi", [row("rights_pajemploi")])
    second = write(tmp_path / "a", "accounts", [row("accounts")])

    assert lanes_of([first, rights, copies, second]) == [[first, second], [rights], [copies]]


def test_the_manifest_names_the_kind_before_the_header_and_an_unknown_file_has_a_lane_too(tmp_path: Path) -> None:
    named = write(tmp_path, "accounts", [row("accounts")])
    (tmp_path / "accounts.manifest.json").write_text('{"kind": "employees"}')
    employees = write(tmp_path, "employees", [row("employees")])
    unknown, empty = tmp_path / "x.csv", tmp_path / "y.csv"
    unknown.write_bytes(b"\xff\xfe\n")
    empty.touch()

    assert lanes_of([named, unknown, employees, empty]) == [[named, employees], [unknown, empty]]


def test_lanes_run_at_the_same_time() -> None:
    met = Barrier(2, timeout=60)

    def take_in(lane: Iterable[Path]) -> Iterator[str]:
        for path in lane:
            met.wait()
            yield path.name

    said = beside_each_other([[Path("a")], [Path("b")]], take_in, workers=2)

    assert sorted(said) == ["a", "b"]


def test_an_error_is_raised_and_no_further_file_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, stopped = Event(), Event()
    monkeypatch.setattr("portal.exchange.lanes.Event", lambda: stopped)

    def take_in(lane: Iterable[Path]) -> Iterator[str]:
        for path in lane:
            if path.name == "lost":
                assert begun.wait(60)
                raise ConnectionError
            begun.set()
            assert stopped.wait(60)
            yield path.name

    said: list[str] = []
    with pytest.raises(ConnectionError):
        said.extend(beside_each_other([[Path("lost")], [Path("begun"), Path("next")], [Path("later")]], take_in, 2))

    assert said == ["begun"]


@pytest.mark.django_db(transaction=True)
def test_people_brought_by_two_kinds_at_once_are_kept_once(tmp_path: Path) -> None:
    files = [
        write(tmp_path, "accounts", people("accounts", "employer_no")),
        write(tmp_path, "rights_fund", people("rights_fund", "right_no")),
        write(tmp_path, "rights_pajemploi", people("rights_pajemploi", "right_no")),
    ]

    reports = list(each_import(files, workers=3))

    assert [report.applied for report in reports] == [PEOPLE] * 3
    assert (Account.objects.count(), Right.objects.count()) == (PEOPLE, 2 * PEOPLE)
    assert Identifier.objects.filter(kind="NIR").count() == PEOPLE


@pytest.mark.django_db(transaction=True)
def test_the_last_file_of_a_kind_has_the_last_word_whatever_enters_beside_it(tmp_path: Path) -> None:
    names = [f"Nom{letter}" for letter in "ABCDE"]
    accounts = [write(tmp_path / name, "accounts", [row("accounts", last_name=name)]) for name in names]
    beside = [write(tmp_path, "employees", [row("employees")]), write(tmp_path, "rights_fund", [row("rights_fund")])]

    list(each_import([*accounts, *beside], workers=3))

    known = list(Account.objects.order_by("known_from", "pk").values_list("last_name", "known_until"))
    assert [name for name, _until in known] == names
    assert [name for name, until in known if until is None] == names[-1:]
    assert ReceivedFile.objects.count() == len(accounts) + len(beside)
    assert connection.is_usable()
