"""Keys of the bodies: made here for those played here, taken from certificates for the others; the one in force is found."""

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from joserfc.jwk import ECKey

from fraud.envelopes import jose
from fraud.envelopes.certificates import ChainRefused, certified, certify, pem, request_for
from fraud.envelopes.refusals import EnvelopeRefused, SendingRefused
from fraud.models import BodyKey, ExchangeBody, KeyUse
from fraud.rules.figures import control_parameters
from portal.audit.operations import journal
from portal.people.vault import decrypt, encrypt


def roots() -> str:
    """The authorities that this portal trusts, as PEM. Raises ChainRefused when none is set."""
    path = Path(settings.PORTAL_EXCHANGE_ROOTS)
    if not settings.PORTAL_EXCHANGE_ROOTS or not path.is_file():
        raise ChainRefused("Aucune autorité de certification n’est donnée (PORTAL_EXCHANGE_ROOTS).")
    return path.read_text(encoding="ascii")


def in_force(keys: QuerySet[BodyKey], at: datetime) -> QuerySet[BodyKey]:
    """Those that serve at that instant, the newest first."""
    found = keys.filter(Q(revoked_at=None) | Q(revoked_at__gt=at), valid_from__lte=at, valid_to__gt=at)
    return found.order_by("-valid_from", "-pk")


def key_of(*, body_code: str, use: str, at: datetime) -> BodyKey:
    """The key with which a body signs, or for which one encrypts for it. Raises SendingRefused."""
    found = in_force(BodyKey.objects.filter(body_id=body_code, use=use), at)
    if use == KeyUse.SIGN:
        found = found.exclude(private=None)
    key = found.first()
    if key is None:
        raise SendingRefused(
            "NO_KEY", f"Aucune clé de {body_code} n’est valable aujourd’hui : rien ne peut lui être scellé."
        )
    return key


def of_kid(kid: str, use: str, at: datetime) -> BodyKey:
    """The key named by a header, in force at `at`. Raises EnvelopeRefused."""
    key = BodyKey.objects.filter(kid=kid, use=use).exclude(certificates="").first()
    if key is None:
        raise EnvelopeRefused("UNKNOWN_KEY")
    if key.revoked_at is not None and key.revoked_at <= at:
        raise EnvelopeRefused("KEY_REVOKED")
    assert key.valid_from is not None
    assert key.valid_to is not None
    if not key.valid_from <= at < key.valid_to:
        raise EnvelopeRefused("KEY_NOT_IN_FORCE")
    return key


def public_of(key: BodyKey) -> ECKey:
    """The public half, from the certificate."""
    return jose.key_of(x509.load_pem_x509_certificates(key.certificates.encode())[0].public_key())  # type: ignore[arg-type]


def private_of(key: BodyKey) -> ECKey:
    assert key.private is not None
    return jose.key_of_pem(decrypt(key.private))


def new_request(*, body_code: str, use: str, by: str) -> BodyKey:
    """A new key of a body played here, that waits for its certificate: the request is given to the authority."""
    made = jose.new_key()
    private = made.private_key
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    with transaction.atomic():
        key = BodyKey.objects.create(
            body=ExchangeBody.objects.get(code=body_code, is_here=True), use=use, kid=jose.thumbprint(made),
            private=encrypt(jose.private_pem(made)), request=request_for(private, body_code),
        )  # fmt: skip
        _tell(key, "control.key_asked", by)
    return key


def new_key(
    *, body_code: str, use: str, root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey, valid_from: datetime, by: str,
    days: int | None = None,
) -> BodyKey:  # fmt: skip
    """A new key of a body played here, certified at once by the root whose key is at hand."""
    asked = new_request(body_code=body_code, use=use, by=by)
    days = days or int(control_parameters().value("exchange_key.days", valid_from.date()))
    made = certify(
        jose.key_of_pem(decrypt(bytes(asked.private or b""))).public_key, body=body_code, use=use,  # type: ignore[arg-type]
        valid_from=valid_from, valid_to=valid_from + timedelta(days=days), root=root, root_key=root_key,
    )  # fmt: skip
    return install(certificates=pem([made]), by=by)


def install(*, certificates: str, by: str) -> BodyKey:
    """Take a certificate chain in: of a key asked for here, or of another body. A second call changes nothing.

    Raises ChainRefused when it leads to no trusted root, names no known body, or another body than the key's.
    """
    said = certified(certificates, roots(), at=None)
    body = ExchangeBody.objects.filter(code=said.body).first()
    if body is None:
        raise ChainRefused(f"L’organisme {said.body} n’est pas dans l’annuaire.")
    kid = jose.thumbprint(said.key)
    with transaction.atomic():
        key = BodyKey.objects.select_for_update(of=("self",)).filter(kid=kid).first() or BodyKey(
            kid=kid, body=body, use=said.use
        )
        if (key.body_id, key.use) != (said.body, said.use):
            raise ChainRefused("Ce certificat nomme un autre organisme, ou un autre usage, que la clé demandée.")
        if key.certificates:
            return key
        key.certificates, key.valid_from, key.valid_to = certificates, said.valid_from, said.valid_to
        key.save()
        _tell(key, "control.key_installed", by)
    return key


def rotate(
    *, body_code: str, use: str, root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey, at: datetime, by: str
) -> BodyKey | None:
    """A new key when the present one ends within the overlap; both serve meanwhile. None when it is too early."""
    present = in_force(BodyKey.objects.filter(body_id=body_code, use=use), at).first()
    if present is not None and present.valid_to is not None and present.valid_to > at + _overlap(at):
        return None
    return new_key(body_code=body_code, use=use, root=root, root_key=root_key, valid_from=at, by=by)


def revoke(*, kid: str, at: datetime, by: str) -> BodyKey:
    """The key serves no more from `at` on; a second call changes nothing. Raises BodyKey.DoesNotExist."""
    with transaction.atomic():
        key = BodyKey.objects.select_for_update(of=("self",)).get(kid=kid)
        if key.revoked_at is None:
            key.revoked_at = at
            key.save(update_fields=["revoked_at"])
            _tell(key, "control.key_revoked", by)
    return key


def state_of(key: BodyKey, at: datetime) -> tuple[str, str]:
    """What a key is worth at that instant, and its tone."""
    if key.valid_from is None or key.valid_to is None:
        return "attend son certificat", "wait"
    if key.revoked_at is not None and key.revoked_at <= at:
        return "révoquée", "stop"
    if at < key.valid_from:
        return "à venir", "wait"
    if at >= key.valid_to:
        return "finie", "stop"
    return ("à renouveler", "wait") if key.valid_to <= at + _overlap(at) else ("en vigueur", "ok")


def print_of(key: BodyKey) -> str:
    """The print of a key in hexadecimal, as two people read it to each other: its name, without capitals to tell apart."""
    return urlsafe_b64decode(key.kid + "=").hex()


def _overlap(at: datetime) -> timedelta:
    return timedelta(days=int(control_parameters().value("exchange_key.overlap_days", at.date())))


def published(body_codes: Sequence[str], at: datetime) -> QuerySet[BodyKey]:
    """The keys in force of some bodies, to be shown or given: only what is public is read of them."""
    return (
        in_force(BodyKey.objects.filter(body__in=body_codes), at)
        .defer("private", "request")
        .order_by("body_id", "use", "-valid_from")
    )


def _tell(key: BodyKey, action: str, by: str) -> None:
    journal(actor=by, action=action, subject=f"body:{key.body_id}", detail={"kid": key.kid, "use": key.use})
