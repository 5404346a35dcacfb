"""A transfer that came back because of its account: the same day somebody answers for it, until it is sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db import transaction
from django.db.models import QuerySet

from cmg.closing.ending import close_repaid
from cmg.closing.prepare import TECHNICAL_REASONS
from cmg.models import Account
from cmg.remedies.following import follow_orders, returned_orders
from cmg.remedies.limits import answer_day
from cmg.remedies.payments import SUBJECT
from portal.accounts.permissions import moment_on
from portal.banking.models import OrderState, PaymentOrder
from portal.banking.words import BANK_REASONS
from portal.casework.models import Dossier, DossierEvent
from portal.casework.operations import OPEN_STATES, add_event, open_dossiers
from portal.frame.templatetags.portal import money
from portal.turns import one_at_a_time

CODE, KIND = "CMG-033", "RETURNED"
BY = "portail"
PROMISE = "policy.refund_business_days"


@dataclass(frozen=True)
class Returned:
    """One transfer that waits; `another`: the family has given another account since."""

    order: PaymentOrder
    another: bool

    @property
    def words(self) -> str:
        """What is to be done, as a queue says it."""
        if self.another:
            return f"versement revenu, autre compte donné : {money(self.order.amount_cents)} à renvoyer"
        return "versement revenu, autre compte à demander"


def waiting_of_account() -> QuerySet[PaymentOrder]:
    """Transfers that came back because of the family's account, and were not sent again."""
    return returned_orders().exclude(reason_code__in=TECHNICAL_REASONS).filter(subject__startswith=SUBJECT)


def returned_of(subjects: Sequence[str]) -> dict[str, list[Returned]]:
    """The transfers of some families that came back and wait, the oldest first. One query, two when there are some."""
    orders = list(waiting_of_account().filter(subject__in=list(subjects)).order_by("pk"))
    if not orders:
        return {}
    numbers = {order.subject.removeprefix(SUBJECT) for order in orders}
    accounts = Account.objects.filter(employer_no__in=numbers, known_until__isnull=True, iban_valid=True)
    keys = dict(accounts.values_list("employer_no", "iban_key"))
    found: dict[str, list[Returned]] = {}
    for order in orders:
        key = keys.get(order.subject.removeprefix(SUBJECT))
        found.setdefault(order.subject, []).append(Returned(order, key is not None and key != order.iban_key))
    return found


def answer_for_returned(*, on: date) -> int:
    """Open, or note in the family's open dossier, each transfer that came back; returns how many. Repeatable."""
    with transaction.atomic():
        # Two messages read at once tell a same transfer once.
        one_at_a_time("cmg-returned")
        return _answer(on)


def _answer(on: date) -> int:
    told = set(DossierEvent.objects.filter(kind=KIND).values_list("detail__order", flat=True))
    fresh = [order for order in waiting_of_account().order_by("pk") if order.pk not in told]
    if not fresh:
        return 0
    subjects = sorted({order.subject for order in fresh})
    open_now = Dossier.objects.filter(subject__in=subjects, state__in=OPEN_STATES)
    _open(sorted(set(subjects) - set(open_now.values_list("subject", flat=True))), on)
    dossiers = {one.subject: one for one in Dossier.objects.filter(subject__in=subjects, state__in=OPEN_STATES)}
    for order in fresh:
        if (dossier := dossiers.get(order.subject)) is not None:
            _note(dossier, order, on)
    return len(fresh)


def _open(subjects: list[str], on: date) -> None:
    """A dossier at Pajemploi, which holds the accounts; its day is the one on which money sent back is promised."""
    numbers = [subject.removeprefix(SUBJECT) for subject in subjects]
    accounts = Account.objects.filter(employer_no__in=numbers, known_until__isnull=True).order_by("employer_no")
    rows = [
        {"subject": SUBJECT + one.employer_no, "title": f"{one.last_name} {one.first_names}".strip()[:160],
         "fund": one.fund or "", "body": "PAJEMPLOI", "reasons": CODE, "effect": "", "held_cents": 0}
        for one in accounts
    ]  # fmt: skip
    if rows:
        open_dossiers(pl.DataFrame(rows), opened_on=on, deadline=answer_day(PROMISE, on), at=moment_on(on))


def _note(dossier: Dossier, order: PaymentOrder, on: date) -> None:
    codes = sorted({*filter(None, dossier.reasons.split("|")), CODE})
    Dossier.objects.filter(pk=dossier.pk).update(reasons="|".join(codes)[:200])
    reason = BANK_REASONS.get(order.reason_code, "raison non donnée par la banque")
    add_event(
        dossier_pk=dossier.pk, kind=KIND, by=BY, at=moment_on(on), detail={"order": order.pk},
        text=f"Versement de {money(order.amount_cents)} revenu ({reason}) : autre compte à demander à la famille.",
    )  # fmt: skip


def close_sent_again(*, on: date) -> int:
    """Dossiers of families to whom all that came back has arrived, and of whom nothing waits any more."""
    again = PaymentOrder.objects.filter(end_to_end_id__endswith="-R", subject__startswith=SUBJECT)
    open_ones = Dossier.objects.filter(state__in=OPEN_STATES, reasons=CODE, subject__in=again.values("subject"))
    arrived = open_ones.exclude(subject__in=again.exclude(state=OrderState.BOOKED).values("subject"))
    numbers = [one.removeprefix(SUBJECT) for one in arrived.values_list("subject", flat=True)]
    return close_repaid(families=numbers, on=on, at=moment_on(on)) if numbers else 0


def after_bank_message(on: date) -> None:
    """What a message of the bank may have changed: the remedies, and who answers for what came back."""
    follow_orders(on=on)
    answer_for_returned(on=on)
    close_sent_again(on=on)
