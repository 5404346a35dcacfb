"""The way in of a garnishee to one order: what the letter L11 says, typed or clicked, and a short code beside it."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from aripa.models import OrderLink
from aripa.selectors import SUBJECT
from portal.accounts.letter_doors import LetterDoor
from portal.accounts.models import User
from portal.audit.operations import journal

DOOR = LetterDoor(
    salt="aripa.garnishees.links", kind="ORDER", code="order-code", subject="orderlink", action="aripa.order_link"
)
token_of, code_of = DOOR.token_of, DOOR.code_of


def address_of(link: OrderLink) -> str:
    return settings.PORTAL_ADDRESS + reverse("aripa:garnishee", args=[token_of(link)])


def find(token: str) -> OrderLink | None:
    """The order that an address leads to; None when it leads nowhere, or no longer."""
    key = DOOR.key_of(token)
    return OrderLink.objects.filter(secret_key=key).first() if key else None


def ensure_links(orders: Sequence[tuple[str, int, str]], *, at: datetime) -> dict[tuple[str, int], OrderLink]:
    """The links of some orders (case, number, garnishee), made where there is none. In the caller's transaction."""
    if not orders:
        return {}
    OrderLink.objects.bulk_create(
        (
            OrderLink(case_no=case, number=number, ref=ref, made_at=at, **secret)
            for (case, number, ref), secret in zip(orders, DOOR.new_secrets(len(orders)), strict=True)
        ),
        ignore_conflicts=True,
    )
    found = OrderLink.objects.filter(case_no__in={case for case, _number, _ref in orders})
    return {(one.case_no, one.number): one for one in found}


def renew(*, link_pk: int, by: User, at: datetime) -> OrderLink:
    """Another secret and another code: those of the former letter open nothing any more. Raises OrderLink.DoesNotExist."""
    with transaction.atomic():
        link = OrderLink.objects.select_for_update(of=("self",)).get(pk=link_pk)
        (secret,) = DOOR.new_secrets(1)
        link.secret, link.secret_key = secret["secret"], secret["secret_key"]
        link.renewals, link.renewed_at, link.renewed_by = link.renewals + 1, at, by
        link.save()
        journal(
            actor=by.get_username(), action="aripa.order_link.renewed", subject=SUBJECT + link.case_no,
            detail={"order": link.number, "link": link.pk}, at=at,
        )  # fmt: skip
    DOOR.forget_tries(link)
    return link
