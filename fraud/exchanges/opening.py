"""Opening an exchange: closed to who is close to the person, journaled with its motive, told once to who sent it."""

from datetime import date, datetime

from django.db import transaction

from fraud.envelopes.refusals import SendingRefused
from fraud.exchanges.messages import read_message
from fraud.exchanges.moving import locked, read_by
from fraud.exchanges.selectors import exchanges_of
from fraud.exchanges.sending import post, refuse_close
from fraud.exchanges.words import NotNow
from fraud.models import InfoExchange
from portal.accounts.models import User


def open_exchange(*, exchange: InfoExchange, user: User, on: date, at: datetime, what: str = "page") -> None:
    """Before anything of it is shown. Raises LinkedToThem, or NotNow when nobody designated asks. Outside any transaction."""
    if not exchanges_of(user, on).filter(pk=exchange.pk).exists():
        raise NotNow("Votre désignation ne couvre pas cet échange.")
    refuse_close(exchange, user, on, "control.exchange_read")
    read_by(exchange, by=user.get_username(), at=at, what=what)
    if exchange.direction == "IN" and exchange.read_at is None and exchange.officer.user_id == user.pk:
        _tell_read(exchange, at)


def _tell_read(exchange: InfoExchange, at: datetime) -> None:
    """The read receipt, once. Where no envelope may leave, it is read all the same."""
    with transaction.atomic():
        row = locked(exchange.pk)
        if row.read_at is not None:
            return
        row.read_at = exchange.read_at = at
        row.save(update_fields=["read_at"])
        try:
            with transaction.atomic():
                post(row, read_message(row, at), at)
        except SendingRefused:
            return
