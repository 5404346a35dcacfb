"""import_flow as the operator types it: status, one line per file, and rejected rows that can be corrected and given back."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cmg.models import Declaration, Employee
from portal.exchange.manifests import manifest_path
from tests.cmg.files import row, write

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> tuple[int, list[str], str]:
    """Exit status, lines printed, and what was said of paths that are no files."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_flow", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as left:
        return int(str(left.code)), out.getvalue().splitlines(), err.getvalue()
    return 0, out.getvalue().splitlines(), err.getvalue()


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_rejected_rows_are_no_refusal_and_each_file_has_its_line(tmp_path: Path) -> None:
    good = write(tmp_path, "employees", [row("employees")])
    mixed = write(tmp_path, "declarations", [row("declarations"), row("declarations", declaration_no="D2", kind="X")])

    assert run(good, mixed) == (
        0,
        [
            "employees.csv : 1 lues, 1 appliquées, 0 rejetées, 0 inchangées",
            "declarations.csv : 2 lues, 1 appliquées, 1 rejetées, 0 inchangées",
        ],
        "",
    )


def test_paths_that_are_no_files_are_told_and_the_others_enter(tmp_path: Path) -> None:
    good = write(tmp_path, "employees", [row("employees")])
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    wrong = [tmp_path, tmp_path / "absent.csv", tmp_path / "loop", tmp_path / ("x" * 300)]

    status, printed, told = run(*wrong, good)

    assert (status, len(printed), len(told.splitlines())) == (2, 1, 4)
    assert "c’est un dossier" in told
    assert Employee.objects.count() == 1


def test_a_manifest_goes_with_its_file_and_alone_it_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "employees", [row("employees")], {"kind": "employees"})
    manifest = manifest_path(path)

    assert run(manifest, path)[0] == 0
    status, printed, told = run(manifest)
    assert (status, printed) == (2, [])
    assert "ce manifeste est seul" in told


def test_rejected_rows_come_back_with_their_own_columns_and_no_formula(tmp_path: Path) -> None:
    cells = dict(reversed(row("declarations", net_salary="=1+1", kind="X", note=" @SUM(A1)").items()))
    run(write(tmp_path, "declarations", [cells]), "--errors", tmp_path / "out")

    lines = table(tmp_path / "out" / "declarations.errors.csv")

    assert list(lines[0]) == [*cells, "line", "column", "code", "message", "remedy"]
    assert [(line["line"], line["column"], line["code"]) for line in lines] == [
        ("2", "kind", "bad_value"),
        ("2", "net_salary", "bad_value"),
    ]
    assert {(line["net_salary"], line["note"], line["declaration_no"]) for line in lines} == {
        ("'=1+1", "' @SUM(A1)", "D1")
    }


def test_the_file_of_errors_once_corrected_can_be_imported(tmp_path: Path) -> None:
    rows = [row("declarations"), row("declarations", declaration_no="D2", net_salary="=1+1", kind="X")]
    run(write(tmp_path, "declarations", rows), "--errors", tmp_path / "out")
    path = tmp_path / "out" / "declarations.errors.csv"

    untouched = run(path, "--errors", tmp_path / "again")
    again = table(tmp_path / "again" / "declarations.errors.errors.csv")
    corrected = [line | {"net_salary": "600.00", "kind": "ORIGINAL"} for line in table(path)]
    done = run(write(tmp_path / "mended", "declarations", corrected))

    assert untouched[1] == ["declarations.errors.csv : 2 lues, 0 appliquées, 2 rejetées, 0 inchangées"]
    assert list(again[0]).count("line") == 1
    assert done[1] == ["declarations.csv : 2 lues, 1 appliquées, 0 rejetées, 1 inchangées"]
    assert Declaration.objects.get(declaration_no="D2").net_salary_cents == 60_000


def test_two_files_of_one_name_leave_two_files_of_errors(tmp_path: Path) -> None:
    paths = [write(tmp_path / name, "employees", [row("employees", employee_kind=name)]) for name in ("a", "b")]

    for _time in range(2):
        run(*paths, "--errors", tmp_path / "out")

    written = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in written] == ["employees.2.errors.csv", "employees.errors.csv"]
    assert [table(path)[0]["employee_kind"] for path in written] == ["b", "a"]


def test_a_folder_that_cannot_be_made_stops_before_anything_enters(tmp_path: Path) -> None:
    path = write(tmp_path, "employees", [row("employees")])

    with pytest.raises(CommandError):
        run(path, "--errors", path / "out")

    assert not Employee.objects.exists()
