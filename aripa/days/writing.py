"""What the days of some families left: states, terms, movements and their entries, letters, ASF, orders. By COPY."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import polars as pl
from django.db import connection

from aripa.bank.ordering import Key, ask_bank
from aripa.days.changes import Changes, Pieces, of_asf, of_order, of_term
from aripa.life.control import control_by
from aripa.life.day import wakes_on
from aripa.life.living import Book, Life, Outcome
from aripa.life.state import Case, Family, Order, Term
from portal.bulk import copy_in
from portal.exchange.buckets import bucket_of
from portal.ledger.models import Account
from portal.ledger.operations import post_many

BANK, HELD = Account.BANK, Account.SUPPORT_HELD
# From where to where, as accounts: the first is debited, the second credited. Parents and garnishees stand behind the bank.
ENTRIES = {
    "DEBIT": (BANK, HELD), "RECEIPT": (BANK, HELD), "DEBIT_RETURN": (HELD, BANK), "PAYOUT": (HELD, BANK),
    "REFUND": (HELD, BANK), "ASF_REFUND": (HELD, Account.ASF), "COST": (HELD, Account.SUPPORT_MANAGEMENT),
    "FEE": (HELD, Account.SUPPORT_MANAGEMENT), "PENALTY": (HELD, Account.SUPPORT_MANAGEMENT),
    "OVERPAYMENT": (Account.SUPPORT_OVERPAYMENT, HELD), "OFFSET": (HELD, Account.SUPPORT_OVERPAYMENT),
    "REPAYMENT": (BANK, Account.SUPPORT_OVERPAYMENT), "ASF": (Account.ASF, BANK), "ASF_TOP_UP": (Account.ASF, BANK),
}  # fmt: skip
# What the bank is asked to do is booked as asked, until its own word books the bank (`portal.banking.services`).
BY_THE_BANK = {"DEBIT": Account.SUPPORT_DEBITS, "DEBIT_RETURN": Account.SUPPORT_DEBITS}
LABELS = {
    "DEBIT": "Prélèvement de la pension", "RECEIPT": "Paiement reçu", "DEBIT_RETURN": "Prélèvement revenu",
    "PAYOUT": "Versement de la pension", "REFUND": "Remboursement au parent qui paie",
    "ASF_REFUND": "Avance d’ASF rendue", "COST": "Frais de procédure", "FEE": "Frais de recouvrement",
    "PENALTY": "Pénalité", "OVERPAYMENT": "Somme versée en trop", "OFFSET": "Somme versée en trop, déduite",
    "REPAYMENT": "Somme versée en trop, rendue", "ASF": "Allocation de soutien familial",
    "ASF_TOP_UP": "ASF, complément du trimestre",
}  # fmt: skip


def write(families: Sequence[Family], books: dict[str, Book], out: Outcome, loaded: Mapping[str, Pieces]) -> None:
    """Everything that is not as it was `loaded`, in the caller's transaction. Raises IntegrityError when a movement was
    written before."""
    households = [_household(family, books[family.creditor]) for family in families]
    _upsert("aripa_household", ("creditor_no",), households)
    cases, changes = [case for family in families for case in family.cases.values()], Changes(families, loaded)
    _upsert("aripa_case", ("case_no",), [_case(case) for case in cases])
    _replace_terms(cases, changes)
    _upsert("aripa_asfmonth", ("case_id", "month", "child_id"), [row for case in cases for row in _asf(case, changes)])
    orders = [(case, one) for case in cases for one in case.orders if of_order(case, one) in changes]
    _upsert("aripa_order", ("case_id", "number"), [_order(case, one) for case, one in orders])
    _append(out)
    _book(out, ask_bank(out.movements, {case.number: case for case in cases}))


def _household(family: Family, book: Book) -> dict[str, Any]:
    assert family.lived_until is not None
    days = [wakes_on(Life(case, book, family.lived_until, Outcome())) for case in family.cases.values()]
    return {
        "creditor_no": family.creditor, "bucket": bucket_of(family.creditor),
        "memory": msgspec.json.encode(family).decode(), "lived_until": family.lived_until,
        "wakes_on": min((day for day in days if day), default=None),
    }  # fmt: skip


def _case(case: Case) -> dict[str, Any]:
    return {
        "case_no": case.number, "household_id": case.creditor, "title_no": case.title, "origin": case.origin,
        "state": case.shown_state, "violence": case.violence, "debtor_no": case.debtor, "fund": case.fund,
        "received_on": case.received_on, "discharge_date": case.discharge_date, "end_date": case.end_date,
        "end_reason": case.end_reason, "overpaid_cents": case.overpaid, "fees_due_cents": case.costs + case.fees,
        "penalty_due_cents": case.penalty, "control_by": control_by(case),
    }  # fmt: skip


FORGET = """
DELETE FROM aripa_term t USING unnest(%s::text[], %s::date[], %s::boolean[]) AS stale (case_no, month, is_arrears)
WHERE (t.case_id, t.month, t.is_arrears) = (stale.case_no, stale.month, stale.is_arrears)"""


def _replace_terms(cases: Sequence[Case], changes: Changes) -> None:
    """Terms removed by an end leave the table with them; the movements that paid them stay."""
    stale = [key[1:] for key in changes.stale if key[0] is Term]
    if stale:
        with connection.cursor() as cursor:
            cursor.execute(FORGET, [list(column) for column in zip(*stale, strict=True)])
    terms = [(case, term) for case in cases for term in case.terms if of_term(case, term) in changes]
    copy_in(_frame([row for case, term in terms for row in _lines(case, term)]), "aripa_term")


def _lines(case: Case, term: Term) -> Iterable[dict[str, Any]]:
    for line in term.lines:
        yield {
            "case_id": case.number, "month": term.month, "child_id": line.child, "is_arrears": term.arrears,
            "due_on": term.due_on, "title_no": term.title, "due_cents": line.due, "to_creditor_cents": line.creditor,
            "to_asf_cents": line.asf, "advanced_cents": line.advanced, "status": term.status,
        }  # fmt: skip


def _asf(case: Case, changes: Changes) -> Iterable[dict[str, Any]]:
    for one in (one for one in case.asf if of_asf(case, one) in changes):
        yield {
            "case_id": case.number, "month": one.month, "child_id": one.child, "kind": one.kind,
            "opening_case": one.code, "net_cents": one.net, "support_due_cents": one.due,
            "support_received_cents": one.received, "amount_cents": one.amount, "recoverable_cents": one.recoverable,
            "surplus_cents": one.surplus, "still_owed_cents": one.still_owed, "paid_cents": one.counted,
            "paid_on": one.paid_on,
        }  # fmt: skip


def _order(case: Case, order: Order) -> dict[str, Any]:
    parts = order.instalments
    paused = case.complaint and order.state in ("SENT", "ACCEPTED")
    return {
        "case_id": case.number, "number": order.number, "tool": order.tool, "ref": order.ref,
        "decided_on": order.decided_on, "current_cents": order.current, "terms": order.terms,
        "arrears_cents": order.arrears, "months": len(parts), "instalment_cents": parts[0] if parts else None,
        "last_instalment_cents": parts[-1] if parts else None, "capacity_cents": order.capacity,
        "state": "PAUSED" if paused else order.state, "closed_on": order.closed_on,
    }  # fmt: skip


def _append(out: Outcome) -> None:
    movements = [
        {"case_id": one.case, "number": one.number, "day": one.day, "kind": one.kind, "payer": one.payer,
         "amount_cents": one.amount, "month": one.month}
        for one in out.movements
    ]  # fmt: skip
    copy_in(_frame(movements), "aripa_movement")
    letters = [
        {"case_id": one.case, "number": one.number, "code": one.code, "to": one.to, "day": one.day, "month": one.month}
        for one in out.letters
    ]
    copy_in(_frame(letters), "aripa_notice")
    _receive(out)
    worries = [{"case_id": case, "day": day, "sentence": told} for case, day, told in out.worries]
    copy_in(_frame(worries).with_columns(handled_by=pl.lit("")), "aripa_worry")


RECEIVE = """
UPDATE aripa_notice n SET received_on = %(on)s WHERE (n.case_id, n.number) IN (
    SELECT case_id, number FROM aripa_notice WHERE case_id = %(case)s AND code = %(code)s AND received_on IS NULL
    AND (%(to)s = '' OR "to" = %(to)s) AND (%(month)s::date IS NULL OR month = %(month)s::date)
    ORDER BY number LIMIT 1)"""


def _receive(out: Outcome) -> None:
    with connection.cursor() as cursor:
        for one in out.receipts:
            values = {"case": one.case, "code": one.code, "to": one.to, "month": one.month, "on": one.received_on}
            cursor.execute(RECEIVE, values)


def _book(out: Outcome, by_the_bank: set[Key]) -> None:
    """One entry a movement: its number is its key, so that the same money is never booked twice.

    What one parent paid to the other never was in the fund's accounts: it has no entry.
    """
    entries, legs = [], []
    for one in [one for one in out.movements if one.kind != "BETWEEN"]:
        key = f"aripa:{one.case}:{one.number}"
        debited, credited = _accounts(one.kind, by_the_bank=(one.case, one.number) in by_the_bank)
        entries.append({
            "key": key, "subject": f"aripa:case:{one.case}", "dated": one.day, "label": LABELS[one.kind], "run_id": None,
        })  # fmt: skip
        legs += [(key, int(debited), one.amount), (key, int(credited), -one.amount)]
    if entries:
        schema = {"key": pl.String, "subject": pl.String, "dated": pl.Date, "label": pl.String, "run_id": pl.Int64}
        amounts = {"key": pl.String, "account": pl.Int64, "amount_cents": pl.Int64}
        post_many(pl.DataFrame(entries, schema=schema), pl.DataFrame(legs, schema=amounts, orient="row"))


def _accounts(kind: str, *, by_the_bank: bool) -> list[Account]:
    bank = BY_THE_BANK.get(kind, Account.SUPPORT_PAYOUTS) if by_the_bank else BANK
    return [bank if one is BANK else one for one in ENTRIES[kind]]


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame(schema={"case_id": pl.String})


def _upsert(table: str, key: Sequence[str], rows: list[dict[str, Any]]) -> None:
    """Insert rows, or replace those of the same key."""
    if not rows:
        return
    frame = _frame(rows)
    names = ", ".join(f'"{name}"' for name in frame.columns)
    changed = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in frame.columns if name not in key)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE incoming_{table} (LIKE {table}) ON COMMIT DROP")
        copy_in(frame, f"incoming_{table}")
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming_{table} "
            f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}"
        )
        cursor.execute(f"DROP TABLE incoming_{table}")
