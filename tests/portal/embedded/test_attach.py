"""Who starts the embedded servers, who finds them, who stops them. The servers here are ports that answer."""

import fcntl
import json
import os
import socket
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal.embedded import attach
from portal.embedded.servers import ServerDidNotStart


class Listening:
    """Stands for both servers: two ports that answer until stopped."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.sockets = [socket.create_server(("127.0.0.1", 0)) for _server in range(2)]
        self.postgres = self
        self.stops = 0

    def has_cluster(self) -> bool:
        return (self.home / "old-data").exists()

    def start(self) -> dict[str, str]:
        database, broker = (server.getsockname()[1] for server in self.sockets)
        urls = {"database_url": f"postgres://{database}", "broker_url": f"redis://{broker}"}
        state = {"database_port": database, "broker_port": broker} | urls
        (self.home / attach.STATE_FILE).write_text(json.dumps(state))
        return {"DATABASE_URL": urls["database_url"], "BROKER_URL": urls["broker_url"]}

    def stop(self) -> None:
        self.stops += 1
        for server in self.sockets:
            server.close()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Listening]:
    """The servers started so far, without any in the environment."""
    made: list[Listening] = []

    def start(home: Path) -> Listening:
        made.append(Listening(home))
        return made[-1]

    monkeypatch.setattr(attach, "Servers", start)
    for name in ("DATABASE_URL", "BROKER_URL", "VAULT_KEYS"):
        monkeypatch.delenv(name, raising=False)
    return made


def without_addresses() -> None:
    """What another process would see: attaching sets both in this one."""
    for name in ("DATABASE_URL", "BROKER_URL"):
        os.environ.pop(name, None)


def test_the_second_command_uses_the_servers_of_the_first(started: list[Listening], tmp_path: Path) -> None:
    with attach.servers(tmp_path) as first:
        without_addresses()
        with attach.servers(tmp_path) as second:
            assert (first, second) == (True, False)
        assert started[0].stops == 0
    assert (len(started), started[0].stops) == (1, 1)


def test_the_first_command_waits_for_the_second_before_it_stops_the_servers(
    started: list[Listening], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready, leave = threading.Event(), threading.Event()
    # The second leaves once the first waits for it.
    monkeypatch.setattr(attach, "time", SimpleNamespace(sleep=lambda seconds: (leave.set(), time.sleep(seconds))))

    def second() -> None:
        with attach.servers(tmp_path):
            ready.set()
            assert leave.wait(60)
            assert started[0].stops == 0

    with attach.servers(tmp_path):
        without_addresses()
        other = threading.Thread(target=second)
        other.start()
        assert ready.wait(60)
    other.join()

    assert started[0].stops == 1
    assert "j’attends sa fin" in capsys.readouterr().err


def test_an_interrupted_command_does_not_wait(started: list[Listening], tmp_path: Path) -> None:
    in_use = attach.locked(tmp_path / "users.lock", fcntl.LOCK_SH)
    with in_use, pytest.raises(KeyboardInterrupt), attach.servers(tmp_path):
        raise KeyboardInterrupt
    assert started[0].stops == 1


def test_answering_ports_of_a_dead_owner_are_not_the_servers(started: list[Listening], tmp_path: Path) -> None:
    servers = Listening(tmp_path)
    servers.start()
    assert attach.running(tmp_path) is None

    with attach.locked(tmp_path / "owner.lock", fcntl.LOCK_EX):
        assert attach.running(tmp_path) is not None
    servers.stop()


def test_servers_that_do_not_answer_under_a_living_owner_are_named(started: list[Listening], tmp_path: Path) -> None:
    living = attach.locked(tmp_path / "owner.lock", fcntl.LOCK_EX)
    with living, pytest.raises(ServerDidNotStart, match="ne répondent plus"), attach.servers(tmp_path):
        pass
    assert started == []


def test_new_keys_are_never_drawn_beside_old_data(started: list[Listening], tmp_path: Path) -> None:
    (tmp_path / "old-data").touch()
    with pytest.raises(ServerDidNotStart, match="ses clés"), attach.servers(tmp_path):
        pass
    assert not (tmp_path / attach.SECRETS_FILE).exists()

    (tmp_path / "old-data").unlink()
    with attach.servers(tmp_path):
        keys = (tmp_path / attach.SECRETS_FILE).read_text()
    without_addresses()
    (tmp_path / "old-data").touch()
    with attach.servers(tmp_path):
        assert (tmp_path / attach.SECRETS_FILE).read_text() == keys
