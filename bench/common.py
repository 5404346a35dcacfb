"""A throw-away portal on embedded servers, environments of the peers, timings and memory."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.embedded.attach import home_folder
from portal.embedded.servers import Postgres

FOLDER = Path(__file__).parent
# Read before a portal of the benchmark's own takes its place.
HOME = home_folder()


@contextmanager
def portal() -> Iterator[Path]:
    """A portal of its own, durable settings, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    os.environ.update({"PORTAL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "portal.settings"})
    for name in ("DATABASE_URL", "BROKER_URL"):
        os.environ.pop(name, None)
    from portal.embedded.attach import servers

    try:
        with servers(home):
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0, interactive=False)
            yield home
    finally:
        shutil.rmtree(Postgres(home / "postgres", 0).home, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def peer_python(name: str) -> Path:
    """The interpreter of a peer's own environment, made from its locked requirements the first time."""
    requirements = FOLDER / f"requirements-{name}.txt"
    folder = HOME / "bench" / name
    stamp, wanted = folder / "installed", hashlib.sha256(requirements.read_bytes()).hexdigest()
    python = folder / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"installing {name} in {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", requirements], check=True)
        stamp.write_text(wanted)
    return python


def output_of(command: list[object], **environment: str) -> str:
    """What a process of its own says, run from the root of the project."""
    said = subprocess.run(
        [str(word) for word in command],
        cwd=FOLDER.parent, env=os.environ | environment, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return said.stdout


def cpu_seconds() -> float:
    """Seconds of processor used so far by this process and all it started, servers included. On a machine shared with
    others these tell more than the clock."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            said = path.read_text().rpartition(")")[2].split()
            parents[int(path.parent.name)], ticks[int(path.parent.name)] = int(said[1]), sum(map(int, said[11:15]))

    def is_ours(pid: int) -> bool:
        return pid == os.getpid() or (pid in parents and is_ours(parents[pid]))

    return sum(count for pid, count in ticks.items() if is_ours(pid)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def timed(name: str, times: dict[str, float]) -> Iterator[None]:
    """Adds the seconds of the clock to ``times[name]``, those of the processor to ``times[f"{name} cpu"]``."""
    start, worked = time.perf_counter(), cpu_seconds()
    yield
    times[name] = times.get(name, 0) + time.perf_counter() - start
    times[f"{name} cpu"] = times.get(f"{name} cpu", 0) + cpu_seconds() - worked


def peak_mib() -> int:
    """Largest resident memory of this process so far, in MiB; that of the process which started it does not count."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise RuntimeError("this system does not tell the memory of a process")


def bare_copy(tables: Iterable[str], times: dict[str, float], name: str = "bare COPY") -> int:
    """The rows of `tables` written again by COPY into tables with their primary key and nothing else: no other index, no
    check, no trigger. Their seconds are added to ``times[name]``; returns how many rows."""
    from django.db import connection

    rows = 0
    with tempfile.TemporaryDirectory() as folder, connection.cursor() as cursor:
        for table in tables:
            path = Path(folder) / table
            with path.open("wb") as out:
                cursor.cursor.copy_expert(f"COPY {table} TO STDOUT", out)
            key = ", ".join(connection.introspection.get_primary_key_columns(cursor, table) or ())
            cursor.execute(
                f"CREATE TABLE bare_{table} (LIKE {table}); ALTER TABLE bare_{table} ADD PRIMARY KEY ({key})"
            )
            with path.open("rb") as source, timed(name, times):
                cursor.cursor.copy_expert(f"COPY bare_{table} FROM STDIN", source)
            rows += cursor.cursor.rowcount
            cursor.execute(f"DROP TABLE bare_{table}")
            path.unlink()
    return rows
