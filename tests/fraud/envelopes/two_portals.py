"""Two portals on one machine: each with its database, its process, its body; between them TLS 1.3 with client certificates."""

import ipaddress
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import connection

from fraud.envelopes import certificates
from portal.embedded.servers import dies_with_parent, free_port, stop_process
from tests.fraud.envelopes.scene import DAY, trust

TLS = """
import ssl
def ssl_context(conf, default):
    context = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context
"""


def chain_of_tls(folder: Path) -> None:
    """An authority for the connections, a server's certificate and one client's for each body."""
    now = datetime.now(UTC) - timedelta(hours=1)
    key, root = certificates.make_root("Connexions", valid_from=now, days=2)
    (folder / "ca.pem").write_text(certificates.pem([root]))
    for name in ("server", "CAF63", "ARS84"):
        own = ec.generate_private_key(ec.SECP256R1())
        address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(root.subject)
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + timedelta(days=1))
            .add_extension(address, critical=False)
            .sign(key, hashes.SHA256())
        )
        private = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        (folder / f"{name}.pem").write_text(private + certificates.pem([made]))


@dataclass
class Portal:
    """One portal: the name of its database, the port of its process."""

    body: str
    database: str
    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def start(self) -> None:
        (self.folder / "tls.py").write_text(TLS)
        server = str(self.folder / "server.pem")
        command = [
            sys.executable, "-m", "gunicorn", "tests.fraud.envelopes.answering", "-b", f"127.0.0.1:{self.port}", "--threads", "4",
            "--certfile", server, "--keyfile", server, "--ca-certs", str(self.folder / "ca.pem"), "--cert-reqs", "2",
            "-c", str(self.folder / "tls.py"),
        ]  # fmt: skip
        log = (self.folder / f"{self.body}.log").open("wb")
        self.process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=self._environment(),
            stdout=log,
            stderr=log,
            preexec_fn=dies_with_parent(15),
        )

    def _environment(self) -> dict[str, str]:
        keys = ",".join(f"{name}={key}" for name, key in settings.VAULT_KEYS.items())
        return os.environ | {
            "DATABASE_URL": f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{self.database}", "VAULT_KEYS": keys,
            "PORTAL_HOME": str(self.folder / self.body), "PORTAL_DAY": str(DAY), "PORTAL_DEMO": "",
            "PORTAL_EXCHANGE_ROOTS": str(self.folder / "roots.pem"),
        }  # fmt: skip

    def log(self) -> str:
        return (self.folder / f"{self.body}.log").read_text()


@contextmanager
def standing_in(portal: Portal, fixture: Any) -> Iterator[None]:
    """In this process: as a worker of that portal, with its database and its client certificate."""
    connection.close()
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = portal.database
    fixture.PORTAL_EXCHANGE_CLIENT = str(portal.folder / f"{portal.body}.pem")
    fixture.PORTAL_EXCHANGE_CA = str(portal.folder / "ca.pem")
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


@contextmanager
def two(folder: Path, fixture: Any) -> Iterator[tuple[Portal, Portal]]:
    """Both, each with a copy of the empty database of the tests; stopped and removed afterwards."""
    trust(fixture, folder)
    chain_of_tls(folder)
    template = connection.settings_dict["NAME"]
    made = [Portal("CAF63", f"{template}_caf", folder), Portal("ARS84", f"{template}_ars", folder)]
    connection.close()
    client = psycopg2.connect(os.environ["DATABASE_URL"])
    client.autocommit = True
    try:
        with client.cursor() as cursor:
            # Threads of an earlier test may have left a session there: a database in use cannot be copied.
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [template]
            )
            for portal in made:
                cursor.execute(f'CREATE DATABASE "{portal.database}" TEMPLATE "{template}"')
        yield made[0], made[1]
    finally:
        for portal in made:
            stop_process(portal.process, signal.SIGTERM)
        connection.close()
        with client.cursor() as cursor:
            for portal in made:
                cursor.execute(f'DROP DATABASE IF EXISTS "{portal.database}" WITH (FORCE)')
        client.close()
