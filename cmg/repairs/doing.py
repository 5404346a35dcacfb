"""A repair as a page asks for it: tried for its effect, or entered, on the version of the family that the person read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from cmg.models import Account, Repair, Right
from cmg.remedies.limits import RemedyRefused
from cmg.repairs.acts import ACTS, Act, Asked
from cmg.repairs.entering import CHANGED, Change, ChangedMeanwhile, enter, undo
from cmg.repairs.previewing import MonthEffect, preview
from cmg.repairs.reading import BODY_OF, DESK_WORDS, desks_of, version_of
from portal.accounts.models import User
from portal.casework.models import Dossier

TRIED_BY = "essai"


@dataclass(frozen=True)
class Order:
    """One act on one family, with the right chosen and the values read from its form."""

    act: Act
    account: Account
    right: Right | None
    values: Mapping[str, Any]

    def changes(self, at: datetime) -> list[Change]:
        """The rows that would change. Raises RemedyRefused."""
        return self.act.plan(Asked(self.account, at, self.right, dict(self.values)))


def try_order(order: Order, *, at: datetime, on: date) -> list[MonthEffect]:
    """What each declared month would give, before and after; nothing is kept. Raises RemedyRefused."""
    number = order.account.employer_no
    return preview(
        number,
        lambda: enter(order.changes(at), act=order.act.code, employer_no=number, reason="essai", by=TRIED_BY, at=at),
        on=on,
    )


def do_order(
    order: Order, *, version: str, reason: str, by: User, at: datetime, on: date, form_key: UUID,
    dossier: Dossier | None = None,
) -> Repair:  # fmt: skip
    """Enter the repair that was previewed; the same form again gives the first one.

    Raises RemedyRefused (no reason, nothing to change, another desk's act), ChangedMeanwhile when the family is no
    longer what the person read.
    """
    known = Repair.objects.filter(form_key=form_key, employer_no=order.account.employer_no).first()
    if known is not None:
        return known
    check_desk(order, by, on)
    with transaction.atomic():
        # One repair of a family at a time: the second one then sees what the first changed.
        account = Account.objects.select_for_update(of=("self",)).get(pk=order.account.pk)
        if account.known_until is not None or version_of(account) != version:
            raise ChangedMeanwhile(CHANGED)
        return enter(
            order.changes(at), act=order.act.code, employer_no=account.employer_no, reason=reason,
            by=by.get_username(), at=at, dossier=dossier, form_key=form_key,
        )  # fmt: skip


def check_desk(order: Order, by: User, on: date) -> None:
    """Raises RemedyRefused when the act is not of the person's desk, or the right of another fund."""
    funds = {order.right.fund} if order.right is not None else {order.account.fund or ""}
    if order.act.desk not in desks_of(by, on, funds):
        raise RemedyRefused(f"Cet acte revient à {DESK_WORDS[order.act.desk]} : transmettez-lui le dossier.")


def try_undo(repair: Repair, *, at: datetime, on: date, others: Sequence[str] = ()) -> list[MonthEffect]:
    """What undoing a repair would give, month by month. Raises RemedyRefused."""
    return preview(
        repair.employer_no,
        lambda: undo(repair_pk=repair.pk, reason="essai", by=TRIED_BY, at=at),
        on=on,
        others=others,
    )


def may_undo(repair: Repair, user: User, day: date, funds: set[str]) -> bool:
    """Whether the person works at the desk that repaired."""
    act = ACTS.get(repair.act)
    return act is not None and act.desk in BODY_OF and act.desk in desks_of(user, day, funds)
