"""The bank's answers: each message taken in once, each line matched, booked, or opened for somebody."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from portal.audit.operations import journal
from portal.banking.formats.messages import (
    ACCEPTED,
    BOOKED,
    LARGEST,
    REJECTED,
    RETURNED,
    BankLine,
    Message,
    MessageRefused,
    read_message,
)
from portal.banking.models import (
    ORDER_MOVES,
    BankFile,
    BankMessage,
    BankStatement,
    OpenItem,
    OrderKind,
    OrderState,
    PaymentOrder,
)
from portal.banking.open_items import owner_on
from portal.banking.services import account_of_return, account_settled, service_of_file, service_of_order
from portal.ledger.models import Account, Entry
from portal.ledger.operations import post_many
from portal.people.vault import encrypt

STATES = {ACCEPTED: OrderState.ACCEPTED, BOOKED: OrderState.BOOKED, REJECTED: OrderState.REJECTED,
          RETURNED: OrderState.RETURNED}  # fmt: skip
WHOLE_FILE = "FICHIER"
FINAL = {OrderState.REJECTED, OrderState.RETURNED}


_followers: list[Callable[[date], object]] = []
Orders = Sequence[PaymentOrder]
_takers: list[tuple[Callable[[Orders], object], Callable[[Orders, date], object]]] = []


def follow_with(follower: Callable[[date], object]) -> None:
    """Have `follower` called with the day after each message taken in: an application brings its own rows up to date."""
    if follower not in _followers:
        _followers.append(follower)


def take_back_with(taker: Callable[[Orders, date], object], *, after: Callable[[Orders], object]) -> None:
    """Have `taker` called with the orders that a message refused or sent back, and the day, in the message's own
    transaction: what follows from it is written with it, once, or not at all. `after` takes the turns that it needs: those
    of every taker come before the first of them writes, so that none waits with the journal in its hands."""
    if (after, taker) not in _takers:
        _takers.append((after, taker))


@dataclass(frozen=True)
class MessageReport:
    """What became of a message: lines, matched ones, items opened; `known` when it had been taken in before."""

    name: str
    kind: str
    lines: int = 0
    matched: int = 0
    opened: int = 0
    known: bool = False


def import_messages(paths: Iterable[Path], *, on: date) -> list[MessageReport]:
    """Take in bank messages, in any order. Raises MessageRefused for a file that is not one."""
    return [import_path(path, on=on) for path in paths]


def import_path(path: Path, *, on: date) -> MessageReport:
    """Take in the message of a file. Raises MessageRefused, before reading it when it is too big; or OSError."""
    if path.stat().st_size > LARGEST:
        raise MessageRefused("Le message est trop gros.")
    return import_message(path.read_bytes(), name=path.name, on=on)


def import_message(content: bytes, *, name: str, on: date) -> MessageReport:
    """Take in one message, in one transaction; the same content again changes nothing. Raises MessageRefused."""
    message = read_message(content)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        kept, created = BankMessage.objects.get_or_create(
            sha256=digest,
            defaults={
                "name": name[:200], "kind": message.kind, "message_id": message.message_id[:35],
                "received_at": timezone.now(), "content": encrypt(content), "lines": len(message.lines),
            },
        )  # fmt: skip
        if not created:
            return MessageReport(name, message.kind, known=True)
        orders = _orders(message)
        owner = owner_on(on)
        book, items = Bookings(), []
        for line in message.lines:
            problem = _take(line, message, orders, on, book)
            if problem:
                order = orders.get(line.end_to_end_id)
                items.append(OpenItem(
                    message=kept, line=line.number, order=order, reason=problem, bank_reason=line.reason[:8],
                    amount_cents=_amount_of(line, order),
                    reference=(line.end_to_end_id or line.reference)[:80], owner_id=owner, opened_on=on,
                ))  # fmt: skip
        OpenItem.objects.bulk_create(items, batch_size=2000)
        BankStatement.objects.bulk_create(
            BankStatement(message=kept, **(asdict(statement) | {"account": statement.account[:34]}))
            for statement in message.statements
        )
        book.write()
        opened = len(items)
        matched = len(message.lines) - opened
        kept.matched, kept.services = matched, _services(message, orders.values())
        kept.save(update_fields=["matched", "services"])
        for after, _taker in _takers:
            after(book.came_to_nothing)
        for _after, taker in _takers:
            taker(book.came_to_nothing, on)
        journal(
            actor="banque", action="bank.message", subject=f"bank:{kept.pk}",
            detail={"kind": message.kind, "matched": matched, "opened": opened},
        )  # fmt: skip
    for follower in _followers:
        follower(on)
    return MessageReport(name, message.kind, len(message.lines), matched, opened)


def _orders(message: Message) -> dict[str, PaymentOrder]:
    references = {line.end_to_end_id for line in message.lines if line.end_to_end_id}
    found = PaymentOrder.objects.select_for_update(of=("self",)).filter(end_to_end_id__in=references).order_by("pk")
    return {order.end_to_end_id: order for order in found}


def _services(message: Message, orders: Iterable[PaymentOrder]) -> str:
    """The services whose orders or files the message names."""
    named = {line.original_message_id for line in message.lines if not line.end_to_end_id}
    files = BankFile.objects.filter(message_id__in=named).values_list("message_id", flat=True)
    found = {service_of_order(one.purpose) for one in orders} | {service_of_file(one) for one in files}
    return ",".join(sorted(one.code for one in found))


def _take(line: BankLine, message: Message, orders: dict[str, PaymentOrder], on: date, book: "Bookings") -> str:
    """Apply one line; returns what is wrong with it, or nothing."""
    if not line.end_to_end_id and message.kind == "pain.002":
        return _several(line, on, book)
    order = orders.get(line.end_to_end_id)
    if order is None:
        return "reference_inconnue"
    if line.amount_said and line.amount_cents is None:
        return "montant_illisible"
    if line.amount_cents is not None and line.amount_cents != order.amount_cents:
        return "montant_different"
    if line.status not in STATES:
        return "etat_inconnu"
    to = STATES[line.status]
    if to == OrderState.BOOKED and line.is_credit is not None and line.is_credit != (order.kind == OrderKind.DEBIT):
        # Our own reference in the other direction: the bank gives the movement back.
        to = OrderState.RETURNED
    return _move(order, to, line, on, book)


def _several(line: BankLine, on: date, book: "Bookings") -> str:
    """The status of a file, or of one of its groups: an accepted one accepts its orders, a refused one refuses them.

    The reason is then the file's, and says nothing of any family's account.
    """
    file = BankFile.objects.filter(message_id=line.original_message_id).first()
    if file is None:
        return "fichier_inconnu"
    orders = PaymentOrder.objects.filter(bank_file=file)
    if line.group:
        day = _day_of(line.group, file)
        if day is None:
            return "fichier_inconnu"
        orders = orders.filter(due_on=day)
    if line.status == ACCEPTED:
        orders.filter(state=OrderState.SENT).update(state=OrderState.ACCEPTED)
        return ""
    if line.status == REJECTED:
        waiting = orders.filter(state__in=[OrderState.SENT, OrderState.ACCEPTED])
        refused = list(waiting.select_for_update(of=("self",)).order_by("pk"))
        for order in refused:
            order.state, order.settled_on, order.reason_code = OrderState.REJECTED, on, WHOLE_FILE
        waiting.update(state=OrderState.REJECTED, reason_code=WHOLE_FILE)
        book.came_to_nothing += refused
        return "fichier_refuse"
    return "etat_inconnu"


def _day_of(group: str, file: BankFile) -> date | None:
    """The due date of a group: they are numbered in the order of dates."""
    days = PaymentOrder.objects.filter(bank_file=file).order_by("due_on").values_list("due_on", flat=True).distinct()
    return {f"{file.message_id}-{number}": day for number, day in enumerate(days, start=1)}.get(group)


def _amount_of(line: BankLine, order: PaymentOrder | None) -> int:
    """What is at stake in an open item, as far as it is known."""
    if line.amount_cents or order:
        return line.amount_cents or (order.amount_cents if order else 0)
    if line.status != REJECTED:
        return 0
    refused = PaymentOrder.objects.filter(bank_file__message_id=line.original_message_id, reason_code=WHOLE_FILE)
    return int(refused.aggregate(total=Sum("amount_cents", default=0))["total"])


def _move(order: PaymentOrder, to: OrderState, line: BankLine, on: date, book: "Bookings") -> str:
    """Bring the order to `to`, whatever the order of messages; book what the bank really moved."""
    former, day = OrderState(order.state), line.booked_on or on
    if to == OrderState.BOOKED and not book.is_first_line(order):
        return "deja_passe"
    if to == former or (to == OrderState.ACCEPTED and former in (OrderState.BOOKED, OrderState.RETURNED)):
        return ""
    if to == OrderState.BOOKED and former == OrderState.RETURNED:
        # The return was told before the booking it undoes: both are written, in their own days. Or both were written
        # before, and the day's statement tells the whole story again.
        if not book.is_written(order):
            book.moved(order, day)
            book.came_back(order, day)
        return ""
    if to not in ORDER_MOVES[former]:
        return "ordre_jamais_envoye" if former == OrderState.PREPARED else "contradiction"
    if to == OrderState.BOOKED:
        book.moved(order, day)
    if to in FINAL and former == OrderState.BOOKED:
        book.came_back(order, day)
    order.state, order.settled_on, order.reason_code = to, day, line.reason[:8]
    book.changed[order.pk] = order
    if to in FINAL:
        book.came_to_nothing.append(order)
    return "retour" if to == OrderState.RETURNED else "rejet" if to == OrderState.REJECTED else ""


@dataclass
class Bookings:
    """What a message makes us write, gathered and written at once."""

    changed: dict[int, PaymentOrder] = field(default_factory=dict)
    entries: list[dict[str, object]] = field(default_factory=list)
    legs: list[dict[str, object]] = field(default_factory=list)
    told: set[int] = field(default_factory=set)
    came_to_nothing: list[PaymentOrder] = field(default_factory=list)

    def is_first_line(self, order: PaymentOrder) -> bool:
        """Whether the message had not said yet that this order went through: a bank may not take twice."""
        first = order.pk not in self.told
        self.told.add(order.pk)
        return first

    def is_written(self, order: PaymentOrder) -> bool:
        """Whether the booking of this order is in the ledger, or about to be."""
        key = f"bank:{order.end_to_end_id}:booked"
        return any(entry["key"] == key for entry in self.entries) or Entry.objects.filter(key=key).exists()

    def moved(self, order: PaymentOrder, day: date) -> None:
        """The money moved: the bank against what the family owed or was owed."""
        self._write(order, day, "booked", "Passé en banque", account_settled(order.kind, order.purpose), 1)

    def came_back(self, order: PaymentOrder, day: date) -> None:
        """The money came back: what is due is due again, under an account of its own."""
        self._write(order, day, "returned", "Revenu de la banque", account_of_return(order.kind, order.purpose), -1)

    def _write(self, order: PaymentOrder, day: date, word: str, label: str, other: Account, way: int) -> None:
        key = f"bank:{order.end_to_end_id}:{word}"
        cents = order.amount_cents * way * (1 if order.kind == OrderKind.DEBIT else -1)
        self.entries.append(
            {"key": key, "subject": order.subject, "dated": day, "label": label, "run_id": order.run_id}
        )
        self.legs += [
            {"key": key, "account": int(Account.BANK), "amount_cents": cents},
            {"key": key, "account": int(other), "amount_cents": -cents},
        ]

    def write(self) -> None:
        """Orders and entries, inside the caller's transaction."""
        PaymentOrder.objects.bulk_update(self.changed.values(), ["state", "settled_on", "reason_code"], batch_size=2000)
        if self.entries:
            post_many(pl.DataFrame(self.entries), pl.DataFrame(self.legs))
