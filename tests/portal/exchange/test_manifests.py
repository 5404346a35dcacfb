"""Manifests: what is published is read, whatever else they hold is refused without a crash."""

import json
from pathlib import Path
from typing import Any

import pytest

from portal.exchange.manifests import UnreadableManifest, manifest_path, read_manifest
from portal.exchange.models import ReceivedFile
from portal.exchange.operations import import_file
from tests.cmg.files import row, write


def written(folder: Path, content: bytes | dict[str, Any]) -> Path:
    path = folder / "declarations.manifest.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"rows": 1e999}', b'{"rows": NaN}', b'{"rows": ' + b"9" * 6000 + b"}",
     {"rows": 1.5}, {"rows": True}, {"rows": -1}, {"rows": "un"}, {"sequence_no": 10**30}, {"sequence_no": -4},
     {"sum_cents": "560.00"}, {"sender": "a\0b"}, {"sender": "\ud800"}, {"sender": ["CAF"]}, {"kind": ["accounts"]},
     {"sha256": {}}],
)  # fmt: skip
def test_what_is_not_as_published_is_refused(tmp_path: Path, content: bytes | dict[str, Any]) -> None:
    with pytest.raises(UnreadableManifest):
        read_manifest(written(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "expected"),
    [({"rows": "3"}, 3), ({"rows": 3.0}, 3), ({"rows": 0}, 0), ({"rows": None}, None), ({}, None),
     (b'\xef\xbb\xbf{"rows": 3}', 3)],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(tmp_path: Path, content: Any, expected: int | None) -> None:
    assert read_manifest(written(tmp_path, content))["rows"] == expected


def test_the_manifest_of_a_file_in_capitals_is_found() -> None:
    assert manifest_path(Path("a/RIGHTS.CSV")) == Path("a/RIGHTS.manifest.json")


@pytest.mark.django_db
@pytest.mark.parametrize(("digest", "codes"), [(str.upper, []), (lambda text: "0" + text[1:], ["CMG-027"])])
def test_a_hash_in_capitals_is_the_same_hash(tmp_path: Path, digest: Any, codes: list[str]) -> None:
    path = write(tmp_path, "declarations", [row("declarations")], {"kind": "declarations"})
    manifest = json.loads(manifest_path(path).read_text())
    written(tmp_path, manifest | {"sha256": digest(manifest["sha256"])})

    assert [refusal.code for refusal in import_file(path).refusals] == codes


@pytest.mark.django_db
def test_a_lot_with_a_wrong_manifest_is_known_by_what_can_be_read_and_kept_once(tmp_path: Path) -> None:
    manifest = {"kind": "declarations", "sender": "Pajemploi", "sequence_no": 4, "rows": "trois"}
    path = write(tmp_path, "declarations", [row("declarations")], manifest)

    reports = [import_file(path), import_file(path)]

    assert [report.refusals[0].code for report in reports] == ["CMG-027", "CMG-027"]
    kept = ReceivedFile.objects.get()
    assert (kept.state, kept.kind, kept.sender, kept.sequence_no) == ("REFUSED", "declarations", "Pajemploi", 4)


@pytest.mark.django_db
def test_a_folder_in_the_place_of_a_manifest_refuses_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, "declarations", [row("declarations")])
    manifest_path(path).mkdir()

    assert [refusal.code for refusal in import_file(path).refusals] == ["CMG-027"]
