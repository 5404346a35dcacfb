"""Second factors: which ones somebody has, showing one, setting one up. allauth keeps and checks them."""

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from portal.accounts.limits import forget, take_try
from portal.accounts.models import Door, User
from portal.audit.operations import journal

Kind = Authenticator.Type


@dataclass(frozen=True)
class Methods:
    """The second factors of one person. `mail` counts for agents: professionals have shown theirs at the door."""

    app: bool
    keys: int
    mail: bool
    codes_left: int

    @property
    def any(self) -> bool:
        """Whether there is something to show besides a recovery code."""
        return self.app or self.keys > 0

    @property
    def count(self) -> int:
        return self.app + self.keys + self.mail


def methods_of(user: User) -> Methods:
    """What the person has set up."""
    found = list(Authenticator.objects.filter(user=user))
    recovery = next((one for one in found if one.type == Kind.RECOVERY_CODES), None)
    return Methods(
        app=any(one.type == Kind.TOTP for one in found),
        keys=sum(one.type == Kind.WEBAUTHN for one in found),
        mail=user.door == Door.AGENT and EmailAddress.objects.filter(user=user, verified=True).exists(),
        codes_left=len(recovery.wrap().get_unused_codes()) if recovery else 0,
    )


def show_code(user: User, code: str) -> str:
    """Judge a code of the application, or a recovery code: the kind that accepted it, empty when none did.

    Each code serves once. Raises TooManyTries when too many were tried; the tries of one person count together.
    """
    take_try(_door(user))
    typed = "".join(code.split())
    with transaction.atomic():
        mine = Authenticator.objects.select_for_update(of=("self",)).filter(user=user).exclude(type=Kind.WEBAUTHN)
        for one in mine.order_by("pk"):
            if typed and one.wrap().validate_code(typed) and not _replayed(one, typed):
                one.record_usage()
                forget(_door(user))
                return str(one.type)
    return ""


def _replayed(one: Authenticator, code: str) -> bool:
    """Whether this code, or a later one, was already accepted: kept in the row, the same for every process."""
    if one.type != Kind.TOTP:
        return False
    secret = decrypt(one.data["secret"])
    counters = [number for number in totp.yield_hotp_counters_from_time() if _app_code(secret, number) == code]
    if not counters or max(counters) <= one.data.get("last_counter", 0):
        return True
    one.data["last_counter"] = max(counters)
    one.save(update_fields=["data"])
    return False


def _app_code(secret: str, counter: int) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def code_shown(one: Authenticator) -> str:
    """What the application shows now (the demo's telephone)."""
    counters = list(totp.yield_hotp_counters_from_time())
    return _app_code(decrypt(one.data["secret"]), counters[len(counters) // 2])


def show_key(user: User, credential: dict[str, Any]) -> bool:
    """Judge the answer of a security key or passkey. Raises TooManyTries."""
    take_try(_door(user))
    try:
        webauthn.parse_authentication_response(credential)
        key = webauthn.complete_authentication(user, credential)
    except ValidationError:
        return False
    key.record_usage()
    forget(_door(user))
    return True


def _door(user: User) -> str:
    return f"factor:{user.pk}"


def totp_secret(request: HttpRequest, *, fresh: bool) -> str:
    """The secret that the application is being set up with; drawn anew when the page opens."""
    return totp.get_totp_secret(regenerate=fresh)


def add_app(request: HttpRequest, user: User, code: str) -> bool:
    """Set up the application when it shows the right code. Raises TooManyTries."""
    take_try(_door(user))
    secret = totp.get_totp_secret()
    if not totp.validate_totp_code(secret, "".join(code.split())):
        return False
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        Authenticator.objects.filter(user=user, type=Kind.TOTP).delete()
        totp.TOTP.activate(user, secret)
        _added(user, Kind.TOTP)
    totp.clear_totp_secret(request)
    forget(_door(user))
    return True


def add_key(user: User, name: str, credential: dict[str, Any]) -> bool:
    """Set up a security key or passkey from the browser's answer."""
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError):
        return False
    with transaction.atomic():
        webauthn.WebAuthn.add(user, name, credential)
        _added(user, Kind.WEBAUTHN)
    return True


def confirm_address(user: User) -> None:
    """The agent received a code at their professional address: it is a second method from now on."""
    if not EmailAddress.objects.filter(user=user, verified=True).exists():
        EmailAddress.objects.update_or_create(
            user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
        )
        _added(user, "email")


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes, each for one time; the former ones no longer serve. They are shown now, and never again."""
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        Authenticator.objects.filter(user=user, type=Kind.RECOVERY_CODES).delete()
        codes = RecoveryCodes.activate(user).generate_codes()
        _added(user, Kind.RECOVERY_CODES)
    return codes


def forget_all(user: User) -> None:
    """Take every second factor away: the next sign-in sets them up anew."""
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    forget(_door(user))


def _added(user: User, kind: str) -> None:
    journal(actor=user.username, action="account.factor_added", subject=f"user:{user.pk}", detail={"kind": str(kind)})
