"""script/setup, on an empty list of requirements: a half-made environment is made anew, a whole one is left alone."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "script").mkdir()
    shutil.copy(ROOT / "script" / "setup", tmp_path / "script")
    (tmp_path / "requirements.txt").write_text("# none\n")
    return tmp_path


def set_up(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", "script/setup", "requirements.txt"]
    return subprocess.run(command, cwd=clone, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_an_interrupted_environment_is_made_anew_and_a_whole_one_is_kept(clone: Path) -> None:
    # What Ctrl-C leaves while venv brings pip in: an interpreter without it.
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(shutil.which("python3") or "")
    (clone / ".venv" / ".unfinished").touch()
    (clone / ".venv" / "half-written").touch()

    assert set_up(clone).returncode == 0
    assert (clone / ".venv" / "bin" / "pip").exists()
    assert not (clone / ".venv" / "half-written").exists()
    assert not (clone / ".venv" / ".unfinished").exists()

    (clone / ".venv" / "kept").touch()
    assert set_up(clone).stderr == ""
    assert (clone / ".venv" / "kept").exists()


def test_a_python_too_old_or_without_venv_is_named(clone: Path) -> None:
    (clone / "bin").mkdir()
    for command in ("sh", "cksum", "cat", "dirname"):
        (clone / "bin" / command).symlink_to(shutil.which(command) or "")

    done = set_up(clone, PATH=str(clone / "bin"))

    assert done.returncode == 2
    assert "Il faut python3 3.11" in done.stderr
    assert not (clone / ".venv").exists()


def test_missing_debian_packages_are_named_to_who_cannot_install_them(clone: Path) -> None:
    (clone / "bin").mkdir()
    for name, answer in {"id": "echo 1000", "dpkg": "exit 1", "apt-get": "exit 9"}.items():
        (clone / "bin" / name).write_text(f"#!/bin/sh\n{answer}\n")
        (clone / "bin" / name).chmod(0o755)
    command = "SYSTEM_PACKAGES=chromium sh script/setup"
    path = f"{clone / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", command], cwd=clone, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert "sudo apt-get install chromium" in done.stderr
