"""What is owed to a family and did not reach it, ordered again: its transfer was refused or came back, or it had no account.

Once another account of the family is known, the money leaves outside any run, in the file of the day. Never more than what
the ledger owes and no living order carries: a correction made meanwhile has already taken back its part, and a transfer of
which nothing is owed any more is ended.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction

from portal.audit.operations import journal
from portal.banking.models import OpenItem
from portal.banking.open_items import WITHOUT_ACCOUNT, close_presented_again
from portal.banking.operations import prepare_orders
from portal.benefits.holding import hold_standings
from portal.benefits.models import Benefit
from portal.benefits.persons.selectors import SUBJECT
from portal.benefits.running.coming_back import NOTHING_OWED, Money, end_transfers
from portal.benefits.running.issuing import accounts_of
from portal.benefits.running.kinds import KIND_OF, Kind
from portal.benefits.running.standing import standing_of
from portal.bulk import read_frame
from portal.ledger.models import Account
from portal.ledger.operations import post
from portal.legislation.calendar import banking_day_from, nth_business_day

WHOLE_FILE = "FICHIER"
# How many are looked at in one transaction.
MOST = 5_000
PAID_ELSEWHERE = "Versé sur un autre compte"
WAITING = {
    "id": pl.Int64, "failed": pl.String, "reference": pl.String, "family": pl.String, "benefit": pl.String,
    "amount_cents": pl.Int64, "can_leave": pl.Boolean, "remittance": pl.String,
}  # fmt: skip
# The last of a chain of orders that came to nothing, until it is ended. It can leave when its family's account is another
# one, or after a refusal of the whole file, which says nothing of any account, when somebody asks.
FAILED = """
SELECT o.id, o.end_to_end_id, o.end_to_end_id || '-R', substr(o.subject, 8), substr(o.purpose, 8), o.amount_cents,
       coalesce(f.iban_valid AND (f.iban_key <> o.iban_key OR %(whole_files)s AND o.reason_code = %(whole_file)s), false),
       o.remittance
FROM banking_paymentorder o
LEFT JOIN benefits_familyfile f ON f.known_until IS NULL AND f.fund = split_part(substr(o.subject, 8), '/', 1)
     AND f.beneficiary_no = substr(o.subject, 8 + strpos(substr(o.subject, 8), '/'))
WHERE o.purpose IN ('FAMILY_ARS', 'FAMILY_AEEH') AND o.state IN ('REJECTED', 'RETURNED') AND o.id > %(after)s
  AND NOT EXISTS (SELECT 1 FROM banking_paymentorder a WHERE a.end_to_end_id = o.end_to_end_id || '-R')
  AND NOT EXISTS (SELECT 1 FROM benefits_endedtransfer e WHERE e.order_id = o.id)
ORDER BY o.id LIMIT %(most)s
"""
# What never had an account to leave for: its open item bears the subject and the reference that its order would have had.
LACKING = """
SELECT i.id, '', i.order_reference, i.family, split_part(i.order_reference, '-', 1), i.amount_cents, f.iban_valid, ''
FROM (
    SELECT id, amount_cents, substring(reference from '[^ ]+$') AS order_reference,
           substring(reference from '^family:(.*) [^ ]+$') AS family
    FROM banking_openitem
    WHERE reason = %(without)s AND closed_on IS NULL AND starts_with(reference, 'family:') AND id > %(after)s
) i
JOIN benefits_familyfile f ON f.known_until IS NULL AND f.iban_valid AND f.fund = split_part(i.family, '/', 1)
     AND f.beneficiary_no = substr(i.family, strpos(i.family, '/') + 1)
ORDER BY i.id LIMIT %(most)s
"""


@dataclass(frozen=True)
class Paid:
    """Transfers ordered again, and their cents."""

    count: int
    cents: int


def pay_again(*, on: date, by: str, whole_files: bool = False) -> Paid:
    """Order again what waits and can leave, `MOST` at a time, each time in one transaction; a second call finds nothing left.

    With `whole_files`, also what the bank refused with a whole file: somebody says that the file was mended.
    """
    values = {"whole_files": whole_files, "whole_file": WHOLE_FILE, "without": WITHOUT_ACCOUNT, "most": MOST}
    left = [cents for query in (FAILED, LACKING) for cents in _all(query, values, on, by)]
    return Paid(len(left), sum(left))


def _all(query: str, values: dict[str, Any], on: date, by: str) -> Iterator[int]:
    """The cents of each transfer that leaves, a part after the other by key: nothing keeps those that follow from their turn."""
    after: int | None = 0
    while after is not None:
        cents, after = _some(query, values | {"after": after}, on, by)
        yield from cents


def _some(query: str, values: dict[str, Any], on: date, by: str) -> tuple[list[int], int | None]:
    """Those after a key, in one transaction: what leaves of them, and the last key seen, None when there is no more."""
    with transaction.atomic():
        hold_standings()
        waiting = read_frame(query, WAITING, values)
        cents = [
            cents
            for benefit in Benefit
            for cents in _pay(waiting.filter(pl.col("benefit") == benefit.value), KIND_OF[benefit], on)
        ]
        if cents:
            detail = {"count": len(cents), "cents": sum(cents)}
            journal(actor=by, action="benefits.paid_again", subject="benefits", detail=detail)
    return cents, waiting["id"][-1] if waiting.height == values["most"] else None


def _pay(waiting: pl.DataFrame, kind: Kind, on: date) -> list[int]:
    """The cents of each transfer that leaves; what nothing is owed of ends, whatever the account."""
    families = waiting["family"].unique()
    accounts = {row["family"]: row for row in accounts_of(families).to_dicts()}
    money = {
        row["family"]: Money(row["returned_cents"], row["unsent_cents"])
        for row in standing_of(kind, families.to_list()).to_dicts()
    }
    left, ended = [], []
    # What can leave is served first: what cannot keeps the rest for the day when it can.
    for row in waiting.sort("can_leave", "reference", descending=[True, False]).to_dicts():
        legs = money.setdefault(row["family"], Money(0, 0)).take(row["amount_cents"])
        cents = sum(legs.values())
        if not cents:
            ended.append(row)
        elif row["can_leave"]:
            _order(row, accounts[row["family"]], legs, kind, on)
            left.append(cents)
    _end(ended, on)
    return left


def _order(row: dict[str, Any], account: dict[str, Any], legs: dict[Account, int], kind: Kind, on: date) -> None:
    """One transfer, its ledger entry when its money had come back, and the end of what waited for it."""
    subject, back = f"{SUBJECT}{row['family']}", legs[Account.BENEFIT_RETURNED]
    order = _order_row(row, account, kind, on) | {"subject": subject, "amount_cents": sum(legs.values())}
    prepare_orders(pl.DataFrame([order], schema_overrides=NULLS))
    if back:
        post(
            key=f"bank:{row['reference']}:again", subject=subject, dated=on, label="Versé à nouveau",
            legs={Account.BENEFIT_RETURNED: back, Account.BENEFIT_PAYOUTS: -back},
        )  # fmt: skip
    if row["failed"]:
        close_presented_again([row["failed"]], on=on, note=PAID_ELSEWHERE)
    else:
        _close_lacking([row], on, PAID_ELSEWHERE)


NULLS = {"run_id": pl.Int64, "mandate_signed_on": pl.Date, "settlement_id": pl.Int64}


def _order_row(row: dict[str, Any], account: dict[str, Any], kind: Kind, on: date) -> dict[str, object]:
    return {
        "run_id": None, "kind": "CREDIT", "purpose": kind.purpose, "end_to_end_id": row["reference"],
        "name": account["name"], "iban_key": account["iban_key"], "mandate_ref": "", "mandate_signed_on": None,
        "due_on": banking_day_from(nth_business_day(on, 2)), "remittance": row["remittance"] or kind.words,
        "settlement_id": None,
    }  # fmt: skip


def _end(rows: list[dict[str, Any]], on: date) -> None:
    end_transfers([row["failed"] for row in rows if row["failed"]], on=on)
    _close_lacking([row for row in rows if not row["failed"]], on, NOTHING_OWED)


def _close_lacking(rows: list[dict[str, Any]], on: date, note: str) -> None:
    waits_as = [f"{SUBJECT}{row['family']} {row['reference']}" for row in rows]
    found = OpenItem.objects.filter(reason=WITHOUT_ACCOUNT, reference__in=waits_as, closed_on__isnull=True)
    found.update(closed_on=on, closing_note=note)
