"""Open items: what the bank said and matches nothing, what came back, and what has no account to go to or come from.

Each has an owner until it is closed.
"""

from collections.abc import Iterable
from datetime import date

import polars as pl

from portal.accounts.models import Posting, Role
from portal.banking.models import OpenItem

WITHOUT_ACCOUNT = "compte_absent"
CAME_BACK = ("rejet", "retour")


def owner_on(day: date) -> int | None:
    """The accounting officer of the day, of every fund, owns what does not match; None when nobody is posted."""
    posting = Posting.objects.in_force_on(day).filter(role=Role.ACCOUNTING_OFFICER, fund="").order_by("user_id").first()
    return posting.user_id if posting else None


def open_without_account(lacking: pl.DataFrame, *, on: date) -> int:
    """One item per row of `lacking` (waits_as, which says whose account is missing; amount_cents). Returns how many."""
    owner = owner_on(on)
    items = [
        OpenItem(
            line=0, reason=WITHOUT_ACCOUNT, amount_cents=row["amount_cents"], reference=row["waits_as"],
            owner_id=owner, opened_on=on,
        )
        for row in lacking.to_dicts()
    ]  # fmt: skip
    return len(OpenItem.objects.bulk_create(items, batch_size=2000))


def close_without_account(decided: pl.Series, *, on: date, note: str) -> int:
    """Close the items of what was `decided` again (their `waits_as`): what still lacks an account opens anew."""
    waiting = OpenItem.objects.filter(reason=WITHOUT_ACCOUNT, closed_on__isnull=True)
    references = pl.Series(list(waiting.values_list("reference", flat=True)), dtype=pl.String)
    ours = references.filter(references.is_in(decided.implode())).to_list()
    return waiting.filter(reference__in=ours).update(closed_on=on, closing_note=note)


def close_presented_again(end_to_end_ids: Iterable[str], *, on: date, note: str) -> int:
    """Close the items of orders that the bank refused or sent back, now that their money is ordered anew."""
    came_back = OpenItem.objects.filter(reason__in=CAME_BACK, closed_on__isnull=True)
    return came_back.filter(order__end_to_end_id__in=list(end_to_end_ids)).update(closed_on=on, closing_note=note)
