"""Find the embedded servers that run for this home folder, or start them for the caller's own duration.

A state file says where they are. Three locks, which the system frees when their holder dies however it dies, say the rest:
one start or stop at a time (`start.lock`), whether the process that started the servers lives (`owner.lock`), and who
still uses them (`users.lock`), so that the first of two commands does not stop the servers under the second. With
DATABASE_URL in the environment nothing here is used: the same code then runs against real servers.
"""

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from portal.embedded.servers import Postgres, ServerDidNotStart, Valkey, free_port

STATE_FILE = "servers.json"
SECRETS_FILE = "secrets.json"
POLL_SECONDS = 0.2


def home_folder() -> Path:
    """Folder of the embedded data: PORTAL_HOME, or var/ beside manage.py."""
    root = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("PORTAL_HOME") or root / "var").resolve()


def _answers(port: int) -> bool:
    with socket.socket() as sock:
        sock.settimeout(0.5)
        return sock.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def locked(path: Path, kind: int) -> Iterator[bool]:
    """Hold `path` as flock's `kind` says; yields False when it may not wait and somebody else holds it."""
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, kind)
        except BlockingIOError:
            yield False
            return
        yield True


def _owner_lives(home: Path) -> bool:
    with locked(home / "owner.lock", fcntl.LOCK_SH | fcntl.LOCK_NB) as is_free:
        return not is_free


def running(home: Path) -> dict[str, str] | None:
    """URLs of the servers that answer for `home`, or None."""
    try:
        state = json.loads((home / STATE_FILE).read_text())
    except (OSError, ValueError):
        return None
    # Ports alone prove nothing: dying servers still answer, and so does whoever was given the same port since.
    if _owner_lives(home) and _answers(state["database_port"]) and _answers(state["broker_port"]):
        return {"DATABASE_URL": state["database_url"], "BROKER_URL": state["broker_url"]}
    return None


def start_lock(home: Path) -> AbstractContextManager[bool]:
    """One start, stop or removal of the servers of `home` at a time."""
    home.mkdir(parents=True, exist_ok=True)
    return locked(home / "start.lock", fcntl.LOCK_EX)


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
    """Environment with DATABASE_URL and BROKER_URL set; yields whether this call started the servers itself.

    Who started them stops them, once every other command that came to use them is done.
    """
    if os.environ.get("DATABASE_URL"):
        yield False
        return
    home = home or home_folder()
    with ExitStack() as held:
        with start_lock(home):
            urls = running(home)
            started_here = urls is None
            urls = urls or _started(home, held)
            if not started_here:
                held.enter_context(locked(home / "users.lock", fcntl.LOCK_SH))
        os.environ.update({key: value for key, value in urls.items() if not os.environ.get(key)})
        yield started_here
        if started_here:
            _when_unused(home, held.close)


def _started(home: Path, held: ExitStack) -> dict[str, str]:
    """Servers of our own, stopped when `held` is closed."""
    if not held.enter_context(locked(home / "owner.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)):
        raise ServerDidNotStart(
            f"Les serveurs de {home} ne répondent plus, mais le processus qui les a lancés vit encore : "
            "arrêtez-le (Ctrl-C dans son terminal), puis recommencez."
        )
    started = Servers(home)
    _keep_keys(started)
    held.callback(started.stop)
    return started.start()


def _keep_keys(servers_here: "Servers") -> None:
    """Keys before data: new keys beside an old database would leave it unreadable, and nobody would be told."""
    from portal.environment import local_secrets

    path = servers_here.home / SECRETS_FILE
    if servers_here.postgres.has_cluster() and not path.exists() and not os.environ.get("VAULT_KEYS"):
        raise ServerDidNotStart(
            f"La base de {servers_here.postgres.home} est là, mais ses clés ({path}) ont disparu : "
            "remettez ce fichier en place, ou recommencez avec script/demo --fresh."
        )
    local_secrets(path)


def _when_unused(home: Path, stop: Callable[[], object]) -> None:
    """Stop under the start lock, so that nobody comes meanwhile. Interrupting the wait stops at once."""
    told = False
    while True:
        with start_lock(home), locked(home / "users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB) as is_unused:
            if is_unused:
                stop()
                return
        if not told:
            sys.stderr.write("Une autre commande se sert de la base : j’attends sa fin (Ctrl-C : ne pas attendre).\n")
            told = True
        time.sleep(POLL_SECONDS)
