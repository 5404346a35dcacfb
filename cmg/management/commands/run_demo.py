"""run_demo [--once]: the demonstration, as script/demo runs it."""

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from cmg.demo import scenario
from cmg.demo.people import provider_people
from cmg.operations import unexplained_cents
from portal.batches.models import Run, RunState
from portal.batches.operations import SliceFailed
from portal.embedded.attach import home_folder, locked
from portal.embedded.migrating import from_nothing
from portal.embedded.servers import dies_with_parent, free_port, stop_process
from portal.ledger.proof import check_applications, check_ledger
from portal.legislation.words import sum_in_words

PORT = 8000
ANSWERS_WITHIN = 60
Child = subprocess.Popen[bytes]


class Command(BaseCommand):
    help = "Lance la démonstration : données, clôture, portail, traitements, banque."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="tout faire une fois, puis s’arrêter")
        parser.add_argument("--fresh", action="store_true", help="(traité par script/demo)")

    def handle(self, *args: object, **options: object) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("PORTAL_DEMO n’est pas actif : lancez script/demo, hors production.", returncode=2)
        if not os.environ.get("BROKER_URL"):
            raise CommandError("DATABASE_URL est donné sans BROKER_URL : donnez les deux, ou aucun.", returncode=2)
        _end_in_order_when_told()
        home = home_folder()
        with ExitStack() as held:
            _only_one(home, held)
            self.stdout.write("Préparation de la base…")
            with from_nothing():
                call_command("migrate", verbosity=0, interactive=False)
            try:
                self._once(home, held) if options["once"] else self._stay(home, held)
            except SliceFailed as failed:
                raise CommandError(str(failed), returncode=1) from failed

    def _once(self, home: Path, held: ExitStack) -> None:
        scenario.load(home / "demo", self.stdout.write)
        self._load_others(home)
        run = scenario.close(self.stdout.write)
        if run.state in (RunState.TO_SIGN, RunState.SIGNED):
            scenario.sign_and_issue(run, home / "bank" / "out", self.stdout.write)
        if waiting := _waiting_files(home):
            scenario.bank_day(scenario.start_bank(held), waiting, home / "bank" / "in", self.stdout.write)
        run.refresh_from_db()
        if wrong := what_is_wrong(run):
            raise CommandError("\n".join(wrong), returncode=1)
        self.stdout.write("Le mois est clos, les totaux de contrôle concordent, le grand livre est prouvé.")

    def _stay(self, home: Path, held: ExitStack) -> None:
        port = self._port()
        os.environ["PORTAL_ADDRESS"] = f"http://127.0.0.1:{port}"
        _open_doors(home)
        _connect_directory()
        # People wait for what they have just granted: the demonstration writes files and letters at once.
        os.environ |= {"PORTAL_DAY_FILES_SECONDS": "15", "PORTAL_LETTERS_SECONDS": "15"}
        bank = scenario.start_bank(held)
        try:
            scenario.load(home / "demo", self.stdout.write)
            # Not before: a story is one transaction that writes in the journal, for which every sign-in would wait.
            children = [_spawn(arguments, home) for arguments in _processes(port)]
            held.callback(_stop, children)
            self._load_others(home)
            scenario.close(self.stdout.write)
            scenario.replay_2019(self.stdout.write)
            _wait_for_portal(port, children)
            _say_where(home, port)
            self._welcome(port)
            self._serve(children, bank, home)
        except KeyboardInterrupt:
            self.stdout.write("\nArrêt…")

    def _load_others(self, home: Path) -> None:
        """The data of others, by their commands: the CMG knows none of them."""
        call_command("load_aripa_demo", out=home / "demo" / "pensions", stdout=self.stdout)
        call_command("load_childcare_demo", out=home / "demo" / "enfance", stdout=self.stdout)
        call_command("load_control_demo", out=home / "demo" / "controle", stdout=self.stdout)
        call_command("load_joint_demo", stdout=self.stdout)
        call_command("load_benefits_demo", out=home / "demo" / "prestations", stdout=self.stdout)

    def _port(self) -> int:
        """PORTAL_PORT or 8000, or a free one when it is taken."""
        wanted = int(os.environ.get("PORTAL_PORT") or PORT)
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("127.0.0.1", wanted))
            except OSError:
                chosen = free_port()
                self.stdout.write(f"Le port {wanted} est déjà pris : le portail s’ouvrira sur le port {chosen}.")
                return chosen
        return wanted

    def _welcome(self, port: int) -> None:
        self.stdout.write(
            f"\nLe portail est ouvert : http://127.0.0.1:{port}/\n"
            "Entrez comme Hélène Marchetti (elle signe en premier), Bruno Kermarrec (il signe en second), "
            "Nathalie Roche (caisse), Thomas Vidal (Pajemploi), Awa Diarra (pensions), Émilie Chabrol (parent), ou\n"
            "Julien Faure, Sandra Meunier, Laure Besson, Marc Tissier (les parents de deux pensions), "
            "Amélie Chevalier, Romain Gaillard (un accord à signer), Monique Pereira (assistante maternelle), "
            "Yann Le Goff (crèche), Céline Astier (relais petite enfance), Philippe Aubert (contrôle), "
            "Clémence Ortega (agence régionale de santé). Sans compte : /garde/.\n"
            f"{_what_next(scenario.last_run())}\n"
            "Ctrl-C arrête tout ; les données sont gardées pour la prochaine fois (--fresh recommence)."
        )

    def _serve(self, children: list[Child], bank: scenario.Bank, home: Path) -> None:
        """Stay up; when bank files leave, the counterparty answers."""
        answered: set[Path] = set()
        while all(child.poll() is None for child in children):
            time.sleep(2)
            close_old_connections()
            # What the bank left without an answer once is for somebody to look at, not to send again every two seconds.
            if waiting := [path for path in _waiting_files(home) if path not in answered]:
                scenario.bank_day(bank, waiting, home / "bank" / "in", self.stdout.write)
                answered.update(waiting)
        raise _child_left(home)


def what_is_wrong(run: Run) -> list[str]:
    """Why the demonstration did not succeed, a sentence each: a month not closed, totals or a ledger that disagree."""
    wrong = check_ledger() + check_applications()
    if run.state not in scenario.ISSUED_STATES:
        wrong.append(f"Le mois n’est pas clos : l’arrêté {run.pk} est « {run.get_state_display()} ».")
    if gap := unexplained_cents(run.totals):
        wrong.append(f"Les totaux de contrôle ne concordent pas : {sum_in_words(gap)} d’écart.")
    return wrong


def _what_next(run: Run | None) -> str:
    if run is None or run.state in scenario.ISSUED_STATES:
        return "Le mois d’octobre 2026 est émis : regardez sa page Banque."
    return "Le mois d’octobre 2026 attend deux signatures, puis l’émission ; la banque répond ensuite toute seule."


def _waiting_files(home: Path) -> list[Path]:
    """Bank files without an answer; none while one of them is still being written."""
    waiting = [home / "bank" / "out" / file.name for file in scenario.unsent_files()]
    return waiting if all(path.exists() for path in waiting) else []


def _end_in_order_when_told() -> None:
    """Stop what was started also when the terminal is closed or the process is told to end."""
    # Started in the background, a shell would have it ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for told in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(told) != signal.SIG_IGN:
            signal.signal(told, lambda number, _frame: sys.exit(128 + number))


def _only_one(home: Path, held: ExitStack) -> None:
    """A second demonstration on the same data would bring a second bank, which answers everything twice."""
    place = home / "demo.lock"
    home.mkdir(parents=True, exist_ok=True)
    if not held.enter_context(locked(place, fcntl.LOCK_EX | fcntl.LOCK_NB)):
        raise CommandError(
            f"La démonstration de {home} tourne déjà{place.read_text()}. Pour une autre à côté : "
            "PORTAL_HOME=autre-dossier script/demo",
            returncode=2,
        )
    place.write_text("")


def _say_where(home: Path, port: int) -> None:
    (home / "demo.lock").write_text(f" : http://127.0.0.1:{port}/")


def _open_doors(home: Path) -> None:
    """Where the local provider will listen, told to the processes of the portal."""
    door, people = free_port(), home / "demo" / "provider.json"
    secret = secrets.token_urlsafe(24)
    people.parent.mkdir(parents=True, exist_ok=True)
    people.touch(mode=0o600)
    people.write_text(json.dumps({"people": provider_people(), "client_id": "portail", "secret": secret}))
    os.environ["PORTAL_DEMO_PROVIDER"] = f"{door}"
    for name in ("proconnect", "franceconnect"):
        prefix = name.upper()
        os.environ |= {f"{prefix}_ISSUER": f"http://127.0.0.1:{door}/{name}", f"{prefix}_CLIENT_ID": "portail",
                       f"{prefix}_CLIENT_SECRET": secret}  # fmt: skip


def _connect_directory() -> None:
    """Where the stand-in of the national directory will listen, told to the processes of the portal."""
    door = free_port()
    os.environ |= {"PORTAL_DEMO_DIRECTORY": f"{door}", "PORTAL_RNCPS": f"http://127.0.0.1:{door}",
                   "PORTAL_RNCPS_NAME": "portail", "PORTAL_RNCPS_SECRET": secrets.token_urlsafe(24)}  # fmt: skip


def _processes(port: int) -> list[list[str]]:
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "portal.celery"]
    people = str(home_folder() / "demo" / "provider.json")
    directory = str(home_folder() / "demo" / "controle" / "rncps.json")
    return [
        [python, "-m", "portal.embedded.provider", "--port", os.environ["PORTAL_DEMO_PROVIDER"], "--file", people],
        [python, "-m", "fraud.rncps.stand_in", "--port", os.environ["PORTAL_DEMO_DIRECTORY"], "--file", directory],
        web_server(port),
        [*celery, "worker", "-c", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
        [*celery, "beat", "--pidfile=", "--max-interval", "5", "--loglevel", "WARNING"],
    ]  # fmt: skip


def web_server(port: int) -> list[str]:
    """The pages: one process of eight threads, as much as two cores can use."""
    return [
        sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"127.0.0.1:{port}", "--worker-class",
        "gthread", "--workers", "1", "--threads", "8", "--timeout", "120", "--no-control-socket",
    ]  # fmt: skip


def _spawn(arguments: list[str], home: Path) -> Child:
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    name = arguments[5] if "celery" in arguments else arguments[2].rpartition(".")[2]
    environment = os.environ | {"PORTAL_BANK_FOLDER": str(home / "bank" / "out"), "C_FORCE_ROOT": "1"}
    # Beat, looking for a broker that is gone too, does not hear a polite signal; it holds nothing to lose.
    orphaned = signal.SIGKILL if name == "beat" else signal.SIGTERM
    with (logs / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
            preexec_fn=dies_with_parent(orphaned),
        )  # fmt: skip


def _stop(children: list[Child]) -> None:
    """All are told first, then waited for."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        stop_process(child, signal.SIGTERM, timeout=15)


def _wait_for_portal(port: int, children: list[Child]) -> None:
    """The address is told once it answers."""
    end = time.monotonic() + ANSWERS_WITHIN
    while time.monotonic() < end and all(child.poll() is None for child in children):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise _child_left(home_folder())


def _child_left(home: Path) -> CommandError:
    return CommandError(f"Un des processus s’est arrêté : voir les journaux de {home / 'logs'}.", returncode=1)
