"""A cluster that tests may kill, months prepared in it, and what an undisturbed month gives."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psycopg2
from django.db import connection

from cmg.export import export_month
from cmg.models import Settlement
from cmg.operations import issue_run
from portal.audit.operations import verify_chain
from portal.banking.models import BankFile, PaymentOrder
from portal.batches.models import Run
from portal.batches.operations import sign
from portal.embedded.attach import Servers
from portal.embedded.servers import Postgres, free_port
from portal.exchange.models import OutboxMessage
from portal.ledger.models import Entry, Leg
from portal.ledger.proof import check_ledger

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
# Our references hold the number of the settlement, which a slice done twice has drawn twice.
REFERENCE = re.compile(rb"<EndToEndId>CMG-202610-1-[PVRS]\d+</EndToEndId>")


# Seconds after which what is waited for is not coming: long, for others work on the same processors.
PATIENCE = 300


def until(happened: Callable[[], object], what: str = "") -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"not seen within {PATIENCE} s: {what or happened}"
        time.sleep(0.05)


def kill_tree(pid: int) -> None:
    """``kill -9`` of a process, then of each of its children, down to the last."""
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        os.kill(pid, signal.SIGKILL)
    except (FileNotFoundError, ProcessLookupError):
        return
    for child in children:
        kill_tree(child)
    until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), what="the children gone")


class UnsyncedPostgres(Postgres):
    """Commits as in service, without waiting for the disk: what a killed server wrote is with the system."""

    def _options(self) -> dict[str, object]:
        return super()._options() | {"fsync": "off", "shared_buffers": "128MB"}


@dataclass
class Started:
    """A command of the portal in its own process."""

    process: "subprocess.Popen[str]"
    folder: Path

    def at_its_point(self) -> "Started":
        until(lambda: (self.folder / "reached").exists() or self.process.poll() is not None, what="the point")
        assert self.process.poll() is None, self.output()
        return self

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def release(self) -> None:
        (self.folder / "go").touch()

    def go_on(self) -> int:
        self.release()
        return self.process.wait(PATIENCE)

    def output(self) -> str:
        return (self.folder / "output").read_text()


@dataclass
class Cluster:
    """Servers of their own and one database per disturbance."""

    servers: Servers
    started: list[Started] = field(default_factory=list)

    @classmethod
    def at(cls, home: Path) -> "Cluster":
        servers = Servers(home)
        servers.postgres = UnsyncedPostgres(home / "postgres", free_port())
        servers.start()
        return cls(servers)

    def url(self, name: str) -> str:
        return self.servers.postgres.url.rsplit("/", 1)[0] + f"/{name}"

    def copy(self, template: str, name: str) -> None:
        connection.close()
        client = psycopg2.connect(self.servers.postgres.url)
        client.autocommit = True
        client.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        client.close()

    def use(self, name: str) -> None:
        """Point this process's own connection at a database of the cluster."""
        connection.close()
        connection.settings_dict |= {
            "NAME": name, "HOST": "127.0.0.1", "PORT": self.servers.postgres.port, "USER": "portal",
            "PASSWORD": self.servers.postgres.password_file.read_text().strip(),
        }  # fmt: skip

    def environment(self, **more: str) -> dict[str, str]:
        urls = {"DATABASE_URL": self.url(connection.settings_dict["NAME"]), "BROKER_URL": self.servers.valkey.url}
        return os.environ | urls | {"C_FORCE_ROOT": "1"} | more

    def start(self, point: str, folder: Path, *arguments: object, **more: str) -> Started:
        """A command that will stop at `point`; its output is kept in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.chaos.stalled", point, folder, *map(str, arguments)]
        with (folder / "output").open("w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, text=True, env=self.environment(**more))
        self.started.append(Started(process, folder))
        return self.started[-1]

    def kill_database(self) -> None:
        assert self.servers.postgres.process is not None
        kill_tree(self.servers.postgres.process.pid)
        self.servers.postgres.process.wait()

    def start_database(self) -> None:
        self.servers.postgres.start()
        connection.close()

    def kill_broker(self, *, with_its_data: bool = False) -> None:
        assert self.servers.valkey.process is not None
        self.servers.valkey.process.kill()
        self.servers.valkey.process.wait()
        if with_its_data:
            shutil.rmtree(self.servers.valkey.home / "appendonlydir")

    def start_broker(self) -> None:
        self.servers.valkey.start()

    def tidy(self) -> None:
        """Nothing that a test started outlives it."""
        for one in self.started:
            if one.process.poll() is None:
                kill_tree(one.process.pid)
                one.process.wait()
        self.started.clear()


def sign_twice(run: Run) -> None:
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=DAY)


@dataclass(frozen=True)
class Result:
    """Everything that a month leaves, in a form that two runs can be compared by."""

    digest: str
    totals: dict[str, object]
    settlements: str
    structures: str
    files: dict[str, bytes]
    booked: tuple[object, ...]


def issued_result(run: Run, out: Path) -> Result:
    """What an issued run left in the database and in `out`, once proven."""
    run.refresh_from_db()
    assert run.state == "ISSUED"
    assert check_ledger() == []
    assert verify_chain() == []
    export = out.parent / f"{out.name}-export"
    export_month(MONTH, export)
    references = list(PaymentOrder.objects.values_list("end_to_end_id", flat=True))
    files = {path.name: path.read_bytes() for path in sorted(out.iterdir())}
    carried = [reference for content in files.values() for reference in REFERENCE.findall(content)]
    assert sorted(carried) == sorted(f"<EndToEndId>{reference}</EndToEndId>".encode() for reference in references)
    known = {file.name: file.sha256 for file in BankFile.objects.all()}
    assert {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} == known
    orders = PaymentOrder.objects.values_list("kind", "purpose", "amount_cents", "due_on", "state")
    return Result(
        run.digest,
        run.totals,
        (export / "settlements.csv").read_text(),
        (export / "structure_settlements.csv").read_text(),
        {name: REFERENCE.sub(b"", content) for name, content in files.items()},
        (
            Settlement.objects.count(), Entry.objects.count(), OutboxMessage.objects.count(), len(references),
            sorted(Leg.objects.values_list("account", "amount_cents")),
            sorted(orders),
            list(BankFile.objects.order_by("name").values_list("name", "count", "total_cents")),
        ),
    )  # fmt: skip


def sign_and_issue(run: Run, out: Path) -> Result:
    sign_twice(run)
    issue_run(run_pk=run.pk, out=out, on=DAY, by="test")
    return issued_result(run, out)
