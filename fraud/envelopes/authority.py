"""A root of one's own, where this portal looks for those it trusts: for the demonstration, or for bodies that have none."""

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

from fraud.envelopes import certificates
from fraud.envelopes.sealing import now

ROOT_DAYS = 3650


def root_key_path() -> Path:
    """Beside the root: outside the demonstration, the authority keeps its key elsewhere."""
    return Path(settings.PORTAL_EXCHANGE_ROOTS).with_name("root-key.pem")


def create_root(name: str) -> None:
    """Once: a second call changes nothing. The private key is readable by its owner only."""
    path, secret = Path(settings.PORTAL_EXCHANGE_ROOTS), root_key_path()
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Before any act of the past that the demonstration tells.
    key, certificate = certificates.make_root(name, valid_from=now() - timedelta(days=3 * 365), days=ROOT_DAYS)
    secret.touch(mode=0o600)
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.write_text(certificates.pem([certificate]))


def read_root(path: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The authority, when its key is at hand. Raises ChainRefused, OSError."""
    root = certificates.read(Path(settings.PORTAL_EXCHANGE_ROOTS).read_text(encoding="ascii"))[0]
    return root, certificates.read_private(path.read_bytes())
