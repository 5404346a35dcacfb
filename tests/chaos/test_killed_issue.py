"""Killing the process that takes files in or issues a month, wherever it is: run again, it does the whole once."""

from pathlib import Path

import pytest
from django.core.management import call_command

from cmg.models import Account, Declaration, Right
from cmg.operations import close_month
from portal.batches.models import Run
from portal.exchange.models import FileChunk, ReceivedFile, RejectedRow
from tests.chaos.disturbed import DAY, MONTH, REFERENCE, Cluster, Result, issued_result, sign_and_issue

BEFORE_COMMIT = ("movements half posted", "movements posted")
AFTER_COMMIT = ("issued, no file written", "in mid-file", "file not in place", "first file of two")


@pytest.mark.parametrize("point", [*BEFORE_COMMIT, *AFTER_COMMIT])
def test_an_issue_killed_and_run_again_leaves_one_set_of_files(
    signed: Cluster, undisturbed: Result, tmp_path: Path, point: str
) -> None:
    run, out = Run.objects.get(), tmp_path / "out"
    command = ("issue_run", run.pk, "--out", out, "--on", DAY)
    signed.start(point, tmp_path / "killed", "manage", *command).at_its_point().kill()
    run.refresh_from_db()
    assert run.state == ("SIGNED" if point in BEFORE_COMMIT else "ISSUED")
    for path in out.glob("*.xml"):
        assert REFERENCE.sub(b"", path.read_bytes()) == undisturbed.files[path.name], "a file is whole or is not there"

    call_command(*map(str, command))

    assert issued_result(run, out) == undisturbed


def test_an_import_killed_in_mid_file_is_taken_up_where_it_was(
    empty: Cluster, undisturbed: Result, flow_files: list[Path], tmp_path: Path
) -> None:
    command = ("import_flow", *flow_files)
    empty.start("rows copied", tmp_path / "killed", "manage", *command).at_its_point().kill()
    assert 0 < ReceivedFile.objects.count() < len(flow_files)

    call_command(*map(str, command))

    assert_taken_in_once(flow_files)
    assert sign_and_issue(close_month(month=MONTH, on=DAY), tmp_path / "out") == undisturbed


def assert_taken_in_once(files: list[Path]) -> None:
    assert sorted(ReceivedFile.objects.values_list("name", flat=True)) == sorted(path.name for path in files)
    assert FileChunk.objects.filter(number=0).count() == len(files)
    for file in ReceivedFile.objects.all():
        assert file.rows_applied + file.rows_unchanged + file.rows_rejected == file.rows_read
        assert RejectedRow.objects.filter(file=file).count() == file.rows_rejected
    assert Declaration.objects.values("declaration_no", "version").distinct().count() == Declaration.objects.count()
    for model, key in ((Account, ("employer_no",)), (Right, ("side", "right_no", "fund", "child_id"))):
        current = model.objects.filter(known_until__isnull=True)
        assert current.values(*key).distinct().count() == current.count()
