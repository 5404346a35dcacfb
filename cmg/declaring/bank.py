"""A family's bank account and mandate: what it is, the IBAN typed and checked, the change entered like a repair."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import polars as pl
from django.db import IntegrityError, transaction

from cmg.models import Account, FamilyMandate
from cmg.remedies.following import returned_credits
from cmg.repairs.entering import CHANGED, Change, ChangedMeanwhile, enter
from portal.accounts.models import User
from portal.banking.models import OrderKind, OrderState, PaymentOrder
from portal.banking.typed import compact, errors_of
from portal.frame.refusals import FieldsRefused
from portal.people.vault import keep, lookup_key, lookup_keys, reveal_many

ACT = "CHANGE_BANK"
SUBJECT = "cmg:employer:"
REASON = "Nouveau compte bancaire donné par la famille, mandat accepté."
UNDER_WAY = (OrderState.PREPARED, OrderState.SENT, OrderState.ACCEPTED)


class WrongAccount(FieldsRefused):
    """What was typed of an account cannot be taken."""


@dataclass(frozen=True)
class UnderWay:
    """A movement that still uses the account it was ordered with."""

    cents: int
    due_on: date
    is_debit: bool
    tail: str


def change_account(
    *, key: UUID, account: Account, iban: str, holder: str, accepted: bool, by: User, at: datetime, on: date
) -> tuple[FamilyMandate, bool]:
    """Take another account and its mandate; returns the mandate, and whether this form had been sent before.

    Raises WrongAccount, and ChangedMeanwhile when the account was changed by somebody else.
    """
    known = FamilyMandate.objects.filter(key=key, employer_no=account.employer_no).first()
    if known is not None:
        return known, True
    errors = errors_of(iban=iban, holder=holder, accepted=accepted)
    if errors:
        raise WrongAccount(errors)
    try:
        with transaction.atomic():
            return _enter(key, account, compact(iban), holder.strip(), by, at, on), False
    except (IntegrityError, ChangedMeanwhile) as refused:
        # The same form sent twice at once: the other one has just done it.
        known = FamilyMandate.objects.filter(key=key, employer_no=account.employer_no).first()
        if known is None:
            raise ChangedMeanwhile(CHANGED) from refused
        return known, True


def _enter(key: UUID, account: Account, iban: str, holder: str, by: User, at: datetime, on: date) -> FamilyMandate:
    reference = f"TU-{on:%Y%m%d}-{secrets.token_hex(5).upper()}"
    iban_key = lookup_key(iban, "IBAN")
    keep(lookup_keys(pl.Series([iban]), "IBAN"), "IBAN")
    cells = {
        "iban_key": iban_key, "iban_valid": True, "iban_tail": iban[-4:], "mandate_ref": reference,
        "mandate_signed_on": on, "updated_at": at,
    }  # fmt: skip
    repair = enter(
        [Change(Account, account, cells)], act=ACT, employer_no=account.employer_no, reason=REASON,
        by=by.get_username(), at=at,
    )  # fmt: skip
    return FamilyMandate.objects.create(
        key=key, employer_no=account.employer_no, reference=reference, holder=holder, iban_key=iban_key,
        iban_tail=iban[-4:], signed_on=on, accepted_at=at, accepted_by=by, repair=repair,
    )  # fmt: skip


def under_way(employer_no: str) -> list[UnderWay]:
    """Movements already ordered, with the ending of the account that each uses: a change comes too late for them."""
    found = PaymentOrder.objects.filter(subject=SUBJECT + employer_no, state__in=UNDER_WAY).order_by("due_on", "pk")
    orders = list(found[:20])
    tails = reveal_many({order.iban_key for order in orders})
    return [
        UnderWay(order.amount_cents, order.due_on, order.kind == OrderKind.DEBIT, tails.get(order.iban_key, "")[-4:])
        for order in orders
    ]


def sent_back(account: Account) -> tuple[int, bool]:
    """Cents that the bank sent back and that were not sent again; whether the present account is another one."""
    orders: Sequence[PaymentOrder] = returned_credits(account.employer_no)
    another = all(order.iban_key != account.iban_key for order in orders)
    return sum(order.amount_cents for order in orders), another


def mandate_of(account: Account) -> FamilyMandate | None:
    """The mandate accepted here for the present account, when it was given here."""
    if not account.mandate_ref:
        return None
    return FamilyMandate.objects.filter(employer_no=account.employer_no, reference=account.mandate_ref).first()
