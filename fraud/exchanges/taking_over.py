"""Somebody else of the body goes on with an exchange, by name: its officer is away, left, or has a new act."""

from datetime import date, datetime

from django.db import transaction

from fraud.directory.selectors import code_of
from fraud.envelopes.refusals import SendingRefused
from fraud.exchanges.designated import sending_officer
from fraud.exchanges.messages import taken_over_message
from fraud.exchanges.moving import locked, subject_of
from fraud.exchanges.sending import get_with_officers, post, refuse_close
from fraud.exchanges.words import NotNow
from fraud.models import AuthorisedOfficer, ExchangeMove, InfoExchange
from fraud.rules import exchange as rules
from fraud.rules.designation import covers
from portal.accounts.models import User
from portal.audit.operations import journal

NOT_COVERED = "Votre désignation ne couvre pas cet échange."
STILL_THEIRS = "La personne qui suit cet échange est toujours désignée : il reste le sien."


def may_take_over(exchange: InfoExchange, user: User, on: date) -> bool:
    """Whether it may pass to them: what waits for an answer may any day, the rest once its officer is designated no more.

    A draft stays its writer's, who may hold a new act meanwhile.
    """
    if exchange.state in {rules.CLOSED, rules.PURGED}:
        return False
    is_theirs = exchange.officer.user_id == user.pk
    if exchange.state == rules.DRAFT and not is_theirs:
        return False
    return bool(code_of(exchange.officer, on)) or (waits_here(exchange) and not is_theirs)


def waits_here(exchange: InfoExchange) -> bool:
    """Whether its holder is asked for an answer that has not left."""
    return exchange.direction == "IN" and exchange.kind == rules.REQUEST and exchange.state in rules.TO_ANSWER


def take_over(*, exchange_pk: int, by_pk: int, on: date, at: datetime) -> InfoExchange:
    """Another designated officer of the body, or the same by a new act, becomes the one who follows it. A second call changes
    nothing. Raises NotNow, NothingLeft, LinkedToThem."""
    exchange, user = get_with_officers(exchange_pk), User.objects.get(pk=by_pk)
    officer = sending_officer(
        user=user, body_code=exchange.holder_id, on=on, at=at, scope=exchange.scope, departement=exchange.departement
    )
    refuse_close(exchange, user, on, "control.exchange_taken_over")
    if exchange.scope not in officer.scopes or not covers(officer.territory, exchange.departement):
        raise NotNow(NOT_COVERED)
    with transaction.atomic():
        row = locked(exchange_pk)
        if row.officer_id == officer.pk:
            return get_with_officers(exchange_pk)
        if not may_take_over(row, user, on):
            raise NotNow(STILL_THEIRS)
        _pass_to(row, officer, by=user.get_username(), on=on, at=at)
    return get_with_officers(exchange_pk)


def _pass_to(row: InfoExchange, officer: AuthorisedOfficer, *, by: str, on: date, at: datetime) -> None:
    """The new officer, a line of what happened, a line of the journal. The state does not move."""
    detail = {"exchange": row.number, "from": row.officer_id, "to": officer.pk}
    row.officer = officer
    row.save(update_fields=["officer"])
    ExchangeMove.objects.create(
        exchange=row, from_state=row.state, to_state=row.state, at=at, dated=on, by=by,
        reason=f"repris par {officer.full_name}, acte n° {officer.act_no}",
    )  # fmt: skip
    journal(actor=by, action="control.exchange_taken_over", subject=subject_of(row), detail=detail, at=at)
    if row.state != rules.DRAFT:
        _tell(row, at)


def _tell(row: InfoExchange, at: datetime) -> None:
    """The other body learns to whom it writes from now on. Where no envelope may leave, it is taken over all the same."""
    try:
        with transaction.atomic():
            post(row, taken_over_message(row), at)
    except SendingRefused:
        return
