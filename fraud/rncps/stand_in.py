"""A small directory for the demonstration and the tests: ``python -m fraud.rncps.stand_in --port N --file PATH``.

It plays the national directory over HTTP for the people of a file, in a process of its own that no setting of production may
name. It keeps to the documented content (R. 114-26): number, identity, affiliations, attachment body, nature of rights and their
days, address declared for payment, amounts on request. What it does not know it does not invent. Nothing of it is logged.

Its callers' name and secret are those of the environment (PORTAL_RNCPS_NAME, PORTAL_RNCPS_SECRET). The file: `people`, and
`ready_after` (seconds before a deferred answer); one of them with `acts_as` (UNAVAILABLE,
REFUSED, TOO_MANY, SLOW, SOMEBODY_ELSE) behaves so. It is read again when it changes.
"""

import argparse
import base64
import hmac
import json
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

MOTIVES = ("RIGHTS_OPENING", "MANAGEMENT", "CONTROL", "FRAUD")
PARTS = {"AFFILIATIONS": "affiliations", "RIGHTS": "rights", "ADDRESS": "address", "AMOUNTS": "amounts"}
KEPT_DAYS, SLOW_SECONDS, LARGEST = 7, 30, 1_000_000


class Refused(Exception):
    """A status and its reason."""

    def __init__(self, status: int, error: str, reason: str = "") -> None:
        super().__init__(error)
        self.status, self.content = status, {"error": error, "status": status, "reason": reason}


@dataclass
class State:
    """What one directory knows, and the deferred answers that wait, by our reference."""

    file: Path
    name: str
    secret: str
    held: dict[str, Any] = field(default_factory=dict)
    read_at: float = -1.0
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def known(self) -> dict[str, Any]:
        """The file's content; nobody while there is no file yet."""
        changed = self.file.stat().st_mtime if self.file.exists() else 0.0
        if changed != self.read_at:
            self.held = json.loads(self.file.read_text(encoding="utf-8")) if changed else {}
            self.read_at = changed
        return self.held

    def number(self) -> str:
        with self.lock:
            self.count += 1
            return f"RN{datetime.now(UTC):%Y%m%d%H%M%S}-{self.count:05d}"


def directory(state: State, port: int = 0) -> ThreadingHTTPServer:
    """The server, not started yet, on 127.0.0.1."""
    handler = type("Handler", (Handler,), {"state": state})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def start_thread(state: State) -> ThreadingHTTPServer:
    """The server in a thread, on a free port (`server_port`)."""
    server = directory(state)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Handler(BaseHTTPRequestHandler):
    state: State

    def do_POST(self) -> None:
        self._answer({"consultations": self._consult, "orders": self._order})

    def do_GET(self) -> None:
        self._answer({"orders": self._take, "states": self._state})

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: who is looked up does not belong in logs."""

    def _answer(self, pages: dict[str, Any]) -> None:
        version, _, rest = self.path.strip("/").partition("/")
        page, _, number = rest.partition("/")
        try:
            self._check_credentials()
            if version != "v1" or page not in pages:
                raise Refused(400, "NO_SUCH_PAGE")
            self._send(200, pages[page](number))
        except Refused as refused:
            self._send(refused.status, refused.content)

    def _check_credentials(self) -> None:
        wanted = base64.b64encode(f"{self.state.name}:{self.state.secret}".encode()).decode()
        given = self.headers.get("Authorization", "").removeprefix("Basic ")
        if not self.state.secret or not hmac.compare_digest(given, wanted):
            raise Refused(401, "UNKNOWN_CALLER", "Identifiants inconnus.")

    def _asked(self) -> dict[str, Any]:
        size = min(int(self.headers.get("Content-Length") or 0), LARGEST)
        asked: dict[str, Any] = json.loads(self.rfile.read(size))
        if asked.get("motive") not in MOTIVES or not asked.get("about"):
            raise Refused(403, "REFUSED", "Motif ou dossier absent.")
        if not all(asked.get("provenance", {}).get(name) for name in ("body", "officer", "authorisation")):
            raise Refused(403, "REFUSED", "Organisme, agent ou habilitation absents.")
        return asked

    def _consult(self, _number: str) -> dict[str, Any]:
        asked = self._asked()
        return self._content(asked, asked["people"][0])

    def _order(self, _number: str) -> dict[str, Any]:
        asked = self._asked()
        order = self.state.orders.setdefault(
            asked["reference"], {"ticket": self.state.number(), "asked": asked, "at": time.monotonic(), "taken": False}
        )
        return {"ticket": order["ticket"], "kept_until": f"{datetime.now(UTC) + timedelta(days=KEPT_DAYS):%Y-%m-%d}"}

    def _order_of(self, number: str) -> dict[str, Any]:
        order = next((one for one in self.state.orders.values() if one["ticket"] == number), None)
        if order is None or order["taken"]:
            raise Refused(410, "GONE")
        return order

    def _is_ready(self, order: dict[str, Any]) -> bool:
        return bool(time.monotonic() - order["at"] >= self.state.known().get("ready_after", 0))

    def _state(self, number: str) -> dict[str, Any]:
        return {"ready": self._is_ready(self._order_of(number))}

    def _take(self, number: str) -> dict[str, Any]:
        order = self._order_of(number)
        if not self._is_ready(order):
            raise Refused(202, "NOT_READY")
        order["taken"] = True
        return {"lines": [self._line(order["asked"], person) for person in order["asked"]["people"]]}

    def _line(self, asked: dict[str, Any], person: dict[str, str]) -> dict[str, Any]:
        try:
            return self._content(asked, person)
        except Refused as refused:
            return refused.content

    def _content(self, asked: dict[str, Any], wanted: dict[str, str]) -> dict[str, Any]:
        found = self._found(wanted)
        given = {PARTS[name]: found.get(PARTS[name]) for name in asked["categories"] if name in PARTS}
        return given | {
            "reference": self.state.number(), "asked_reference": asked["reference"],
            "person": {name: found[name] for name in ("nir", "last_name", "first_names", "birth_date")},
            "provenance": {
                "body": "Cnav", "system": "RNCPS", "extracted_at": datetime.now(UTC).isoformat(timespec="seconds"),
            },
        }  # fmt: skip

    def _found(self, wanted: dict[str, str]) -> dict[str, Any]:
        people = [one for one in self.state.known().get("people", []) if _matches(one, wanted)]
        if not people:
            raise Refused(404, "UNKNOWN_PERSON")
        if len(people) > 1:
            raise Refused(409, "AMBIGUOUS_IDENTITY", f"{len(people)} personnes")
        return self._behaved(people[0])

    def _behaved(self, person: dict[str, Any]) -> dict[str, Any]:
        match person.get("acts_as"):
            case "UNAVAILABLE":
                raise Refused(503, "UNAVAILABLE")
            case "REFUSED":
                raise Refused(403, "REFUSED", "Dossier dont l’accès est restreint.")
            case "TOO_MANY":
                raise Refused(429, "TOO_MANY")
            case "SLOW":
                time.sleep(self.state.known().get("slow_seconds", SLOW_SECONDS))
            case "SOMEBODY_ELSE":
                return next(one for one in self.state.known()["people"] if one is not person)
        return person

    def _send(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content, ensure_ascii=False).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)
        except BrokenPipeError:
            """Who asked has left: it waited long enough."""


def _matches(one: dict[str, Any], wanted: dict[str, str]) -> bool:
    if "nir" in wanted:
        return bool(one["nir"] == wanted["nir"])
    names = ("last_name", "first_names", "birth_date")
    return all(str(one[name]).casefold() == wanted.get(name, "").casefold() for name in names)


def main(arguments: list[str]) -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="fraud.rncps.stand_in")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True)
    options = parser.parse_args(arguments)
    name, secret = os.environ.get("PORTAL_RNCPS_NAME", ""), os.environ.get("PORTAL_RNCPS_SECRET", "")
    directory(State(options.file, name, secret), options.port).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
