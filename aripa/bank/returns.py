"""What the bank refused or sent back, in the transaction of its message: a debit becomes a fact of the next day lived, a
transfer waits for another account. Nothing is lost between the two, and nothing is told twice."""

from collections.abc import Sequence
from datetime import date

from aripa.flows.events import RETURN_CODES
from aripa.flows.kinds import EVENTS
from aripa.flows.own import Numbers, receive
from aripa.models import BankMove, Event, EventKind, Waits
from aripa.models.banked import pk_of
from portal.audit.operations import journal
from portal.banking.answers import WHOLE_FILE
from portal.banking.models import OrderKind, PaymentOrder
from portal.banking.open_items import close_presented_again
from portal.banking.services import PENSIONS, service_of_order
from portal.exchange.models import FileOrigin
from portal.exchange.operations import hold_flow
from portal.legislation.trace import euros

SENDER = "banque"
NOT_SAID = "MS03"
TOLD = "Repris dans le dossier de pension : l’échéance est due de nouveau"


def _ours(orders: Sequence[PaymentOrder]) -> list[PaymentOrder]:
    return [one for one in orders if service_of_order(one.purpose) is PENSIONS]


def wait_for_turn(orders: Sequence[PaymentOrder]) -> None:
    """A file that tells the same return at this very moment is waited for, then seen."""
    if any(one.kind == OrderKind.DEBIT and one.reason_code != WHOLE_FILE for one in _ours(orders)):
        hold_flow(EVENTS)


def take_back(orders: Sequence[PaymentOrder], on: date) -> None:
    """Inside the transaction of the message that refused or sent back `orders`, after `wait_for_turn`."""
    ours = _ours(orders)
    refused = [one for one in ours if one.reason_code == WHOLE_FILE]
    came_back = [one for one in ours if one.reason_code != WHOLE_FILE]
    _wait(refused, Waits.FILE_REFUSED, on)
    _wait([one for one in came_back if one.kind == OrderKind.CREDIT], Waits.CAME_BACK, on)
    _tell([one for one in came_back if one.kind == OrderKind.DEBIT], on)


def _wait(orders: Sequence[PaymentOrder], why: Waits, on: date) -> None:
    """Owed and not on its way: an earlier order of the same movement no longer decides once another one left."""
    last = {one.end_to_end_id for one in orders}
    moves = BankMove.objects.select_for_update(of=("self",)).filter(pk__in=[pk_of(one) for one in last], waits="")
    pks = [one.pk for one in moves.order_by("pk") if one.end_to_end_id in last]
    BankMove.objects.filter(pk__in=pks).update(waits=why, since=on)


def _tell(orders: Sequence[PaymentOrder], on: date) -> None:
    """The fact DEBIT_RETURNED of each debit, unless a file told it already; its open item needs nobody any more."""
    if not orders:
        return
    moves = BankMove.objects.in_bulk([pk_of(one.end_to_end_id) for one in orders])
    found = [(one, moves[pk_of(one.end_to_end_id)]) for one in orders]
    told = _told({move.case_id for move in moves.values()})
    rows = [_row(order, move, on) for order, move in found if (move.case_id, move.month, move.amount_cents) not in told]
    if rows:
        receive(rows, name=f"retours-banque-{rows[0]['event_no']}.csv", sender=SENDER, origin=FileOrigin.BANK)
    close_presented_again([one.end_to_end_id for one in orders], on=on, note=TOLD)
    journal(actor=SENDER, action="aripa.debits.returned", subject=f"day:{on}", detail={"debits": len(orders)})


def _told(cases: set[str]) -> set[tuple[str, date | None, int | None]]:
    """The terms whose debit is known to have come back: a term is debited once. Told of another amount, it is no debit of
    ours: the days hear nothing of it, and the bank's word has still to be told."""
    rows = Event.objects.filter(case_no__in=cases, kind=EventKind.DEBIT_RETURNED)
    return set(rows.values_list("case_no", "month", "amount_cents"))


def _row(order: PaymentOrder, move: BankMove, on: date) -> dict[str, str]:
    assert move.month is not None, "a debit is that of a term"
    return {
        "event_no": str(Numbers.BANK.of(order.pk)), "day": f"{on}", "case_no": move.case_id,
        "kind": str(EventKind.DEBIT_RETURNED), "month": f"{move.month:%Y-%m}",
        "reason": order.reason_code if order.reason_code in RETURN_CODES else NOT_SAID,
        "amount": euros(move.amount_cents),
    }  # fmt: skip
