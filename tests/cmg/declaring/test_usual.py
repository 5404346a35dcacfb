"""Which cares are expected of a family in a month: what it does, never every pair of a child and a person."""

from datetime import date
from pathlib import Path

import pytest

from cmg.declaring.cares import family_known
from cmg.declaring.usual import expected_cares, left_to_declare
from cmg.models import Account
from tests.cmg.declaring.families import MONDAY, MONTH, Files, received
from tests.cmg.files import row

pytestmark = pytest.mark.django_db


def pairs(month: date = MONTH) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    family = family_known(Account.objects.get(employer_no="E1", known_until=None))
    expected, others = expected_cares(family, month)
    return tuple([(one.care.employee_no, one.care.child_ids) for one in part] for part in (expected, others))  # type: ignore[return-value]


def left(on: date = MONDAY) -> dict[date, int]:
    return left_to_declare(family_known(Account.objects.get(employer_no="E1", known_until=None)), on)


def declared(number: str, month: str, employee: str = "S1", child: str = "C1") -> dict[str, str]:
    born = "2018-05-10" if child == "C0" else "2024-03-10"
    return row("declarations", declaration_no=number, care_month=month, employee_no=employee, child_ids=child,
               child_birth_dates=born, received_at=f"{month}-26T10:00:00+02:00")  # fmt: skip


def grown_up(files: Files) -> None:
    """A sister kept years ago by somebody else, whose right ended; her brother, declared in October."""
    files["employees"].append(row("employees", employee_no="S0"))
    old = {"child_id": "C0", "child_first_name": "Rose", "child_birth_date": "2018-05-10", "right_no": "R0",
           "start": "2018-09-01", "end": "2021-09-01", "status": "CLOSED", "sequence_no": "3"}  # fmt: skip
    for kind in ("rights_fund", "rights_pajemploi"):
        files[kind].append(row(kind, **old))
    files["declarations"] = [declared("D0", "2019-07", "S0", "C0"), declared("D1", "2026-10")]


def test_of_all_pairs_only_the_real_one_is_expected(tmp_path: Path) -> None:
    received(tmp_path, grown_up)

    expected, others = pairs()

    assert expected == [("S1", "C1")]
    assert sorted(others) == [("S0", "C0"), ("S0", "C1"), ("S1", "C0")], "still possible, one gesture away"
    assert left() == {}, "everything is declared"
    assert pairs(date(2026, 9, 1))[0] == [("S1", "C1")], "the right is open, and nobody declared September"


@pytest.mark.parametrize(("last", "expected"), [("2026-07", [("S1", "C1")]), ("2026-06", [])])
def test_what_was_declared_in_the_three_months_before_is_expected_even_without_a_right(
    tmp_path: Path, last: str, expected: list[tuple[str, str]]
) -> None:
    def rightless(files: Files) -> None:
        files["rights_fund"], files["rights_pajemploi"] = [], []
        files["declarations"] = [declared("D1", last)]

    received(tmp_path, rightless)

    assert pairs()[0] == expected
    assert left() == ({MONTH: 1} if expected else {})


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 1),
        ({"end": "2026-10-01"}, 0),
        ({"end": "2026-10-02"}, 1),
        ({"start": "2026-11-01"}, 0),
        ({"start": "2026-10-31"}, 1),
        ({"status": "SUSPENDED"}, 0),
    ],
)
def test_a_right_open_in_the_month_is_expected_from_the_first_time(
    tmp_path: Path, changes: dict[str, str], count: int
) -> None:
    def never(files: Files) -> None:
        files["declarations"] = []
        files["rights_fund"][0] |= changes

    received(tmp_path, never)

    assert left().get(MONTH, 0) == count


def test_two_cares_of_which_one_is_declared_leave_one(tmp_path: Path) -> None:
    def two(files: Files) -> None:
        files["declarations"] = [
            declared("A", "2026-09"),
            declared("B", "2026-09", child="C2"),
            declared("C", "2026-10"),
        ]

    received(tmp_path, two)

    assert left() == {MONTH: 1}
    assert left(date(2026, 11, 5)) == {MONTH: 1}
    assert left(date(2026, 11, 6)) == {}, "late: accepted, no longer asked for"
