"""Rows that do not enter: every error once, every cell kept, nothing of a person readable in the tables."""

import json
from pathlib import Path

import pytest

from cmg.models import Account
from portal.exchange.models import RejectedRow
from portal.exchange.operations import import_file
from portal.people.vault import decrypt_row
from tests.cmg.files import row, write

pytestmark = pytest.mark.django_db
NIR, IBAN = "2 84 01 63 001 001 41", "FR7630006000011234567890189"


def codes(report: object, line: int) -> set[tuple[str, str]]:
    return {(error["column"], error["code"]) for error in report.errors[line]}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hours": "-1"}, {("hours", "bad_value")}),
        ({"net_salary": "-1", "terminal_indemnities": "5"}, {("net_salary", "bad_value")}),
        ({"net_salary": "-1", "hours": ""}, {("net_salary", "bad_value"), ("hours", "required")}),
        ({"net_salary": "", "hours": ""}, {("net_salary", "required"), ("hours", "required")}),
        ({"care_month": "2026-12"}, {("care_month", "month_too_late")}),
        ({"care_month": "2024-02", "hours": ""}, {("child_birth_dates", "born_after_month")}),
        ({"child_ids": "C1|C2", "child_birth_dates": "2024-03-10|2026-11-01"}, {("child_birth_dates", "born_after_month")}),
    ],
)  # fmt: skip
def test_each_error_is_told_once_and_none_waits_for_another(
    tmp_path: Path, changes: dict[str, str], expected: set[tuple[str, str]]
) -> None:
    report = import_file(write(tmp_path, "declarations", [row("declarations", **changes)]))

    assert codes(report, 2) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"care_month": "2026-11"},
        {"care_month": "2024-03", "hours": ""},
        {"child_birth_dates": "2026-10-31"},
        {"hours": "", "terminal_indemnities": "560.00"},
        {"hours": "", "net_salary": "0"},
        {"kind": "CANCELLATION", "net_salary": "", "hours": ""},
        {"child_ids": "C 2|C1", "child_birth_dates": "2024-03-10|2023-01-01"},
    ],
)
def test_their_look_alikes_enter(tmp_path: Path, changes: dict[str, str]) -> None:
    report = import_file(write(tmp_path, "declarations", [row("declarations", **changes)]))

    assert (report.applied, report.errors) == (1, {})


def test_a_name_that_doubles_without_its_accents_enters(tmp_path: Path) -> None:
    rows = [row("accounts", last_name="Œ" * 100, first_names="ﬃ" * 100), row("accounts", employer_no="E/2")]

    assert import_file(write(tmp_path, "accounts", rows)).applied == 2
    assert Account.objects.get(employer_no="E1").name_key == "OE" * 100 + " FFIFFIFFI"


@pytest.mark.parametrize("content", [b"X\xff", b"X\x00Y"])
def test_bytes_that_are_not_text_cost_their_row_only(tmp_path: Path, content: bytes) -> None:
    rows = [row("accounts", last_name="Léger"), row("accounts", employer_no="E2", last_name="@@")]
    path = write(tmp_path, "accounts", rows)
    path.write_bytes(path.read_bytes().replace(b"@@", content))

    report = import_file(path)

    assert (report.applied, codes(report, 3)) == (1, {("last_name", "bad_encoding")})


def test_cells_too_many_and_columns_nobody_asked_for_are_kept(tmp_path: Path) -> None:
    path = write(tmp_path, "accounts", [row("accounts", colour="blue"), row("accounts", colour="=red", last_name="=x")])
    path.write_text(path.read_text().replace("Martin", "Martin, dit Le Gros"))

    report = import_file(path)

    assert codes(report, 2) == {("", "wrong_cell_count")}
    kept = [decrypt_row(rejected.content) for rejected in RejectedRow.objects.order_by("line")]
    assert (kept[0]["first_names"], kept[0]["en trop 1"]) == (" dit Le Gros", "blue")
    assert (kept[1]["last_name"], kept[1]["colour"]) == ("=x", "=red")


def test_a_cell_of_a_megabyte_is_one_wrong_cell(tmp_path: Path) -> None:
    rows = [row("accounts"), row("accounts", employer_no="E2", last_name='"' + "x" * 1_000_000)]

    report = import_file(write(tmp_path, "accounts", rows))

    assert (report.applied, codes(report, 3)) == (1, {("last_name", "bad_value")})
    assert len(report.errors[3][0]["message"]) < 300


@pytest.mark.parametrize("shifted", ["fund", "birth_date", "last_name"])
def test_an_identifier_in_the_wrong_column_is_not_repeated_in_the_messages(tmp_path: Path, shifted: str) -> None:
    rows = [row("accounts", **{shifted: "=" + NIR}), row("accounts", iban="=" + IBAN, nir="=" + NIR)]

    import_file(write(tmp_path, "accounts", rows))

    told = json.dumps(list(RejectedRow.objects.values_list("errors", flat=True)))
    assert RejectedRow.objects.count() == 2
    assert NIR[:8] not in told
    assert IBAN[:8] not in told


def test_a_header_of_two_flows_asks_for_a_name_and_one_that_lacks_a_column_names_it(tmp_path: Path) -> None:
    both = import_file(write(tmp_path, "lot-12", [row("rights_fund")]))
    lacking = import_file(write(tmp_path, "accounts", [{k: v for k, v in row("accounts").items() if k != "iban"}]))
    named = import_file(write(tmp_path, "2026-10 rights_fund", [row("rights_fund")]))

    assert "plusieurs flux" in both.refusals[0].message
    assert "accounts, il manque : iban." in lacking.refusals[0].message
    assert (named.kind, named.applied) == ("rights_fund", 1)
