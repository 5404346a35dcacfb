"""Money of issued runs that did not reach a family: no account to send it to, or the bank refused it or sent it back."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from portal.banking.models import OpenItem
from portal.banking.open_items import WITHOUT_ACCOUNT


@dataclass(frozen=True)
class Stuck:
    """One payment that waits for an account: since when, who follows it; it never left when `has_no_account`."""

    award: int
    cents: int
    since: date
    has_no_account: bool
    owner: str
    bank_reason: str


def stuck_of(subject: str) -> list[Stuck]:
    """What waits for a family, the oldest first; one query. What is sent again, or no longer owed, waits no more."""
    found = OpenItem.objects.filter(
        Q(order__subject=subject) | Q(reason=WITHOUT_ACCOUNT, reference__startswith=f"{subject} "),
        closed_on__isnull=True,
    )
    rows = found.select_related("order", "owner").order_by("opened_on", "pk")
    return [
        Stuck(
            award_of(one.order.end_to_end_id if one.order else one.reference), one.amount_cents, one.opened_on,
            one.reason == WITHOUT_ACCOUNT, one.owner.full_name if one.owner else "", one.bank_reason,
        )
        for one in rows
    ]  # fmt: skip


def award_of(reference: str) -> int:
    """The award whose money an order carries: the number of its reference, kept when it is sent again."""
    return int(reference.partition("-V")[2].partition("-")[0] or 0)
