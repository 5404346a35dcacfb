"""run_demo [--once]: the demonstration, as script/demo runs it."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from cmg.demo import scenario
from cmg.demo.people import provider_people
from cmg.operations import unexplained_cents
from portal.batches.models import RunState
from portal.embedded.attach import home_folder
from portal.embedded.servers import dies_with_parent, free_port, stop_process
from portal.ledger.operations import check_ledger

PORT = 8000


class Command(BaseCommand):
    help = "Lance la démonstration : données, clôture, portail, traitements, banque."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="tout faire une fois, puis s’arrêter")
        parser.add_argument("--fresh", action="store_true", help="(traité par script/demo)")

    def handle(self, *args: object, **options: object) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("PORTAL_DEMO n’est pas actif.", returncode=2)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        # Started in the background, a shell would have it ignore Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        call_command("migrate", verbosity=0, interactive=False)
        home = home_folder()
        if options["once"]:
            self._once(home)
        else:
            self._stay(home)

    def _once(self, home: Path) -> None:
        scenario.load(home / "demo", self.stdout.write)
        run = scenario.close(self.stdout.write)
        if run.state == RunState.TO_SIGN:
            bank = scenario.start_bank()
            try:
                files = scenario.sign_and_issue(run, home / "bank" / "out", self.stdout.write)
                scenario.bank_day(bank, files, home / "bank" / "in", self.stdout.write)
            finally:
                bank.stop()
        run.refresh_from_db()
        wrong = check_ledger()
        for sentence in wrong:
            self.stderr.write(sentence)
        if unexplained_cents(run.totals) or wrong:
            raise CommandError("Les totaux de contrôle ne concordent pas.", returncode=1)
        self.stdout.write("Le mois est clos, les totaux de contrôle concordent, le grand livre est prouvé.")

    def _stay(self, home: Path) -> None:
        port = _port()
        _open_doors(home)
        children = [_spawn(arguments, home) for arguments in _processes(port)]
        bank = scenario.start_bank()
        try:
            scenario.load(home / "demo", self.stdout.write)
            scenario.close(self.stdout.write)
            self._welcome(port)
            self._serve(children, bank, home)
        except KeyboardInterrupt:
            self.stdout.write("\nArrêt…")
        finally:
            for child in children:
                stop_process(child, signal.SIGTERM, timeout=15)
            bank.stop()

    def _welcome(self, port: int) -> None:
        self.stdout.write(
            f"\nLe portail est ouvert : http://127.0.0.1:{port}/\n"
            "Entrez comme Hélène Marchetti (elle signe en premier), Bruno Kermarrec (il signe en second), "
            "Nathalie Roche (caisse), Thomas Vidal (Pajemploi) ou Émilie Chabrol (parent).\n"
            "Le mois d’octobre 2026 attend deux signatures, puis l’émission ; la banque répond ensuite toute seule.\n"
            "Ctrl-C arrête tout."
        )

    def _serve(self, children: list["subprocess.Popen[bytes]"], bank: scenario.Bank, home: Path) -> None:
        """Stay up; when bank files leave, the counterparty answers."""
        while all(child.poll() is None for child in children):
            time.sleep(2)
            close_old_connections()
            waiting = [home / "bank" / "out" / file.name for file in scenario.unsent_files()]
            if waiting and all(path.exists() for path in waiting):
                scenario.bank_day(bank, waiting, home / "bank" / "in", self.stdout.write)
        raise CommandError("Un des processus s’est arrêté : voir les journaux du dossier var/logs.", returncode=1)


def _port() -> int:
    """PORTAL_PORT or 8000, or a free one when it is taken."""
    wanted = int(os.environ.get("PORTAL_PORT") or PORT)
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
    return wanted


def _open_doors(home: Path) -> None:
    """Where the local provider will listen, told to the processes of the portal; e-mails go to a folder."""
    door, people = free_port(), home / "demo" / "provider.json"
    secret = secrets.token_urlsafe(24)
    people.parent.mkdir(parents=True, exist_ok=True)
    people.touch(mode=0o600)
    people.write_text(json.dumps({"people": provider_people(), "client_id": "portail", "secret": secret}))
    os.environ |= {"PORTAL_DEMO_PROVIDER": f"{door}", "PORTAL_MAIL_FOLDER": str(home / "demo" / "mail"),
                   "PORTAL_MAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}  # fmt: skip
    for name in ("proconnect", "franceconnect"):
        prefix = name.upper()
        os.environ |= {f"{prefix}_ISSUER": f"http://127.0.0.1:{door}/{name}", f"{prefix}_CLIENT_ID": "portail",
                       f"{prefix}_CLIENT_SECRET": secret}  # fmt: skip


def _processes(port: int) -> list[list[str]]:
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "portal.celery"]
    people = str(home_folder() / "demo" / "provider.json")
    return [
        [python, "-m", "portal.embedded.provider", "--port", os.environ["PORTAL_DEMO_PROVIDER"], "--file", people],
        [python, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
         "--workers", "1", "--threads", "8", "--timeout", "120", "--no-control-socket"],
        [*celery, "worker", "-c", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
        [*celery, "beat", "--pidfile=", "--max-interval", "5", "--loglevel", "WARNING"],
    ]  # fmt: skip


def _spawn(arguments: list[str], home: Path) -> "subprocess.Popen[bytes]":
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    name = arguments[5] if "celery" in arguments else arguments[2].rpartition(".")[2]
    environment = os.environ | {"PORTAL_BANK_FOLDER": str(home / "bank" / "out"), "C_FORCE_ROOT": "1"}
    with (logs / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )  # fmt: skip
