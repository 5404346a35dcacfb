"""Keys of outside bodies: opened by somebody, shown once, known by their hash, ended on a day."""

import hashlib
import secrets
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from portal.accounts.models import AccessKey, Mission, User
from portal.audit.operations import journal

MARK = "tu"


class KeyRefused(Exception):
    """The key must not be; the sentence says why, in French."""


def open_key(
    *, mission: Mission, body: str, name: str, starts_on: date, ends_on: date | None, granted_by: str
) -> tuple[AccessKey, str]:  # fmt: skip
    """A new key, and the only time its text is seen. Raises KeyRefused; User.DoesNotExist.

    A body may hold two at once: its software changes keys without a day in between.
    """
    granter = User.objects.get(username=granted_by)
    if not body.strip() or not name.strip():
        raise KeyRefused("Il faut le code et le nom de l’organisme.")
    public_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            key = AccessKey.objects.create(
                public_id=public_id, secret_hash=hash_of(secret), mission=mission, body=body.strip(), name=name.strip(),
                starts_on=starts_on, ends_on=ends_on, granted_by=granter,
            )  # fmt: skip
            _journal(key, "account.key_opened", granter.username)
    except IntegrityError as refused:
        raise KeyRefused("Une clé finit après avoir commencé.") from refused
    return key, f"{MARK}_{public_id}_{secret}"


def close_key(*, public_id: str, ends_on: date, ended_by: str) -> AccessKey:
    """The key ends on `ends_on`, the first day no longer covered. Raises KeyRefused; AccessKey or User.DoesNotExist."""
    ender = User.objects.get(username=ended_by)
    try:
        with transaction.atomic():
            key = AccessKey.objects.select_for_update(of=("self",)).get(public_id=public_id)
            key.ends_on = ends_on
            key.save(update_fields=["ends_on"])
            _journal(key, "account.key_ended", ender.username)
    except IntegrityError as refused:
        raise KeyRefused("Une clé finit après avoir commencé.") from refused
    return key


def key_of(text: str, day: date) -> AccessKey | None:
    """The key in force on the day that a caller shows; None for a wrong, an ended or an unknown one alike."""
    mark, _, rest = text.partition("_")
    public_id, _, secret = rest.partition("_")
    if mark != MARK or not public_id.isalnum() or not public_id.isascii():
        return None
    in_force = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    key = AccessKey.objects.filter(in_force, public_id=public_id, starts_on__lte=day).first()
    known = key.secret_hash if key else hash_of("")
    return key if constant_time_compare(known, hash_of(secret)) and key else None


def hash_of(secret: str) -> str:
    """The secret is 256 bits drawn at random: a plain hash cannot be searched."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _journal(key: AccessKey, action: str, by: str) -> None:
    detail = {"mission": key.mission, "body": key.body, "from": str(key.starts_on), "until": str(key.ends_on or "")}
    journal(actor=by, action=action, subject=f"key:{key.public_id}", detail=detail)
