"""Vendors of software: opened by somebody, their secret shown once and known by its hash, renewed with an overlap, ended."""

import re
import secrets
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from monenfant.models import SoftwareVendor, VendorSecret
from portal.accounts.keys import hash_of
from portal.accounts.models import User
from portal.audit.operations import journal

CODE = r"[A-Z0-9][A-Z0-9-]{1,39}"
MARK = "sec_"
OVERLAP_DAYS = 30


class VendorRefused(Exception):
    """The vendor must not be opened so; the sentence says why, in French."""


def open_vendor(*, code: str, name: str, on: date, opened_by: str) -> tuple[SoftwareVendor, str]:
    """A new vendor and its secret, the only time it is seen. Raises VendorRefused; User.DoesNotExist."""
    opener = User.objects.get(username=opened_by)
    if not re.fullmatch(CODE, code) or not name.strip():
        raise VendorRefused("Il faut un nom, et un code de 2 à 40 signes : majuscules, chiffres, tirets.")
    try:
        with transaction.atomic():
            vendor, _known = SoftwareVendor.objects.get_or_create(code=code, defaults={"name": name.strip()})
            if vendor.secrets.exists():
                raise VendorRefused("Cet éditeur est déjà ouvert : renouvelez son secret.")
            text = _new_secret(vendor, on, opener)
            _journal(vendor, "childcare.vendor_opened", opener, {"from": on.isoformat()})
    except IntegrityError as refused:
        raise VendorRefused("Cet éditeur vient d’être ouvert par quelqu’un d’autre.") from refused
    return vendor, text


def renew_secret(*, code: str, on: date, overlap_days: int, renewed_by: str) -> tuple[SoftwareVendor, str]:
    """Another secret from `on`; those in force end `overlap_days` later, with the tokens they gave. With none, at once.

    Raises SoftwareVendor.DoesNotExist; User.DoesNotExist.
    """
    renewer = User.objects.get(username=renewed_by)
    with transaction.atomic():
        vendor = SoftwareVendor.objects.select_for_update(of=("self",)).get(code=code)
        _end_secrets(vendor, on + timedelta(days=overlap_days))
        text = _new_secret(vendor, on, renewer)
        _journal(vendor, "childcare.vendor_renewed", renewer, {"from": on.isoformat(), "overlap_days": overlap_days})
    return vendor, text


def end_vendor(*, code: str, on: date, ended_by: str) -> SoftwareVendor:
    """No secret of the vendor serves from `on`, no token either; delegations stay, and open nothing any more.

    Raises SoftwareVendor.DoesNotExist; User.DoesNotExist.
    """
    ender = User.objects.get(username=ended_by)
    with transaction.atomic():
        vendor = SoftwareVendor.objects.select_for_update(of=("self",)).get(code=code)
        _end_secrets(vendor, on)
        _journal(vendor, "childcare.vendor_ended", ender, {"on": on.isoformat()})
    return vendor


def open_vendors(day: date) -> list[SoftwareVendor]:
    """Those whose software may enter on the day."""
    held = VendorSecret.objects.filter(*in_force(day))
    return list(SoftwareVendor.objects.filter(pk__in=held.values("vendor")).order_by("name", "code"))


def in_force(day: date, prefix: str = "") -> tuple[Q, Q]:
    """The conditions for a secret to serve on the day."""
    not_ended = Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gt": day})
    return not_ended, Q(**{f"{prefix}starts_on__lte": day})


def _new_secret(vendor: SoftwareVendor, on: date, by: User) -> str:
    text = MARK + secrets.token_urlsafe(32)
    VendorSecret.objects.create(vendor=vendor, secret_hash=hash_of(text), starts_on=on, granted_by=by)
    return text


def _end_secrets(vendor: SoftwareVendor, on: date) -> None:
    """Those that would serve on that day end with it; one that was to begin later ends as it begins."""
    for held in vendor.secrets.filter(Q(ends_on=None) | Q(ends_on__gt=on)):
        held.ends_on = max(on, held.starts_on)
        held.save(update_fields=["ends_on"])


def _journal(vendor: SoftwareVendor, action: str, by: User, detail: dict[str, object]) -> None:
    journal(actor=by.username, action=action, subject=f"vendor:{vendor.code}", detail=detail)
