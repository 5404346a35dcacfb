"""The e-mail that says to come and read: the same words for every step, and none to a parent for whom all has stopped."""

from datetime import date

from aripa.agreements.seats import Seat, seats_of
from aripa.linking import SUBJECT
from aripa.models import Agreement
from aripa.notices import KIND
from portal.notices.operations import ask


def tell_other(seat: Seat, step: str, day: date) -> None:
    """The other parent has something to read or to do."""
    for one in seats_of(seat.agreement):
        if one.user.pk != seat.user.pk:
            _tell(one, step, day)


def tell_both(agreement: Agreement, step: str, day: date) -> None:
    for one in seats_of(agreement):
        _tell(one, step, day)


def tell_one(seat: Seat, step: str, day: date) -> None:
    _tell(seat, step, day)


def _tell(seat: Seat, step: str, day: date) -> None:
    number = seat.parent_no(day)
    if number and not seat.is_stopped:
        ask(subject=SUBJECT + number, kind=KIND.code, key=f"{Agreement.SUBJECT}:{seat.agreement.pk}:{step}", path="/")
