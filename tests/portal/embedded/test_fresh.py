"""--fresh removes what the portal made, and nothing else."""

import fcntl
from pathlib import Path

import pytest

from portal.embedded import fresh
from portal.embedded.attach import locked


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name in ("postgres/data/PG_VERSION", "valkey/password", "bank/out/a.xml", "demo/a.csv", "logs/beat.log"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.touch()
    (tmp_path / "secrets.json").touch()
    return tmp_path


def test_what_is_not_the_portals_stays(home: Path) -> None:
    (home / "thesis.odt").touch()
    (home / "photos").mkdir()

    assert fresh.main() == 0
    assert sorted(path.name for path in home.iterdir() if path.suffix != ".lock") == ["photos", "thesis.odt"]


def test_a_database_of_ones_own_is_not_said_to_be_fresh(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/portal")

    assert fresh.main() == 2
    assert (home / "postgres").exists()
    assert "DATABASE_URL" in capsys.readouterr().err


def test_what_cannot_be_removed_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(fresh.shutil, "rmtree", refused)
    assert fresh.main() == 2
    assert "n’ont pas pu être effacées" in capsys.readouterr().err


def test_nothing_is_removed_while_the_servers_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "running", lambda _home: {"DATABASE_URL": "postgres://here"})

    assert fresh.main() == 2
    assert (home / "postgres").exists()
    with locked(home / "start.lock", fcntl.LOCK_EX | fcntl.LOCK_NB) as is_free:
        assert is_free
