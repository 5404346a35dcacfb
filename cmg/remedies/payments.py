"""Money to and from one family outside a month's run: its ledger entry and its payment order, in one transaction."""

from datetime import date

import polars as pl

from cmg.models import Account
from cmg.remedies.limits import RemedyRefused
from portal.banking.models import OrderKind, PaymentOrder
from portal.banking.operations import prepare_orders
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import post
from portal.legislation.calendar import banking_day_from, nth_business_day

SUBJECT = "cmg:employer:"
WORDS = {
    "CMG_ADVANCE": "ACOMPTE CMG",
    "CMG_AID": "AIDE EXCEPTIONNELLE",
    "CMG_INSTALMENT": "REMBOURSEMENT CMG",
    "CMG_REFUND": "REMBOURSEMENT COTISATIONS PAJEMPLOI",
}
NO_ACCOUNT = "Il manque un compte bancaire valable pour cette famille : demandez-le-lui d’abord."
NO_MANDATE = "Il manque un mandat de prélèvement signé pour cette famille."


def family_account(employer_no: str) -> Account:
    """The account of the family with a valid IBAN. Raises RemedyRefused."""
    found = Account.objects.filter(employer_no=employer_no, known_until__isnull=True).first()
    if found is None or not found.iban_valid or found.iban_key is None:
        raise RemedyRefused(NO_ACCOUNT)
    return found


def pay(*, employer_no: str, cents: int, purpose: str, reference: str, against: Ledger, on: date) -> str:
    """Owe `cents` to the family against `against`, and order the transfer; returns its end-to-end reference.

    Inside the caller's transaction. `reference` is unique and readable (``ADV-12``): a second call is refused by the
    ledger. Raises RemedyRefused without a valid account.
    """
    account = family_account(employer_no)
    _post(employer_no, reference, cents, {against: cents, Ledger.FAMILY_PAYOUT: -cents}, purpose, on)
    return _order(account, OrderKind.CREDIT, cents, purpose, reference, nth_business_day(on, 1))


def collect(*, employer_no: str, cents: int, purpose: str, reference: str, against: Ledger, due_on: date) -> str:
    """Ask `cents` of the family by bank debit on `due_on`, with its agreement; returns the end-to-end reference.

    Raises RemedyRefused without a valid account or mandate.
    """
    account = family_account(employer_no)
    if not account.mandate_ref or account.mandate_signed_on is None:
        raise RemedyRefused(NO_MANDATE)
    _post(employer_no, reference, cents, {Ledger.FAMILY_DEBIT: cents, against: -cents}, purpose, due_on)
    return _order(account, OrderKind.DEBIT, cents, purpose, reference, due_on)


def _post(employer_no: str, reference: str, cents: int, legs: dict[Ledger, int], purpose: str, on: date) -> None:
    post(
        key=f"cmg:remedy:{reference}", subject=SUBJECT + employer_no, dated=on, label=WORDS[purpose].title(), legs=legs
    )


def order_again(account: Account, former: PaymentOrder, end_to_end_id: str, on: date) -> None:
    """The same transfer to another account of the family, under a reference of its own; the caller books it."""
    _prepare(account, OrderKind.CREDIT, former.amount_cents, former.purpose, end_to_end_id, nth_business_day(on, 1))


def _order(account: Account, kind: OrderKind, cents: int, purpose: str, reference: str, due_on: date) -> str:
    end_to_end_id = f"CMG-{reference}"
    _prepare(account, kind, cents, purpose, end_to_end_id, due_on)
    return end_to_end_id


def _prepare(
    account: Account, kind: OrderKind, cents: int, purpose: str, end_to_end_id: str, due_on: date
) -> None:  # fmt: skip
    debit = kind == OrderKind.DEBIT
    order = {
        "run_id": None, "kind": str(kind), "purpose": purpose, "subject": SUBJECT + account.employer_no,
        "end_to_end_id": end_to_end_id, "name": f"{account.last_name} {account.first_names}".strip()[:140],
        "iban_key": str(account.iban_key), "mandate_ref": account.mandate_ref if debit else "",
        "mandate_signed_on": account.mandate_signed_on if debit else None, "amount_cents": cents,
        "due_on": banking_day_from(due_on),
        "remittance": WORDS.get(purpose, "CMG"), "settlement_id": None,
    }  # fmt: skip
    schema = {"run_id": pl.Int64, "mandate_signed_on": pl.Date, "settlement_id": pl.Int64}
    prepare_orders(pl.DataFrame([order], schema_overrides=schema))
