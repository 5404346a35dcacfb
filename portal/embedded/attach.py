"""Find the embedded servers that run for this home folder, or start them for the caller's own duration.

A state file says where they are; a lock makes two starts at once wait for each other. With DATABASE_URL and
BROKER_URL in the environment nothing here is used: the same code then runs against real servers.
"""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.embedded.servers import Postgres, Valkey, free_port

STATE_FILE = "servers.json"


def home_folder() -> Path:
    """Folder of the embedded data: PORTAL_HOME, or var/ beside manage.py."""
    root = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("PORTAL_HOME") or root / "var").resolve()


def _answers(port: int) -> bool:
    with socket.socket() as sock:
        sock.settimeout(0.5)
        return sock.connect_ex(("127.0.0.1", port)) == 0


def running(home: Path) -> dict[str, str] | None:
    """URLs of the servers that answer for `home`, or None."""
    try:
        state = json.loads((home / STATE_FILE).read_text())
    except (OSError, ValueError):
        return None
    if _answers(state["database_port"]) and _answers(state["broker_port"]):
        return {"DATABASE_URL": state["database_url"], "BROKER_URL": state["broker_url"]}
    return None


@contextmanager
def _start_lock(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "start.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Servers:
    """Both embedded servers of one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.postgres = Postgres(home / "postgres", free_port())
        self.valkey = Valkey(home / "valkey", free_port())

    def start(self) -> dict[str, str]:
        self.postgres.start()
        self.valkey.start()
        urls = {"DATABASE_URL": self.postgres.url, "BROKER_URL": self.valkey.url}
        state = {
            "database_port": self.postgres.port, "broker_port": self.valkey.port, "pid": os.getpid(),
            "database_url": urls["DATABASE_URL"], "broker_url": urls["BROKER_URL"],
        }  # fmt: skip
        path = self.home / STATE_FILE
        path.touch(mode=0o600)
        path.write_text(json.dumps(state))
        return urls

    def stop(self) -> None:
        self.valkey.stop()
        self.postgres.stop()
        (self.home / STATE_FILE).unlink(missing_ok=True)


@contextmanager
def servers(home: Path | None = None) -> Iterator[bool]:
    """Environment with DATABASE_URL and BROKER_URL set; yields whether this call started the servers itself."""
    if os.environ.get("DATABASE_URL"):
        yield False
        return
    home = home or home_folder()
    started: Servers | None = None
    with _start_lock(home):
        urls = running(home)
        if urls is None:
            started = Servers(home)
            try:
                urls = started.start()
            except BaseException:
                started.stop()
                raise
    os.environ.update({key: value for key, value in urls.items() if not os.environ.get(key)})
    try:
        yield started is not None
    finally:
        if started:
            started.stop()
