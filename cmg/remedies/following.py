"""What the bank did with the money of the remedies: paid, taken, or sent back; and sending it again."""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from cmg.models import Advance, BoardCase, Instalment, Refund, Settlement
from cmg.models.remedies import AdvanceState, BoardState, RefundState
from cmg.remedies import payments
from cmg.remedies.advances import SETTLED_SINCE, waits_for
from cmg.remedies.limits import RemedyRefused
from cmg.remedies.overpayments import CAME_BACK, note_came_back, note_repaid
from portal.audit.operations import journal
from portal.banking.answers import WHOLE_FILE
from portal.banking.models import OpenItem, OrderKind, OrderState, PaymentOrder
from portal.banking.open_items import close_presented_again
from portal.casework.moves import move
from portal.ledger.models import Account as Ledger
from portal.ledger.models import Entry
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
        moved += _follow(Refund, RefundState.CLOSED, came_back, RefundState.RETURNED)
    return moved + _follow_instalments(on)


def _follow_instalments(on: date) -> int:
    orders = PaymentOrder.objects.filter(purpose="CMG_INSTALMENT")
    taken = orders.filter(state=OrderState.BOOKED).values("end_to_end_id")
    repaid = list(Instalment.objects.filter(paid_on__isnull=True, end_to_end_id__in=taken).values_list("pk", flat=True))
    for pk in repaid:
        note_repaid(instalment_pk=pk, on=on, by=BY)
    back = orders.filter(state__in=CAME_BACK).exclude(end_to_end_id__in=_noted()).values("end_to_end_id")
    came_back = list(Instalment.objects.filter(end_to_end_id__in=back).values_list("pk", flat=True))
    for pk in came_back:
        note_came_back(instalment_pk=pk, by=BY)
    return len(repaid) + len(came_back)


def _noted() -> list[str]:
    """Instalments whose return is already in the books."""
    keys = Entry.objects.filter(key__startswith="cmg:remedy:INS-", key__endswith=":back").values_list("key", flat=True)
    return ["CMG-" + key.removeprefix("cmg:remedy:").removesuffix(":back") for key in keys]


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


def returned_orders() -> QuerySet[PaymentOrder]:
    """Transfers of the CMG that came back and wait: neither sent again, nor carried by a later run of the month.

    A run that carries one closes its open item (`cmg.closing.issuing`). A file refused whole opens one for all its
    orders: there, any later order of the same declaration carries it.
    """
    number = Settlement.objects.filter(pk=OuterRef("settlement_id")).values("declaration_no")[:1]
    again = PaymentOrder.objects.filter(end_to_end_id=Concat(OuterRef("end_to_end_id"), Value("-R")))
    carried = OpenItem.objects.filter(order=OuterRef("pk"), closed_on__isnull=False)
    of_number = Settlement.objects.filter(declaration_no=OuterRef(OuterRef("number"))).values("pk")
    later = PaymentOrder.objects.filter(
        kind=OrderKind.CREDIT, settlement_id__in=of_number, run__ordinal__gt=OuterRef("run__ordinal"),
        run__month=OuterRef("run__month"),
    )  # fmt: skip
    came_back = PaymentOrder.objects.filter(kind=OrderKind.CREDIT, state__in=CAME_BACK, purpose__startswith="CMG_")
    waiting = came_back.annotate(number=Subquery(number)).exclude(Exists(again)).exclude(Exists(carried))
    cancelled = Advance.objects.filter(end_to_end_id=OuterRef("end_to_end_id"), state=AdvanceState.CANCELLED)
    return waiting.exclude(Exists(later), reason_code=WHOLE_FILE).exclude(Exists(cancelled))


def returned_credits(employer_no: str) -> list[PaymentOrder]:
    """The family's transfers that came back and wait, the oldest first."""
    return list(returned_orders().filter(subject=payments.SUBJECT + employer_no).order_by("pk"))


def _check_still_awaited(order: PaymentOrder, on: date) -> None:
    """An advance that never arrived and whose months were settled since would be paid a second time."""
    advance = Advance.objects.filter(end_to_end_id=order.end_to_end_id, netted_cents=0).first()
    if advance is not None and not waits_for(advance, on=on):
        raise RemedyRefused(f"{SETTLED_SINCE} Annulez l’avance au lieu de la renvoyer.")


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
        # A file refused whole says nothing of the family's account.
        if account.iban_key == order.iban_key and order.reason_code != WHOLE_FILE:
            raise RemedyRefused("C’est encore le compte que la banque a refusé : il en faut un autre.")
        reference = f"{order.end_to_end_id}-R"
        if PaymentOrder.objects.filter(end_to_end_id=reference).exists():
            raise RemedyRefused("Ce versement est déjà renvoyé.")
        if not returned_orders().filter(pk=order.pk).exists():
            raise RemedyRefused("Un arrêté plus récent a déjà renvoyé cette somme.")
        _check_still_awaited(order, on)
        if order.state == OrderState.RETURNED:
            owed = Ledger.FAMILY_REFUND if order.purpose == "CMG_REFUND" else Ledger.FAMILY_PAYOUT
            post(
                key=f"bank:{reference}:again", subject=order.subject, dated=on, label="Renvoyé sur un autre compte",
                legs={Ledger.RETURNED_PAYOUT: order.amount_cents, owed: -order.amount_cents},
            )  # fmt: skip
        payments.order_again(account, order, reference, on)
        close_presented_again([order.end_to_end_id], on=on, note="Renvoyé sur un autre compte")
        Advance.objects.filter(end_to_end_id=order.end_to_end_id).update(end_to_end_id=reference)
        BoardCase.objects.filter(end_to_end_id=order.end_to_end_id).update(end_to_end_id=reference)
        for refund in Refund.objects.select_for_update().filter(end_to_end_id=order.end_to_end_id):
            move(refund, RefundState.ORDERED, by=by, reason="renvoyé sur un autre compte", end_to_end_id=reference)
        journal(actor=by, action="cmg.order.resent", subject=order.subject, detail={"reference": reference})
    return reference
