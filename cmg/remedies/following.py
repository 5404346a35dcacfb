"""What the bank did with the money of the remedies: paid, taken, or sent back; and sending it again."""

from datetime import date

from django.db import transaction

from cmg.models import Advance, BoardCase, Instalment, Refund
from cmg.models.remedies import AdvanceState, BoardState, RefundState
from cmg.remedies import payments
from cmg.remedies.limits import RemedyRefused
from cmg.remedies.overpayments import note_repaid
from portal.audit.operations import journal
from portal.banking.models import OrderKind, OrderState, PaymentOrder
from portal.casework.moves import move
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import post

BY = "portail"


def follow_orders(*, on: date) -> int:
    """Bring every remedy to what the bank said of its order; returns how many moved. Repeatable."""
    moved = _follow(Advance, AdvanceState.GRANTED, OrderState.BOOKED, AdvanceState.PAID)
    moved += _follow(BoardCase, BoardState.GRANTED, OrderState.BOOKED, BoardState.PAID)
    moved += _follow(Refund, RefundState.ORDERED, OrderState.BOOKED, RefundState.PAID)
    for came_back in (OrderState.REJECTED, OrderState.RETURNED):
        moved += _follow(Refund, RefundState.ORDERED, came_back, RefundState.RETURNED)
        moved += _follow(Refund, RefundState.PAID, came_back, RefundState.RETURNED)
    taken = PaymentOrder.objects.filter(purpose="CMG_INSTALMENT", state=OrderState.BOOKED).values("end_to_end_id")
    for pk in Instalment.objects.filter(paid_on__isnull=True, end_to_end_id__in=taken).values_list("pk", flat=True):
        note_repaid(instalment_pk=pk, on=on, by=BY)
        moved += 1
    return moved


def _follow(model: type, state: str, said: OrderState, to: str) -> int:
    """Rows of `model` in `state` whose order the bank brought to `said` go to `to`."""
    waiting = model.objects.filter(state=state).exclude(end_to_end_id="")  # type: ignore[attr-defined]
    references = PaymentOrder.objects.filter(end_to_end_id__in=waiting.values("end_to_end_id"), state=said)
    found = waiting.filter(end_to_end_id__in=references.values("end_to_end_id")).order_by("pk")
    pks = list(found.values_list("pk", flat=True))
    for pk in pks:
        with transaction.atomic():
            row = model.objects.select_for_update(of=("self",)).get(pk=pk)  # type: ignore[attr-defined]
            if row.state == state:
                move(row, to, by=BY, reason=f"la banque : {said.label.lower()}")
    return len(pks)


def returned_credits(employer_no: str | None = None) -> list[PaymentOrder]:
    """Transfers that came back and were not sent again, the oldest first."""
    found = PaymentOrder.objects.filter(
        kind=OrderKind.CREDIT, state__in=[OrderState.REJECTED, OrderState.RETURNED], purpose__startswith="CMG_"
    )
    if employer_no is not None:
        found = found.filter(subject=payments.SUBJECT + employer_no)
    again = PaymentOrder.objects.filter(end_to_end_id__endswith="-R").values_list("end_to_end_id", flat=True)
    sent = {reference.removesuffix("-R") for reference in again}
    return [order for order in found.order_by("pk") if order.end_to_end_id not in sent]


def resend(*, order_pk: int, by: str, on: date) -> str:
    """Send a transfer that came back to the family's other account, whole; returns the new reference.

    A second call is refused by the order's unique reference. Raises RemedyRefused while the account is the same.
    """
    with transaction.atomic():
        order = PaymentOrder.objects.select_for_update(of=("self",)).get(pk=order_pk)
        if order.kind != OrderKind.CREDIT or order.state not in (OrderState.REJECTED, OrderState.RETURNED):
            raise RemedyRefused("Ce versement n’est pas revenu : il n’y a rien à renvoyer.")
        employer_no = order.subject.removeprefix(payments.SUBJECT)
        account = payments.family_account(employer_no)
        if account.iban_key == order.iban_key:
            raise RemedyRefused("C’est encore le compte que la banque a refusé : il en faut un autre.")
        reference = f"{order.end_to_end_id}-R"
        if PaymentOrder.objects.filter(end_to_end_id=reference).exists():
            raise RemedyRefused("Ce versement est déjà renvoyé.")
        if order.state == OrderState.RETURNED:
            owed = Ledger.FAMILY_REFUND if order.purpose == "CMG_REFUND" else Ledger.FAMILY_PAYOUT
            post(
                key=f"bank:{reference}:again", subject=order.subject, dated=on, label="Renvoyé sur un autre compte",
                legs={Ledger.RETURNED_PAYOUT: order.amount_cents, owed: -order.amount_cents},
            )  # fmt: skip
        payments.order_again(account, order, reference, on)
        Advance.objects.filter(end_to_end_id=order.end_to_end_id).update(end_to_end_id=reference)
        BoardCase.objects.filter(end_to_end_id=order.end_to_end_id).update(end_to_end_id=reference)
        for refund in Refund.objects.select_for_update().filter(end_to_end_id=order.end_to_end_id):
            move(refund, RefundState.ORDERED, by=by, reason="renvoyé sur un autre compte", end_to_end_id=reference)
        journal(actor=by, action="cmg.order.resent", subject=order.subject, detail={"reference": reference})
    return reference
