"""Entering by software: OAuth2 client credentials (RFC 6749, 4.4). The grant itself is oauthlib's; here is what it asks
of us: who the client is, what it may ask for, where a token is kept. Tokens are opaque, last an hour, known by their hash."""

import secrets
from base64 import b64decode
from binascii import Error as WrongBase64
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote_plus

from django.utils import timezone
from django.utils.crypto import constant_time_compare
from oauthlib.common import Request as Asked
from oauthlib.oauth2 import BackendApplicationServer, RequestValidator

from monenfant.models import SoftwareVendor, VendorSecret, VendorToken
from monenfant.transmission.vendors import in_force
from portal.accounts.keys import hash_of
from portal.accounts.permissions import today

SCOPE = "availability:write"
TOKEN_SECONDS = 3600
MARK = "tok_"


@dataclass(frozen=True)
class Client:
    """Who asks for a token, with the secret that was shown."""

    client_id: str
    secret: VendorSecret


class Vendors(RequestValidator):
    """What oauthlib asks: each method is named by it."""

    def authenticate_client(self, request: Asked, *args: object, **kwargs: object) -> bool:
        """By HTTP Basic or in the body, never both (RFC 6749, 2.3)."""
        basic, body = _of_header(request.headers.get("Authorization", "")), _of_body(request)
        if (basic is None) == (body is None):
            return False
        code, text = basic or body or ("", "")
        secret = secret_of(code, text, today())
        request.client = Client(code, secret) if secret else None
        return secret is not None

    def client_authentication_required(self, request: Asked, *args: object, **kwargs: object) -> bool:
        return True

    def validate_grant_type(self, client_id: str, grant_type: str, client: Any, request: Asked, *args: object) -> bool:
        return grant_type == "client_credentials"

    def get_default_scopes(self, client_id: str, request: Asked, *args: object, **kwargs: object) -> list[str]:
        return [SCOPE]

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Asked, *args: object, **kwargs: object
    ) -> bool:  # fmt: skip
        return set(scopes) == {SCOPE}

    def save_bearer_token(self, token: dict[str, Any], request: Asked, *args: object, **kwargs: object) -> None:
        ends = timezone.now() + timedelta(seconds=TOKEN_SECONDS)
        VendorToken.objects.create(
            token_hash=hash_of(token["access_token"]), secret=request.client.secret, expires_at=ends
        )


def _new_token(_request: Asked) -> str:
    return MARK + secrets.token_urlsafe(32)


SERVER = BackendApplicationServer(Vendors(), token_generator=_new_token, token_expires_in=TOKEN_SECONDS)


def token_answer(*, address: str, body: str, headers: dict[str, str]) -> tuple[dict[str, str], str, int]:
    """Headers, JSON and status of what a call for a token gets."""
    found: tuple[dict[str, str], str, int] = SERVER.create_token_response(address, "POST", body, headers)
    return found


def secret_of(code: str, text: str, day: date) -> VendorSecret | None:
    """The secret of that vendor that was shown, if it serves on the day."""
    shown, found = hash_of(text), None
    for held in VendorSecret.objects.filter(*in_force(day), vendor__code=code.replace("\0", "")):
        if constant_time_compare(held.secret_hash, shown):
            found = held
    return found


def vendor_of(token: str, day: date) -> SoftwareVendor | None:
    """Whose token it is, while it serves: until it expires, and no longer than its secret."""
    held = VendorToken.objects.filter(
        *in_force(day, "secret__"), token_hash=hash_of(token), expires_at__gt=timezone.now()
    )
    found = held.select_related("secret__vendor").first()
    return found.secret.vendor if found else None


def _of_header(header: str) -> tuple[str, str] | None:
    """Code and secret of HTTP Basic, each encoded as in a form (RFC 6749, 2.3.1); empty ones when it cannot be read."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        code, _, text = b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")
    except (WrongBase64, ValueError):
        return "", ""
    return unquote_plus(code), unquote_plus(text)


def _of_body(request: Asked) -> tuple[str, str] | None:
    return (request.client_id or "", request.client_secret) if request.client_secret else None
