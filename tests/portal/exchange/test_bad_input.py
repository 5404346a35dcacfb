"""Files that are wrong, late, doubled or hostile: a clear answer line by line, nothing lost, nothing half-applied."""

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from cmg.models import Account, Declaration, Right
from portal.exchange.models import FileChunk, ReceivedFile, RejectedRow
from portal.exchange.operations import import_file, replay_row
from portal.people.vault import decrypt_row
from tests.cmg.files import clean_family, row, write, write_all

pytestmark = pytest.mark.django_db


def codes(report: Any) -> list[str]:
    return [refusal.code for refusal in report.refusals]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n \n", "file_empty"),
        ("employer_no,nir\n1,é\n".encode("latin-1"), "file_encoding"),
        (b"employer_no;nir;last_name\n1;2;3\n", "file_separator"),
        (b"employer_no,employer_no\n1,2\n", "column_twice"),
        (b"a,b,c\n1,2,3\n", "kind_unknown"),
        (b"a,b\x00\n1,2\n", "file_binary"),
        (b'employee_no,employer_no,employee_kind\n"S1,E1,CHILDMINDER\n', "file_broken"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole_and_kept(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "accounts.csv"
    path.write_bytes(content)

    report = import_file(path)

    assert codes(report) == [code]
    assert ReceivedFile.objects.get().state == "REFUSED"
    assert not Account.objects.exists()


def test_a_file_cut_in_the_middle_applies_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "employees", [row("employees"), row("employees", employee_no="S2")])
    path.write_bytes(path.read_bytes()[:-30])

    assert codes(import_file(path)) == ["file_cut"]


def test_a_missing_column_is_named_and_an_extra_one_is_let_be(tmp_path: Path) -> None:
    lacking = {name: value for name, value in row("employees").items() if name != "licence_end"}
    report = import_file(write(tmp_path, "employees", [lacking], {"kind": "employees"}))
    assert codes(report) == ["column_missing"]

    extra = import_file(
        write(tmp_path / "b", "employees", [row("employees") | {"colour": "blue"}], {"kind": "employees"})
    )
    assert (extra.applied, extra.refusals) == (1, [])


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [({"sum_cents": 56_000}, []), ({"sum_cents": 56_001}, ["CMG-027"]), ({"rows": 2, "sum_cents": 56_000}, ["CMG-027"]),
     ({"sha256": "0" * 64, "sum_cents": 56_000}, ["CMG-027"])],
)  # fmt: skip
def test_control_totals_refuse_the_whole_file(tmp_path: Path, manifest: dict[str, Any], expected: list[str]) -> None:
    path = write(tmp_path, "declarations", [row("declarations")], {"kind": "declarations"} | manifest)

    assert codes(import_file(path)) == expected
    assert Declaration.objects.count() == (0 if expected else 1)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("care_month", "2026-13", "bad_value"), ("care_month", "2019-05", "month_too_early"),
        ("care_month", "", "required"), ("net_salary", "", "required"), ("net_salary", "-1.00", "bad_value"),
        ("net_salary", "1,50", "bad_value"), ("net_salary", "1.505", "bad_value"), ("net_salary", "1e3", "bad_value"),
        ("net_salary", "9" * 40, "bad_value"), ("hours", "-5", "bad_value"), ("hours", "745", "bad_value"),
        ("hours", "", "required"), ("days", "32", "bad_value"), ("kind", "UNKNOWN", "bad_value"),
        ("declaration_no", "=1+1", "bad_value"), ("employer_no", "@SUM(A1)", "bad_value"),
        ("child_ids", "C1|C1", "children_mismatch"), ("child_birth_dates", "2023-02-30", "bad_value"),
        ("received_at", "yesterday", "bad_value"), ("version", "0", "bad_value"),
        ("terminal_indemnities", "560.01", "above_net_salary"), ("specific_hours", "121", "above_hours"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_its_line_and_the_other_rows_enter(
    tmp_path: Path, column: str, value: str, code: str
) -> None:
    rows = [row("declarations", declaration_no="D0"), row("declarations", **{column: value})]

    report = import_file(write(tmp_path, "declarations", rows))

    assert (report.read, report.applied, report.rejected) == (2, 1, 1)
    assert code in [error["code"] for error in report.errors[3] if error["column"]]
    assert all(error["message"] and error["remedy"] for error in report.errors[3])


@pytest.mark.parametrize("value", ["744", "560.5", "0"])
def test_cells_at_their_bounds_enter(tmp_path: Path, value: str) -> None:
    rows = [row("declarations", hours="744" if value == "744" else "120", net_salary=value)]

    assert import_file(write(tmp_path, "declarations", rows)).applied == 1


def test_every_error_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    rows = [row("declarations", care_month="2026-13", hours="-1", kind="X")]

    report = import_file(write(tmp_path, "declarations", rows))

    assert {error["column"] for error in report.errors[2]} == {"care_month", "hours", "kind"}


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    paths = write_all(tmp_path, clean_family())
    for path in paths:
        import_file(path)
    before = (Account.objects.count(), Right.objects.count(), Declaration.objects.count())

    again = [import_file(path) for path in paths]

    assert [(report.applied, report.unchanged) for report in again] == [(0, 1)] * len(paths)
    assert (Account.objects.count(), Right.objects.count(), Declaration.objects.count()) == before


def test_an_older_file_that_arrives_late_does_not_undo_a_newer_one(tmp_path: Path) -> None:
    newer = row("rights_fund", sequence_no=12, annual_resources=40000)
    older = row("rights_fund", sequence_no=11, annual_resources=20000)
    import_file(write(tmp_path, "rights_fund_b", [newer]))

    report = import_file(write(tmp_path, "rights_fund_a", [older]))

    assert (report.applied, report.unchanged) == (0, 1)
    assert Right.objects.get(known_until__isnull=True).annual_resources_cents == 4_000_000


def test_a_newer_version_ends_the_former_and_keeps_it(tmp_path: Path) -> None:
    import_file(write(tmp_path, "rights_fund_a", [row("rights_fund", sequence_no=11, status="ACTIVE")]))
    import_file(write(tmp_path, "rights_fund_b", [row("rights_fund", sequence_no=12, status="CLOSED")]))

    assert Right.objects.count() == 2
    assert Right.objects.get(known_until__isnull=True).status == "CLOSED"


def test_one_version_of_a_declaration_never_changes(tmp_path: Path) -> None:
    import_file(write(tmp_path, "declarations_a", [row("declarations")]))

    report = import_file(write(tmp_path, "declarations_b", [row("declarations", net_salary="600.00")]))

    assert [error["code"] for error in report.errors[2]] == ["version_conflict"]
    assert Declaration.objects.get().net_salary_cents == 56_000
    with pytest.raises(DatabaseError), transaction.atomic():
        Declaration.objects.update(net_salary_cents=1)


def test_a_corrected_row_is_replayed_alone_and_once(tmp_path: Path) -> None:
    import_file(write(tmp_path, "declarations", [row("declarations", net_salary="abc")]))
    rejected = RejectedRow.objects.get()
    cells = decrypt_row(rejected.content)

    assert replay_row(rejected.pk, cells, by="nathalie").errors
    assert not replay_row(rejected.pk, cells | {"net_salary": "560.00"}, by="nathalie").errors
    assert not replay_row(rejected.pk, cells | {"net_salary": "999.00"}, by="nathalie").errors

    assert Declaration.objects.get().net_salary_cents == 56_000
    rejected.refresh_from_db()
    assert (rejected.state, rejected.handled_by) == ("REPLAYED", "nathalie")


def test_quoted_cells_and_line_ends_keep_their_line_numbers(tmp_path: Path) -> None:
    rows = [row("accounts", last_name='O"Neil, Ann'), row("accounts", employer_no="E2", last_name="=cmd|x")]

    report = import_file(write(tmp_path, "accounts", rows))

    assert (report.applied, list(report.errors)) == (1, [3])
    assert Account.objects.get().last_name == 'O"Neil, Ann'


def test_a_wrong_key_is_not_a_wrong_row(tmp_path: Path) -> None:
    report = import_file(write(tmp_path, "accounts", [row("accounts", nir="284016300100199", iban="FR76123")]))

    account = Account.objects.get()
    assert (report.rejected, account.nir_valid, account.iban_valid) == (0, False, False)


def test_nothing_readable_of_a_person_lies_in_the_tables(tmp_path: Path) -> None:
    account = row("accounts")
    import_file(write(tmp_path, "accounts", [account]))

    with connection.cursor() as cursor:
        cursor.execute("SELECT ciphertext FROM people_identifier UNION ALL SELECT content FROM exchange_filechunk")
        kept = b"".join(bytes(content) for (content,) in cursor.fetchall())
    assert account["nir"].encode() not in kept
    assert account["iban"].encode() not in kept
    with pytest.raises(DatabaseError), transaction.atomic():
        FileChunk.objects.update(content=b"")
