"""What the movements of some days ask of the bank: written in the very transaction of their slice, by COPY, once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.conf import settings

from aripa.bank.accounts import Known, account_on, known_rows
from aripa.life.living import CREDITOR, DEBTOR
from aripa.life.state import Case, Movement
from aripa.models import BankMove, Parent, Waits
from aripa.models.banked import reference_of
from aripa.selectors import full_name
from portal.banking.issue import earliest_day
from portal.banking.models import OrderKind
from portal.banking.operations import prepare_orders
from portal.banking.services import PENSIONS
from portal.bulk import copy_in, read_frame

# Whom a movement is asked of, or paid to.
PARTY = {"DEBIT": DEBTOR, "REFUND": DEBTOR, "PAYOUT": CREDITOR, "ASF": CREDITOR, "ASF_TOP_UP": CREDITOR}
# What the holder of the account reads on a statement: nothing that tells a fund, a town, a child or the other parent.
LABELS = {
    "DEBIT": "PENSION ALIMENTAIRE", "PAYOUT": "PENSION ALIMENTAIRE", "REFUND": "REMBOURSEMENT PENSION ALIMENTAIRE",
    "ASF": "ALLOCATION DE SOUTIEN FAMILIAL", "ASF_TOP_UP": "ALLOCATION DE SOUTIEN FAMILIAL",
}  # fmt: skip
SUBJECT = "aripa:case:"
Key = tuple[str, int]


def ask_bank(movements: Sequence[Movement], cases: Mapping[str, Case]) -> set[Key]:
    """Order what leaves, or have it wait with its reason; returns the movements that pass by the bank, returned debits
    included. Inside the caller's transaction: a movement written before raises IntegrityError."""
    first = settings.PENSIONS_SINCE
    leaving = [one for one in movements if one.kind in PARTY and first is not None and one.day >= first]
    if leaving:
        _write(leaving, cases)
    asked = {(one.case, one.number) for one in leaving}
    return asked | _returned(movements)


def _returned(movements: Iterable[Movement]) -> set[Key]:
    """The debits given back, among those that we had asked of the bank ourselves."""
    back = [one for one in movements if one.kind == "DEBIT_RETURN"]
    if not back:
        return set()
    ours = BankMove.objects.filter(kind="DEBIT", case_id__in={one.case for one in back})
    terms = set(ours.values_list("case_id", "month"))
    return {(one.case, one.number) for one in back if (one.case, one.month) in terms}


def _write(leaving: Sequence[Movement], cases: Mapping[str, Case]) -> None:
    known = known_rows(_parent_of(one, cases) for one in leaving)
    moves, orders = [], []
    for pk, one in zip(_numbers(len(leaving)), leaving, strict=True):
        account = _account_of(one, cases, known)
        moves.append(_move(pk, one, _parent_of(one, cases), ordered=account is not None))
        if account is not None:
            hidden = cases[one.case].violence
            orders.append(order_row(account, moves[-1], tries=1, is_protected=hidden, on=one.day))
    schema = {"since": pl.Date, "month": pl.Date}
    copy_in(pl.DataFrame(moves, schema_overrides=schema, infer_schema_length=None), "aripa_bankmove")
    write_orders(orders)


def _numbers(count: int) -> list[int]:
    sequence = "(SELECT pg_get_serial_sequence('aripa_bankmove', 'id'))::regclass"
    drawn = read_frame(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", {"id": pl.Int64}, (count,))
    return drawn["id"].to_list()


def _parent_of(one: Movement, cases: Mapping[str, Case]) -> str:
    case = cases[one.case]
    return case.creditor if PARTY[one.kind] == CREDITOR else case.debtor


def _account_of(one: Movement, cases: Mapping[str, Case], known: Known) -> Parent | None:
    return account_on(known, _parent_of(one, cases), one.day, is_debit=one.kind == "DEBIT")


def _move(pk: int, one: Movement, parent_no: str, *, ordered: bool) -> dict[str, Any]:
    return {
        "id": pk, "case_id": one.case, "number": one.number, "day": one.day, "kind": one.kind,
        "party": PARTY[one.kind], "parent_no": parent_no, "amount_cents": one.amount, "month": one.month,
        "tries": int(ordered), "waits": "" if ordered else str(Waits.NO_ACCOUNT), "since": None if ordered else one.day,
    }  # fmt: skip


def order_row(
    account: Parent, move: Mapping[str, Any], *, tries: int, is_protected: bool, on: date
) -> dict[str, Any]:  # fmt: skip
    """The order of a row of `BankMove`, as `prepare_orders` wants it; the file of `on` is the first that may carry it."""
    kind, month = move["kind"], move["month"]
    asked = OrderKind.DEBIT if kind == "DEBIT" else OrderKind.CREDIT
    is_debit = asked == OrderKind.DEBIT
    return {
        "run_id": None, "kind": str(asked), "purpose": f"{PENSIONS.code}_{kind}", "subject": SUBJECT + move["case_id"],
        "end_to_end_id": reference_of(move["id"], tries), "name": full_name(account, is_protected=is_protected)[:140],
        "iban_key": str(account.iban_key), "mandate_ref": account.mandate_ref if is_debit else "",
        "mandate_signed_on": account.mandate_signed_on if is_debit else None, "amount_cents": move["amount_cents"],
        "due_on": earliest_day(asked, on), "remittance": f"{LABELS[kind]}{f' {month:%m/%Y}' if month else ''}",
        "settlement_id": None,
    }  # fmt: skip


def write_orders(orders: Sequence[dict[str, Any]]) -> int:
    """Orders ready for the files of the day, by COPY; returns how many."""
    schema = {"run_id": pl.Int64, "mandate_signed_on": pl.Date, "settlement_id": pl.Int64}
    return prepare_orders(pl.DataFrame(orders, schema_overrides=schema, infer_schema_length=None)) if orders else 0
