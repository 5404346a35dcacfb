"""Certificates of the bodies: from a root, one for each key, its subject naming the body. Pure: no database, no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey

from fraud.envelopes.jose import key_of

DEPTH_MOST = 4
SIGN, ENCRYPT = "SIGN", "ENCRYPT"


class ChainRefused(Exception):
    """The certificates do not lead to a root that is trusted. `str()` says why in French."""


@dataclass(frozen=True)
class Certified:
    """What a chain that holds says: which body, which key, for what, between which instants."""

    body: str
    key: ECKey
    use: str
    valid_from: datetime
    valid_to: datetime
    fingerprint: str


def make_root(name: str, *, valid_from: datetime, days: int) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A root that certifies itself: for the demonstration and the tests, or for a ministry that has none."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = _builder(subject, subject, key.public_key(), valid_from, valid_from + timedelta(days=days))
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    made = made.add_extension(_usage(certifies=True), critical=True)
    return key, made.sign(key, hashes.SHA256())


def certify(
    public: ec.EllipticCurvePublicKey, *, body: str, use: str, valid_from: datetime, valid_to: datetime,
    root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:  # fmt: skip
    """The certificate of one key of `body`, by the root."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, body)])
    made = _builder(subject, root.subject, public, valid_from, valid_to)
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(_usage(signs=use == SIGN, agrees=use == ENCRYPT), critical=True)
    return made.sign(root_key, hashes.SHA256())


def request_for(key: ec.EllipticCurvePrivateKey, body: str) -> str:
    """The certificate request of a key made here, for the authority that certifies."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, body)])
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )


def pem(certificates: Sequence[x509.Certificate]) -> str:
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates)


def read(text: str | bytes) -> list[x509.Certificate]:
    """The certificates of a PEM text. Raises ChainRefused."""
    try:
        return x509.load_pem_x509_certificates(text.encode() if isinstance(text, str) else text)
    except ValueError as wrong:
        raise ChainRefused("Ce ne sont pas des certificats.") from wrong


def read_private(content: bytes) -> ec.EllipticCurvePrivateKey:
    found = load_pem_private_key(content, None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise ChainRefused("Cette clé privée n’est pas de la famille attendue (courbe P-256).")
    return found


def certified(chain: str, roots: str, at: datetime | None) -> Certified:
    """What `chain` proves when it leads to one of `roots`, each certificate valid at `at` (None: dates are not looked at).

    Raises ChainRefused.
    """
    certificates = read(chain)
    leaf = certificates[0]
    public = leaf.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
        raise ChainRefused("La clé du certificat n’est pas de la famille attendue (courbe P-256).")
    if _may_certify(leaf):
        raise ChainRefused("Le certificat est celui d’une autorité, pas d’un organisme.")
    whole = _to_a_root(certificates, read(roots))
    if at is not None and any(not (one.not_valid_before_utc <= at < one.not_valid_after_utc) for one in whole):
        raise ChainRefused("Un certificat n’était pas valable à cette date.")
    return Certified(
        _body_of(leaf), key_of(public), _use_of(leaf), leaf.not_valid_before_utc, leaf.not_valid_after_utc,
        leaf.fingerprint(hashes.SHA256()).hex(),
    )  # fmt: skip


def _to_a_root(chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """The chain up to a root that we hold; what the chain itself brings as a root counts for nothing."""
    walked = [chain[0]]
    for issuer in [*chain[1:DEPTH_MOST], None]:
        root = next((one for one in roots if _issued(walked[-1], one)), None)
        if root is not None:
            return [*walked, root]
        if issuer is None or not _issued(walked[-1], issuer):
            break
        walked.append(issuer)
    raise ChainRefused("Le certificat ne remonte à aucune autorité reconnue.")


def _issued(child: x509.Certificate, parent: x509.Certificate) -> bool:
    if not _may_certify(parent):
        return False
    try:
        child.verify_directly_issued_by(parent)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _may_certify(one: x509.Certificate) -> bool:
    try:
        is_authority = one.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        return is_authority and one.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return False


def _use_of(leaf: x509.Certificate) -> str:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound as missing:
        raise ChainRefused("Le certificat ne dit pas à quoi sa clé sert.") from missing
    if usage.digital_signature == usage.key_agreement:
        raise ChainRefused("Une clé signe, ou chiffre : jamais les deux.")
    return SIGN if usage.digital_signature else ENCRYPT


def _body_of(leaf: x509.Certificate) -> str:
    names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(names) != 1:
        raise ChainRefused("Le certificat ne nomme pas un organisme.")
    return str(names[0].value)


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )


def _usage(*, signs: bool = False, agrees: bool = False, certifies: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=agrees, key_cert_sign=certifies, crl_sign=certifies, encipher_only=False, decipher_only=False,
    )  # fmt: skip
