"""Addresses that need no account: the one by which a family follows its request, the one that a calendar polls.

Each is a hundred and twenty-two bits drawn at random and a signature of the portal: what nobody drew is turned away
without asking the database, and a copy of the database alone makes no address.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID, uuid4

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from monenfant.models import AppointmentRequest, DeskFeed
from portal.accounts.models import User
from portal.accounts.permissions import moment_on, today
from portal.audit.operations import journal

FOLLOW, FEED = "monenfant.appointments.follow", "monenfant.appointments.feed"


def token_of(secret: UUID, purpose: str) -> str:
    return Signer(salt=purpose, sep=".").sign(urlsafe_b64encode(secret.bytes).decode().rstrip("="))


def secret_of(token: str, purpose: str) -> UUID | None:
    """The secret of an address that we made; None for any other."""
    try:
        text = Signer(salt=purpose, sep=".").unsign(token)
        return UUID(bytes=urlsafe_b64decode(text + "=="))
    except (BadSignature, ValueError):
        return None


def follow_path(request: AppointmentRequest) -> str:
    return reverse("monenfant:appointment_follow", args=[token_of(request.secret, FOLLOW)])


def follow_address(request: AppointmentRequest) -> str:
    return str(settings.PORTAL_ADDRESS) + follow_path(request)


def find_request(token: str) -> AppointmentRequest | None:
    secret = secret_of(token, FOLLOW)
    return AppointmentRequest.objects.filter(secret=secret).select_related("adviser").first() if secret else None


def find_feed(token: str) -> DeskFeed | None:
    secret = secret_of(token, FEED)
    return DeskFeed.objects.filter(secret=secret).first() if secret else None


def feed_address(feed: DeskFeed) -> str:
    return str(settings.PORTAL_ADDRESS) + reverse("monenfant:desk_feed", args=[token_of(feed.secret, FEED)])


def renew_feed(*, desk_no: str, by: User) -> DeskFeed:
    """Open the address of a desk's agenda, or replace it: the former one opens nothing any more."""
    with transaction.atomic():
        at = moment_on(today())
        feed, _new = DeskFeed.objects.update_or_create(
            desk_no=desk_no, defaults={"secret": uuid4(), "renewed_at": at, "renewed_by": by}
        )
        journal(actor=by.get_username(), action="appointment.feed_renewed", subject=f"desk:{desk_no}", at=at)
    return feed
