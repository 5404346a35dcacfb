"""Money that waits is sent again: once another account is known, or once a person says so of a file refused whole."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from aripa.bank.accounts import Known, account_on, known_rows
from aripa.bank.ordering import order_row, write_orders
from aripa.models import BankMove, Case, Parent, Waits
from portal.audit.operations import journal
from portal.banking.models import BankFile, PaymentOrder
from portal.banking.open_items import close_presented_again

NOTE = "Envoyé de nouveau"


class NothingToSendAgain(Exception):
    """No movement of this file waits to be sent again; the message says why, in French."""


def send_what_may_go(*, until: date) -> int:
    """Order again what waited for an account that is known on `until`; returns how many. Inside the caller's transaction.

    An account that the bank refused serves again only when a later bank statement of it came.
    """
    waiting = BankMove.objects.select_for_update(of=("self",)).filter(waits__in=[Waits.NO_ACCOUNT, Waits.CAME_BACK])
    moves = list(waiting.order_by("pk"))
    known, former = known_rows(one.parent_no for one in moves), _last_orders(moves)
    ready = [(one, found) for one in moves if (found := _usable(one, known, former.get(one.end_to_end_id), until))]
    return _send(ready, on=until)


def send_file_again(*, message_id: str, by: str, on: date) -> int:
    """Order again every movement of a file that the bank refused whole, once its cause is known; returns how many.

    A second call finds nothing more. Raises NothingToSendAgain.
    """
    with transaction.atomic():
        refused = PaymentOrder.objects.filter(bank_file__in=BankFile.objects.filter(message_id=message_id))
        references = set(refused.values_list("end_to_end_id", flat=True))
        waiting = BankMove.objects.select_for_update(of=("self",)).filter(waits=Waits.FILE_REFUSED).order_by("pk")
        moves = [one for one in waiting if one.end_to_end_id in references]
        if not moves:
            raise NothingToSendAgain(f"Rien du fichier {message_id} n’attend : il n’a pas été refusé, ou est renvoyé.")
        known = known_rows(one.parent_no for one in moves)
        found = [(one, account_on(known, one.parent_no, on, is_debit=one.kind == "DEBIT")) for one in moves]
        without = [one.pk for one, account in found if account is None]
        BankMove.objects.filter(pk__in=without).update(waits=Waits.NO_ACCOUNT, since=on)
        sent = _send([(one, account) for one, account in found if account], on=on)
        journal(actor=by, action="aripa.file.sent_again", subject=f"bank:{message_id}", detail={"orders": sent})
    return sent


def _last_orders(moves: Sequence[BankMove]) -> dict[str, PaymentOrder]:
    orders = PaymentOrder.objects.filter(end_to_end_id__in=[one.end_to_end_id for one in moves if one.tries])
    return {one.end_to_end_id: one for one in orders}


def _usable(one: BankMove, known: Known, former: PaymentOrder | None, until: date) -> Parent | None:
    account = account_on(known, one.parent_no, until, is_debit=one.kind == "DEBIT")
    if account is None or former is None or account.iban_key != former.iban_key:
        return account
    assert one.since is not None
    is_confirmed = account.bank_statement_on is not None and account.bank_statement_on > one.since
    return account if is_confirmed else None


def _send(ready: Sequence[tuple[BankMove, Parent]], *, on: date) -> int:
    if not ready:
        return 0
    protected = set(
        Case.objects.filter(pk__in={one.case_id for one, _ in ready}, violence=True).values_list("pk", flat=True)
    )
    close_presented_again([one.end_to_end_id for one, _account in ready if one.tries], on=on, note=NOTE)
    for one, _account in ready:
        one.tries, one.waits, one.since = one.tries + 1, Waits.NO, None
    orders = [
        order_row(account, vars(one), tries=one.tries, is_protected=one.case_id in protected, on=on)
        for one, account in ready
    ]
    BankMove.objects.bulk_update([one for one, _account in ready], ["tries", "waits", "since"], batch_size=2000)
    return write_orders(orders)
