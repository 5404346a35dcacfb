"""The files of a lot come in any order, twice, or equal to another lot: what is known in the end is the same."""

import json
from pathlib import Path

import pytest

from cmg.models import Account, Declaration, Request, Right
from portal.exchange.lots import missing_lots
from portal.exchange.models import ReceivedFile, RejectedRow
from portal.exchange.operations import import_file, replay_row
from portal.people.vault import decrypt_row
from tests.cmg.files import row, write

pytestmark = pytest.mark.django_db
OLDER = row("rights_fund", decided_at="2025-01-10T09:00:00Z", status="ACTIVE")
NEWER = row("rights_fund", decided_at="2025-02-10T09:00:00Z", status="CLOSED")


@pytest.mark.parametrize("rows", [[OLDER, NEWER], [NEWER, OLDER]])
@pytest.mark.parametrize("in_one_file", [True, False])
def test_of_two_decisions_under_one_number_the_later_holds(
    tmp_path: Path, rows: list[dict[str, str]], in_one_file: bool
) -> None:
    lots = [rows] if in_one_file else [[one] for one in rows]

    reports = [import_file(write(tmp_path, f"rights_fund_{n}", lot)) for n, lot in enumerate(lots)]

    assert sum(report.rejected for report in reports) == 0
    assert Right.objects.get(known_until__isnull=True).status == "CLOSED"


@pytest.mark.parametrize("days", [["", "2026-10-01"], ["2026-10-01", ""]])
def test_a_request_once_decided_does_not_become_pending_again(tmp_path: Path, days: list[str]) -> None:
    for number, day in enumerate(days):
        import_file(write(tmp_path, f"requests_{number}", [row("requests", decided_on=day)]))

    assert str(Request.objects.get(known_until__isnull=True).decided_on) == "2026-10-01"


def test_the_same_rows_in_another_order_change_nothing(tmp_path: Path) -> None:
    rows = [row("declarations", declaration_no=f"D{number}") for number in range(3)]
    import_file(write(tmp_path / "a", "declarations", rows))

    again = import_file(write(tmp_path / "b", "declarations", rows[::-1]))

    assert (again.applied, again.rejected, again.unchanged) == (0, 0, 3)


def test_a_correction_may_come_before_its_original(tmp_path: Path) -> None:
    import_file(write(tmp_path, "declarations_b", [row("declarations", version=2, kind="CORRECTION")]))
    import_file(write(tmp_path, "declarations_a", [row("declarations")]))

    assert sorted(Declaration.objects.values_list("version", flat=True)) == [1, 2]


def empty_lot(folder: Path, number: int) -> Path:
    path = write(folder / str(number), "requests", [row("requests")])
    path.write_text(path.read_text().split("\n")[0] + "\n")
    manifest = {"kind": "requests", "sender": "CAF63", "sequence_no": number, "rows": 0, "sum_cents": 0}
    path.with_name("requests.manifest.json").write_text(json.dumps(manifest))
    return path


def test_two_equal_lots_have_both_arrived(tmp_path: Path) -> None:
    for number in (5, 6, 7, 6):
        import_file(empty_lot(tmp_path, number))

    assert missing_lots() == []
    assert sorted(ReceivedFile.objects.values_list("sequence_no", flat=True)) == [5, 6, 7]


def test_a_lot_that_never_came_is_still_named_beside_a_number_written_wrong(tmp_path: Path) -> None:
    for number in (5, 7, 10**15):
        import_file(empty_lot(tmp_path, number))

    assert [lot.number for lot in missing_lots()] == [6]


def test_a_file_given_again_says_what_is_still_to_correct(tmp_path: Path) -> None:
    path = write(tmp_path, "declarations", [row("declarations"), row("declarations", declaration_no="D2", kind="X")])
    first, second = import_file(path), import_file(path)
    rejected = RejectedRow.objects.get()

    assert (second.applied, second.rejected, second.unchanged) == (0, 1, 1)
    assert second.errors == first.errors
    assert decrypt_row(second.raw[3]) == decrypt_row(first.raw[3]) == decrypt_row(rejected.content)
    assert not replay_row(rejected.pk, decrypt_row(rejected.content) | {"kind": "ORIGINAL"}, by="nathalie").errors
    assert (import_file(path).rejected, RejectedRow.objects.count()) == (0, 1)


@pytest.mark.parametrize("blank", [" ", " . ", ". ."])
def test_a_blank_identifier_is_not_one_that_two_families_share(tmp_path: Path, blank: str) -> None:
    import_file(write(tmp_path, "accounts", [row("accounts", nir=blank, iban=blank)]))

    account = Account.objects.get()
    assert (account.nir_key, account.iban_key, account.iban_tail) == (None, None, "")
