"""Secrets that stand in an address: eighty bits drawn at random and twenty that sign them.

What nobody drew is turned away without asking the database. Printed in groups, read however they are typed.
"""

import hmac
import secrets
from hashlib import sha256

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

# Crockford's letters: none is taken for another when it is read on paper and typed.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN, SIGNED, GROUP = 16, 4, 4


def draw(salt: str) -> str:
    """A new secret of those that `salt` signs."""
    drawn = "".join(secrets.choice(LETTERS) for _place in range(DRAWN))
    return drawn + _signature(drawn, salt)


def _signature(drawn: str, salt: str) -> str:
    digest = salted_hmac(salt, drawn, algorithm="sha256").digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:SIGNED])


def compact(typed: str, salt: str) -> str:
    """What was typed as it was drawn; empty when nobody drew it."""
    text = typed.upper().replace("-", "").replace(" ", "").replace("O", "0").replace("I", "1").replace("L", "1")
    if len(text) != DRAWN + SIGNED or set(text) - set(LETTERS):
        return ""
    return text if constant_time_compare(text[DRAWN:], _signature(text[:DRAWN], salt)) else ""


def grouped(text: str) -> str:
    """The secret as it is printed: ``K7QM-2XPD-9RTV-H3WB-6CNA``."""
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def short_code(secret: bytes, purpose: str) -> str:
    """Six digits made from a secret with the portal's own key, for what is typed beside an address: they never stand in one,
    so that a line of a log or a history opens nothing."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{purpose}:".encode() + secret, sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"
