"""Pensions whose money really leaves: parents with accounts, days lived, files of the day, the bank's answers."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
from django.utils import timezone

from aripa.models import Parent
from aripa.operations import run_days
from portal.banking.answers import MessageReport, import_message
from portal.banking.issue import write_day_files
from portal.banking.models import PaymentOrder
from portal.people.vault import keep, lookup_key, lookup_keys
from tests.aripa.rows import day, event_row, parent_row, title_row
from tests.cmg.files import iban_with_key

FIRST = day("2026-01-12")


def account(digits: str) -> UUID:
    """The vault's key of an IBAN made from some digits."""
    iban = iban_with_key(digits)
    keep(lookup_keys(pl.Series([iban]), "IBAN"), "IBAN")
    return lookup_key(iban, "IBAN")


def banked_case(case: str = "C1", *, creditor: dict[str, Any] | None = None, **said: object) -> None:
    """A live case: its first debit, of 250.00, is that of Monday 12 January 2026; paid out on the 13th."""
    number = case.removeprefix("C")
    own = {"iban_key": account(f"7{number}"), "birth_name": "Martin", "first_names": "Anne", "mandate_ref": None,
           "mandate_signed_on": None}  # fmt: skip
    parent_row(f"P-{case}", **(own | (creditor or {})))
    parent_row(f"D-{case}", iban_key=account(f"8{number}"), birth_name="Petit", first_names="Paul")
    title_row(case, **said)
    event_row("2025-12-10", "INFORMATION", case, party="BOTH", reason="FULL")


def new_account(number: str, on: str, digits: str, **said: object) -> Parent:
    """Another account of a parent, told on a day."""
    return parent_row(number, on, iban_key=account(digits), bank_statement_on=day(on), birth_name="Martin", **said)


def live(until: str) -> None:
    run_days(until=day(until))


def files(folder: Path, on: str) -> list[Path]:
    """The files of a day, written as the quarter of an hour writes them."""
    return write_day_files(folder, at=timezone.make_aware(datetime.combine(day(on), time(21, 15))))


def order(purpose: str, case: str = "C1") -> PaymentOrder:
    """The last order of a kind in a case."""
    return PaymentOrder.objects.filter(purpose=f"ARIPA_{purpose}", subject=f"aripa:case:{case}").latest("pk")


def orders(case: str = "C1") -> list[tuple[str, int, str]]:
    rows = PaymentOrder.objects.filter(subject=f"aripa:case:{case}").order_by("pk")
    return [(one.purpose.removeprefix("ARIPA_"), one.amount_cents, one.state) for one in rows]


def receive(content: bytes, on: str) -> MessageReport:
    return import_message(content, name="message.xml", on=date.fromisoformat(on))
