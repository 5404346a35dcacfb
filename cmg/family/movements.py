"""Each movement of money of a family, with its date and what the bank said, in words that need no glossary."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.utils import timezone

from cmg.closing.prepare import TECHNICAL_REASONS
from cmg.models import Account
from cmg.remedies.limits import answer_day
from portal.banking.models import OrderKind, OrderState, PaymentOrder
from portal.banking.words import BANK_REASONS
from portal.frame.templatetags.portal import long_day, money

PLANNED, AT_BANK, DONE, REFUSED, RETURNED = "PLANNED", "AT_BANK", "DONE", "REFUSED", "RETURNED"
STATES = {
    OrderState.PREPARED: AT_BANK, OrderState.SENT: AT_BANK, OrderState.ACCEPTED: AT_BANK, OrderState.BOOKED: DONE,
    OrderState.REJECTED: REFUSED, OrderState.RETURNED: RETURNED,
}  # fmt: skip
WHAT = {
    "CMG_DEBIT": "Cotisations",
    "CMG_SINGLE": "Pajemploi+ : salaire et cotisations, aide déduite",
    "CMG_SALARY": "Pajemploi+ : salaire",
    "CMG_PAYOUT": "Aide à la garde",
    "CMG_REFUND": "Remboursement de cotisations",
    "CMG_STRUCTURE": "Aide à la garde, sur facture",
    "CMG_ADVANCE": "Avance",
    "CMG_AID": "Aide de la commission d’urgence",
    "CMG_INSTALMENT": "Échéance de remboursement",
}
SHOWN_MOST = 200
# Money that came back is a debt of ours: promised within the days of a refund, from the day the account was given.
SENT_AGAIN = "policy.refund_business_days"


@dataclass(frozen=True)
class Movement:
    """One movement: planned by a month not sent yet, or ordered from the bank. `day` is when it is due, or was booked.

    `is_answered`: the family has given another account than the one this movement went to; `again_by`: the day before
    which what came back is there.
    """

    is_debit: bool
    purpose: str
    cents: int
    day: date | None
    state: str
    month: date | None = None
    kept_cents: int = 0
    account_tail: str = ""
    reason_code: str = ""
    order_pk: int | None = None
    resent: bool = False
    is_answered: bool = False
    again_by: date | None = None
    reference: str = ""

    @property
    def what(self) -> str:
        return WHAT.get(self.purpose, "Mouvement")

    @property
    def failed(self) -> bool:
        """Refused or given back by the bank, and not sent again."""
        return self.state in (REFUSED, RETURNED) and not self.resent

    @property
    def needs_account(self) -> bool:
        """Money that came back because of its account: the family gives another one. A file refused, or a bank that could
        not be reached, asks nothing of the family."""
        return self.failed and not self.is_debit and not self.is_answered and self.reason_code not in TECHNICAL_REASONS

    @property
    def is_coming(self) -> bool:
        return self.state in (PLANNED, AT_BANK)

    @property
    def sentence(self) -> str:
        """What happened or will happen to it, said without a sign."""
        done, coming = ("prélevés", "seront prélevés") if self.is_debit else ("versés", "seront versés")
        account = f" sur votre compte finissant par {self.account_tail}" if self.account_tail else ""
        if self.state == DONE:
            return f"{money(self.cents)} {done}{account} le {long_day(self.day)}."
        if self.failed:
            return f"{self._refusal} {money(self.cents)} : {self.reason}."
        if self.state in (REFUSED, RETURNED):
            return f"{money(self.cents)} : revenus, puis envoyés sur un autre compte."
        if self.day is None:
            return f"{money(self.cents)} attendent un compte bancaire."
        return f"{money(self.cents)} {coming}{account} le {long_day(self.day)}."

    @property
    def _refusal(self) -> str:
        if self.is_debit:
            return "Votre banque a refusé le prélèvement de"
        return (
            "Votre banque nous a renvoyé" if self.state == RETURNED else "Votre banque n’a pas accepté le virement de"
        )

    @property
    def what_next(self) -> str:
        """What becomes of a movement that failed."""
        if self.is_debit:
            return "Rien n’est représenté sans vous prévenir. Vérifiez votre compte bancaire, ou écrivez-nous pour convenir d’une date."
        if self.needs_account:
            return "Donnez un autre compte : nous renvoyons la somme aussitôt, en entier."
        if self.is_answered:
            by = f" Elle arrive avant le {long_day(self.again_by)}." if self.again_by else ""
            return (
                f"Vous avez donné un autre compte : nous y renvoyons la somme, en entier.{by} Vous n’avez rien à faire."
            )
        return "Cela ne vient pas de votre compte : nous renvoyons la somme, en entier. Vous n’avez rien à faire."

    @property
    def answer(self) -> str:
        """The bank's answer."""
        return {
            PLANNED: "pas encore envoyé à la banque", AT_BANK: "envoyé à la banque, réponse attendue",
            DONE: "passé sur votre compte", REFUSED: "refusé par la banque", RETURNED: "revenu de la banque",
        }[self.state] + (" ; envoyé sur un autre compte" if self.resent else "")  # fmt: skip

    @property
    def reason(self) -> str:
        return BANK_REASONS.get(self.reason_code, "raison non donnée par la banque")

    @property
    def tone(self) -> str:
        return "stop" if self.failed else "ok" if self.state == DONE else "wait"


def ordered(subject: str, months: dict[int, date], account: Account | None) -> list[Movement]:
    """The movements ordered for a family, the last first. `months`: care month by settlement. Two queries."""
    orders = list(PaymentOrder.objects.filter(subject=subject).select_related("run").order_by("-pk")[:SHOWN_MOST])
    tails = _tails(orders, account)
    again_by = answer_day(SENT_AGAIN, timezone.localdate(account.known_from)) if account is not None else None
    again = {order.end_to_end_id.removesuffix("-R") for order in orders if order.end_to_end_id.endswith("-R")}
    return [
        Movement(
            is_debit=order.kind == OrderKind.DEBIT, purpose=order.purpose, cents=order.amount_cents,
            day=_day(order), state=STATES[OrderState(order.state)], reference=order.end_to_end_id,
            month=months.get(order.settlement_id or 0) or (order.run.month if order.run else None),
            account_tail=tails.get(order.iban_key, ""), reason_code=order.reason_code, order_pk=order.pk,
            resent=order.end_to_end_id in again, is_answered=_is_answered(order, account),
            again_by=again_by,
        )
        for order in orders
    ]  # fmt: skip


def _day(order: PaymentOrder) -> date:
    """When it passed, or was refused; while the bank has it, the day that was asked: its « accepted » moves no money."""
    return order.due_on if STATES[OrderState(order.state)] == AT_BANK else order.settled_on or order.due_on


def _is_answered(order: PaymentOrder, account: Account | None) -> bool:
    return account is not None and account.iban_valid and order.iban_key != account.iban_key


def _tails(orders: Iterable[PaymentOrder], account: Account | None) -> dict[object, str]:
    """The last four signs of each account used, past ones included."""
    if account is None:
        return {}
    tails: dict[object, str] = {account.iban_key: account.iban_tail}
    others = {order.iban_key for order in orders} - set(tails)
    if others:
        former = Account.objects.filter(employer_no=account.employer_no, iban_key__in=others)
        tails |= dict(former.values_list("iban_key", "iban_tail"))
    return tails


def planned(leaving: pl.DataFrame, month: date, account: Account | None) -> list[Movement]:
    """The movements of a month that is not sent yet (`cmg.closing.issuing.leaving_of`), one a purpose and day."""
    tail = account.iban_tail if account is not None and account.iban_valid else ""
    grouped = leaving.group_by("kind", "purpose", "due_on").agg(
        pl.col("amount_cents").sum(), pl.col("kept_cents").sum()
    )
    return [
        Movement(
            is_debit=row["kind"] == "DEBIT", purpose=row["purpose"], cents=row["amount_cents"], day=row["due_on"],
            state=PLANNED, month=month, kept_cents=row["kept_cents"], account_tail=tail,
        )
        for row in grouped.sort("due_on", "purpose", nulls_last=True).to_dicts()
    ]  # fmt: skip
