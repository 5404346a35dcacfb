"""The one place where an exchange changes its state: the table, the row, its move, its line in the journal."""

from datetime import date, datetime

from fraud.models import ExchangeMove, InfoExchange
from fraud.rules.exchange import check_move
from portal.audit.operations import journal


def locked(exchange_pk: int) -> InfoExchange:
    """The row, held until the end of the transaction."""
    return InfoExchange.objects.select_for_update(of=("self",)).get(pk=exchange_pk)


def move(
    exchange: InfoExchange, after: str, *, by: str, on: date, at: datetime, reason: str = "", **changes: object
) -> InfoExchange:
    """Move a locked row, with the other columns that change with its state. Raises MoveNotAllowed."""
    before = exchange.state
    check_move(before, after)
    for name, value in (changes | {"state": after}).items():
        setattr(exchange, name, value)
    exchange.save(update_fields=[*changes, "state"])
    begin(exchange, before=before, by=by, on=on, at=at, reason=reason)
    return exchange


def begin(exchange: InfoExchange, *, by: str, on: date, at: datetime, before: str = "", reason: str = "") -> None:
    """The move and its line in the journal, of a row that has its new state."""
    ExchangeMove.objects.create(
        exchange=exchange, from_state=before, to_state=exchange.state, at=at, dated=on, by=by, reason=reason[:300]
    )
    detail = {
        "exchange": exchange.number, "side": exchange.holder_id, "to": exchange.state, "case": exchange.case_number,
        "designation": exchange.officer_id,
    }  # fmt: skip
    journal(actor=by, action="control.exchange_moved", subject=subject_of(exchange), detail=detail, at=at)


def subject_of(exchange: InfoExchange) -> str:
    """What the journal calls it: no name and no number of a person."""
    return f"exchange:{exchange.holder_id}:{exchange.number}"


def read_by(exchange: InfoExchange, *, by: str, at: datetime, what: str) -> None:
    """One read in the journal, with its motive: the case, or that a reason was written. Its words stay in the exchange, which
    is emptied one day: the journal is not."""
    motive = {"case": exchange.case_number} if exchange.case_number else {"motive_signs": len(exchange.motive)}
    detail = {
        "exchange": exchange.number, "what": what, "designation": exchange.officer_id, **motive,
        "person": str(exchange.person_key or ""),
    }  # fmt: skip
    journal(actor=by, action="control.exchange_read", subject=subject_of(exchange), detail=detail, at=at)
