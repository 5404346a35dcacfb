"""The way in of a garnishee to one order: what the letter L11 says, typed or clicked, and a short code beside it.

The address holds a drawn secret (`portal.accounts.drawn`), kept sealed and found by its keyed hash. The code is made from
the same secret: it never stands in an address, so that a line of a log or a history opens nothing.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from aripa.models import OrderLink
from aripa.selectors import SUBJECT
from portal.accounts.drawn import compact, draw, grouped
from portal.accounts.limits import forget, take_try, wait_after
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.people.vault import decrypt, encrypt, encrypt_many, lookup_key

SALT, KIND = "aripa.garnishees.links", "ORDER"
THIRD = "tiers"


class WrongCode(Exception):
    """The code is not that of the letter; `tries` were made in a row."""


def token_of(link: OrderLink) -> str:
    """The secret as the letter prints it: ``K7QM-2XPD-9RTV-H3WB-6CNA``."""
    return grouped(decrypt(link.secret).decode())


def address_of(link: OrderLink) -> str:
    return settings.PORTAL_ADDRESS + reverse("aripa:garnishee", args=[token_of(link)])


def code_of(link: OrderLink) -> str:
    """Six digits, made from the secret with the portal's own key."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"order-code:" + decrypt(link.secret), sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def find(token: str) -> OrderLink | None:
    """The order that an address leads to; None when it leads nowhere, or no longer."""
    text = compact(token, SALT)
    return OrderLink.objects.filter(secret_key=lookup_key(text, KIND)).first() if text else None


def check_code(link: OrderLink, typed: str, *, by_software: bool = False) -> None:
    """Let in who has the letter. Every wrong try is journaled, with how long it shuts the door; knocking at a shut door is
    not, or whoever found a letter could fill the journal. Raises WrongCode, TooManyTries."""
    door, subject = f"order:{link.pk}", f"orderlink:{link.pk}"
    tries = take_try(door)
    if not constant_time_compare(code_of(link), "".join(typed.split())):
        shut = int(wait_after(tries).total_seconds())
        detail = {"tries": tries} | ({"shut_seconds": shut} if shut else {})
        journal(actor=THIRD, action="aripa.order_link.wrong_code", subject=subject, detail=detail)
        raise WrongCode
    forget(door)
    journal(actor=THIRD, action="aripa.order_link.opened", subject=subject, detail={"by_software": by_software})


def ensure_links(orders: Sequence[tuple[str, int, str]], *, at: datetime) -> dict[tuple[str, int], OrderLink]:
    """The links of some orders (case, number, garnishee), made where there is none. In the caller's transaction."""
    if not orders:
        return {}
    texts = [draw(SALT) for _order in orders]
    OrderLink.objects.bulk_create(
        (
            OrderLink(
                case_no=case, number=number, ref=ref, secret=sealed, secret_key=lookup_key(text, KIND), made_at=at
            )
            for (case, number, ref), text, sealed in zip(
                orders, texts, encrypt_many([text.encode() for text in texts]), strict=True
            )
        ),
        ignore_conflicts=True,
    )
    found = OrderLink.objects.filter(case_no__in={case for case, _number, _ref in orders})
    return {(one.case_no, one.number): one for one in found}


def renew(*, link_pk: int, by: User, at: datetime) -> OrderLink:
    """Another secret and another code: those of the former letter open nothing any more. Raises OrderLink.DoesNotExist."""
    with transaction.atomic():
        link = OrderLink.objects.select_for_update(of=("self",)).get(pk=link_pk)
        text = draw(SALT)
        link.secret, link.secret_key = encrypt(text.encode()), lookup_key(text, KIND)
        link.renewals, link.renewed_at, link.renewed_by = link.renewals + 1, at, by
        link.save()
        journal(
            actor=by.get_username(), action="aripa.order_link.renewed", subject=SUBJECT + link.case_no,
            detail={"order": link.number, "link": link.pk}, at=at,
        )  # fmt: skip
    forget(f"order:{link.pk}")
    return link
