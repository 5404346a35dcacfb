"""What each parent may read of a case: due, paid, and what is left. Neither names the other, nor where they live."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from aripa.life.state import Case, Movement, Term
from portal.legislation.words import MONTHS, month_in_words, sum_in_words

CHARGES = {"COST": "Frais de procédure", "FEE": "Frais de recouvrement", "PENALTY": "Pénalité"}
PAID_BY_DEBTOR = {
    "DEBIT": ("Prélèvement", 1), "RECEIPT": ("Paiement reçu", 1), "DEBIT_RETURN": ("Prélèvement rejeté par la banque", -1),
    "REFUND": ("Remboursement", -1), "BETWEEN": ("Payé directement à l’autre parent", 1),
}  # fmt: skip
PAID_TO_CREDITOR = {
    "PAYOUT": ("Versement de la pension", 1), "OFFSET": ("Déduit avec votre accord", 1),
    "BETWEEN": ("Reçu directement de l’autre parent", 1),
    "OVERPAYMENT": ("Paiement annulé par la banque ou qui n’était plus dû", -1),
}  # fmt: skip
ASF = {"ASF": "Allocation de soutien familial", "ASF_TOP_UP": "Allocation de soutien familial, complément"}


@dataclass(frozen=True)
class StatementRow:
    """One line: an amount due or paid on a day, and what is owed after it. Cents."""

    day: date
    label: str
    month: date | None
    due: int
    paid: int
    balance: int


@dataclass
class Lived:
    """A case and all its movements."""

    case: Case
    movements: list[Movement] = field(default_factory=list)


def debtor_rows(lived: Lived) -> list[StatementRow]:
    """Terms due, payments, fees; the balance is what this parent owes."""
    found = [*_terms(lived.case), *_charges(lived.case)]
    for one in lived.movements:
        if one.kind in PAID_BY_DEBTOR:
            label, sign = PAID_BY_DEBTOR[one.kind]
            found.append((one.day, label, one.month, 0, sign * one.amount, sign * one.amount))
    return _with_balance(found)


def creditor_rows(lived: Lived) -> list[StatementRow]:
    """Terms due, payouts, ASF; the balance is what is still owed to this parent. Of ASF, only what is advanced counts."""
    found = list(_terms(lived.case))
    for one in lived.movements:
        if one.kind in PAID_TO_CREDITOR:
            label, sign = PAID_TO_CREDITOR[one.kind]
            found.append((one.day, label, one.month, 0, sign * one.amount, sign * one.amount))
        elif one.kind in ASF:
            found.append((one.day, ASF[one.kind], one.month, 0, one.amount, _advanced(lived.case, one)))
        elif one.kind == "REPAYMENT":
            found.append((one.day, f"Vous avez rendu {sum_in_words(one.amount)}", None, 0, 0, 0))
    return _with_balance(found)


Entry = tuple[date, str, date | None, int, int, int]


def _terms(case: Case) -> Iterable[Entry]:
    for term in case.terms:
        due = 0 if term.suspended else term.due
        yield (term.due_on, _label(term), term.month, due, 0, 0)


def _label(term: Term) -> str:
    of = "Arriéré" if term.arrears else "Pension"
    preposition = "d’" if MONTHS[term.month.month - 1][0] in "ao" else "de "
    suspended = ", non appelée" if term.suspended else ""
    return f"{of} {preposition}{month_in_words(term.month)}{suspended}"


def _charges(case: Case) -> Iterable[Entry]:
    for day, kind, amount in case.charges:
        yield (day, CHARGES[kind], None, amount, 0, 0)


def _advanced(case: Case, one: Movement) -> int:
    return sum(
        row.recoverable for row in case.asf if row.month == one.month and row.kind != "TOP_UP" and one.kind == "ASF"
    )


def _with_balance(entries: Iterable[Entry]) -> list[StatementRow]:
    """In the order of the days, what is due before what is paid; `counted` is what a payment takes off the debt."""
    balance, rows = 0, []
    for day, label, month, due, paid, counted in sorted(entries, key=lambda one: (one[0], one[3] == 0)):
        balance += due - counted
        rows.append(StatementRow(day, label, month, due, paid, balance))
    return rows
