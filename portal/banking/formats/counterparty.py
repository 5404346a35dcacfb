"""The bank counterparty of the demo and of the tests: a running `mock-bank`, spoken to by HTTP."""

import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import requests
from django.conf import settings

from portal.embedded.servers import dies_with_parent, free_port, stop_process

TIMEOUT = 120
# Seconds: its libraries alone take some to load on a machine that does other things.
STARTS_WITHIN = 90


class BankNotReachable(Exception):
    """The counterparty did not start or did not answer."""


@dataclass
class Bank:
    """A bank of our own on this machine, with its clock."""

    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @classmethod
    def start(cls, clock: datetime, port: int | None = None) -> "Bank":
        """Start the bank at `clock`; it dies with this process. Raises BankNotReachable."""
        bank = cls(port or free_port())
        program = Path(sys.executable).parent / "mock-bank"
        bank.process = subprocess.Popen(
            [program, "--port", str(bank.port), "--clock", f"{clock:%Y-%m-%dT%H:%M}", "--timezone", "Europe/Paris", "-q"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=dies_with_parent(15),
        )  # fmt: skip
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end and bank.process.poll() is None:
            try:
                bank.get("/_mock/health")
            except BankNotReachable:
                time.sleep(0.05)
            else:
                return bank
        bank.stop()
        raise BankNotReachable("la banque de démonstration n’a pas démarré")

    def stop(self) -> None:
        stop_process(self.process, signal.SIGTERM)

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str) -> object:
        try:
            answer = requests.get(self._url(path), timeout=TIMEOUT)
            answer.raise_for_status()
        except requests.RequestException as error:
            raise BankNotReachable(str(error)) from error
        return answer.json()

    def post(self, path: str, content: bytes = b"") -> dict[str, object]:
        """Send bytes; a 422 (file refused) is an answer like another."""
        try:
            answer = requests.post(self._url(path), data=content, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise BankNotReachable(str(error)) from error
        if answer.status_code not in (200, 202, 422):
            raise BankNotReachable(f"{path} : {answer.status_code}")
        found: dict[str, object] = answer.json()
        return found

    def send(self, path: Path) -> dict[str, object]:
        """Hand a SEPA file in."""
        return self.post("/payments", path.read_bytes())

    def refuse_collection(self, end_to_end_id: str, reason: str) -> None:
        """The family's bank refuses or returns a debit."""
        answer = requests.post(
            self._url(f"/_mock/collections/{end_to_end_id}/refuse"), json={"reason": reason}, timeout=TIMEOUT
        )
        if answer.status_code not in (200, 202):
            raise BankNotReachable(f"{end_to_end_id} : {answer.status_code} {answer.text[:200]}")

    def return_credit(self, end_to_end_id: str, reason: str, *, days: int) -> None:
        """A transfer, to be sent yet, will arrive and come back `days` business days later. One at a time."""
        accounts = self.get("/_mock/accounts")
        assert isinstance(accounts, list)
        ours = next(one for one in accounts if one["iban"] == settings.BANK_ACCOUNT_IBAN)
        wanted = {"behaviour": "return-later",
                  "parameters": {"days": days, "reason": reason, "end_to_end_id": end_to_end_id}}  # fmt: skip
        answer = requests.patch(self._url(f"/_mock/accounts/{ours['id']}"), json=wanted, timeout=TIMEOUT)
        if answer.status_code != 200:
            raise BankNotReachable(f"{end_to_end_id} : {answer.status_code} {answer.text[:200]}")

    def advance(self, days: int) -> None:
        """Let days pass at the bank."""
        self.post(f"/_mock/advance?days={days}")

    def collect(self, folder: Path) -> list[Path]:
        """The messages waiting for us, taken and written in `folder`, the oldest first."""
        folder.mkdir(parents=True, exist_ok=True)
        messages = self.get("/_mock/mailbox")
        assert isinstance(messages, list)
        paths = []
        for message in messages:
            path = folder / f"{int(message['id']):05d}-{message['type']}-{message['account']}.xml"
            path.write_text(message["body"], encoding="utf-8")
            paths.append(path)
        return paths
