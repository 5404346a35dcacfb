"""Two bodies that exchange: a family fund and a health agency, their officers, their keys, and a root made for the tests."""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from fraud.envelopes import certificates, keys
from fraud.envelopes.content import Document
from fraud.models import AuthorisedOfficer, BodyNature, ExchangeBody, KeyUse, OfficerCategory
from portal.accounts.models import Posting, Role, User

PARIS = ZoneInfo("Europe/Paris")
DAY = date(2026, 10, 26)
NOON = datetime(2026, 10, 26, 12, tzinfo=PARIS)
SINCE = datetime(2026, 1, 1, tzinfo=PARIS)
CAF, AGENCY = "CAF63", "ARS84"
MESSAGE = {"kind": "test", "text": "Madame Chabrol, née en 1990"}


@cache
def root() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    return certificates.make_root("Racine des essais", valid_from=datetime(2020, 1, 1, tzinfo=PARIS), days=9000)


def trust(settings: Any, folder: Path) -> None:
    """The portal trusts the root of the tests, and lives on the day of the tests."""
    path = folder / "roots.pem"
    path.write_text(certificates.pem([root()[1]]))
    settings.PORTAL_EXCHANGE_ROOTS = str(path)
    settings.PORTAL_DAY = DAY


def make_body(code: str, nature: str, *, is_here: bool = True, endpoint: str = "") -> ExchangeBody:
    return ExchangeBody.objects.create(
        code=code, name=code, nature=nature, is_here=is_here, endpoint=endpoint, since=date(2019, 1, 1)
    )


def make_keys(code: str, *, valid_from: datetime = SINCE, days: int = 365) -> None:
    key, certificate = root()
    for use in KeyUse.values:
        keys.new_key(
            body_code=code, use=use, root=certificate, root_key=key, valid_from=valid_from, by="test", days=days
        )


def make_officer(code: str, category: str, username: str = "", **changes: Any) -> AuthorisedOfficer:
    """Somebody posted at the body and designated by its director from 1 November 2025 to 1 November 2026."""
    user = None
    if username:
        user = User.objects.create(username=username, first_name="Ève", last_name=username.title())
        role = Role.PARTNER_AGENT if category == OfficerCategory.HEALTH_AGENCY else Role.CONTROL_CASEWORKER
        Posting.objects.create(user=user, role=role, fund=code, starts_on=date(2025, 1, 1))
    said: dict[str, Any] = {
        "body_id": code, "user": user, "first_name": "Ève", "last_name": username.title() or "Lointaine",
        "category": category, "act_no": "2025-17", "act_dated": date(2025, 10, 15), "signatory": "Jeanne Petit",
        "signatory_quality": "Directrice générale", "scopes": ["CHILDCARE", "HEALTH"], "valid_from": date(2025, 11, 1),
        "valid_to": date(2026, 11, 1),
    }  # fmt: skip
    return AuthorisedOfficer.objects.create(**said | changes)


def two_bodies() -> tuple[AuthorisedOfficer, AuthorisedOfficer]:
    """Both bodies here, with keys; their officers."""
    make_body(CAF, BodyNature.SCHEME)
    make_body(AGENCY, BodyNature.HEALTH_AGENCY)
    make_keys(CAF)
    make_keys(AGENCY)
    return (
        make_officer(CAF, OfficerCategory.SCHEME_CONTROL, "sender"),
        make_officer(AGENCY, OfficerCategory.HEALTH_AGENCY, "receiver"),
    )


def paper(content: bytes = b"%PDF-1.7 facture", name: str = "facture.pdf") -> Document:
    return Document(name, "application/pdf", content, "CRISTAL", NOON)
