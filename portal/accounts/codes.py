"""Codes of six digits sent by e-mail: the first factor of professionals, the second method of agents.

The session keeps a keyed hash only; tries are counted in the database, so that a new session gives no new tries.
"""

import secrets
import time
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare, salted_hmac

from portal.accounts.limits import forget, take_try
from portal.accounts.models import User

KEPT, VALID = "email_code", timedelta(minutes=10)


def send_code(request: HttpRequest, *, user: User | None, address: str, purpose: str) -> None:
    """Send a code to `address` when it is that of `user`; for an unknown address nothing leaves and nothing tells.

    Raises TooManyTries when too many codes were asked for.
    """
    take_try(f"send:{purpose}:{address}")
    code = f"{secrets.randbelow(1_000_000):06d}"
    request.session[KEPT] = {
        "user": user.pk if user else 0, "purpose": purpose, "address": address, "at": time.time(),
        "hash": _hash(code, purpose, user.pk if user else 0),
    }  # fmt: skip
    if user is not None:
        context = {"code": code, "minutes": VALID.seconds // 60, "portal_name": settings.PORTAL_NAME,
                   "portal_phone": settings.PORTAL_PHONE}  # fmt: skip
        send_mail(
            f"{settings.PORTAL_NAME} : votre code", render_to_string("accounts/code.txt", context), None, [address]
        )


def check_code(request: HttpRequest, *, purpose: str, code: str) -> User | None:
    """Whose code it is; None when it is wrong, too old, or was sent to nobody. A right code serves once.

    Raises TooManyTries when too many codes were tried.
    """
    kept = request.session.get(KEPT)
    if not kept or kept["purpose"] != purpose or time.time() - kept["at"] > VALID.total_seconds():
        return None
    door = f"code:{purpose}:{kept['address']}"
    take_try(door)
    typed = "".join(code.split())
    if not constant_time_compare(kept["hash"], _hash(typed, purpose, kept["user"])) or not kept["user"]:
        return None
    del request.session[KEPT]
    forget(door)
    forget(f"send:{purpose}:{kept['address']}")
    return User.objects.filter(pk=kept["user"], is_active=True).first()


def sent_to(request: HttpRequest, purpose: str) -> str:
    """The address to which a code was last sent for `purpose`; empty when there is none."""
    kept = request.session.get(KEPT) or {}
    return kept["address"] if kept.get("purpose") == purpose else ""


def _hash(code: str, purpose: str, user_pk: int) -> str:
    return salted_hmac("portal.accounts.codes", f"{purpose}:{user_pk}:{code}", algorithm="sha256").hexdigest()
