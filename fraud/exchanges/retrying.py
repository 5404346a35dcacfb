"""What could not be handed over leaves again: the same envelope while it may still be taken in, a new one otherwise."""

from datetime import date, datetime, timedelta

from django.db import transaction

from fraud.envelopes import sending as envelopes
from fraud.exchanges.messages import answer_message, exchange_message
from fraud.exchanges.moving import locked, subject_of
from fraud.exchanges.sending import check_both, get_with_officers, post, refuse_close, refused_by_envelopes
from fraud.exchanges.words import NotNow
from fraud.models import InfoExchange, OutgoingEnvelope, OutgoingState
from fraud.rules import exchange as rules
from fraud.rules.figures import control_parameters
from portal.accounts.models import User
from portal.audit.operations import journal

NOT_YOURS = "Seule la personne qui suit cet échange relance l’envoi : reprenez-le d’abord si elle n’est plus désignée."
NOTHING_WAITS = "Cet envoi n’est pas à relancer."


def delivery_of(exchange: InfoExchange) -> OutgoingEnvelope | None:
    """What its holder sent last: the request or communication, or the answer."""
    number = exchange.envelope if exchange.direction == "OUT" else exchange.answer_envelope
    if number is None:
        return None
    return OutgoingEnvelope.objects.filter(envelope_id=number, sender_id=exchange.holder_id).first()


def may_try_again(exchange: InfoExchange, outgoing: OutgoingEnvelope | None) -> bool:
    """Whether nobody took it: no receipt came, or the other door refused the envelope and not what it says.

    A request whose last day passed meanwhile is written anew, with a whole delay for who is asked.
    """
    waits = exchange.state == rules.SENT if exchange.direction == "OUT" else exchange.state in rules.DECIDED
    return waits and outgoing is not None and outgoing.state in {OutgoingState.FAILED, OutgoingState.REFUSED}


def try_again(*, exchange_pk: int, by_pk: int, on: date, at: datetime) -> InfoExchange:
    """Send again; on its way already, nothing leaves twice. Both designations are asked again.

    Raises NotNow, NothingLeft (journaled), LinkedToThem.
    """
    exchange, user = get_with_officers(exchange_pk), User.objects.get(pk=by_pk)
    if exchange.officer.user_id != by_pk:
        raise NotNow(NOT_YOURS)
    refuse_close(exchange, user, on, "control.exchange_tried_again")
    check_both(exchange, user, on, at)
    with refused_by_envelopes(exchange, user, at), transaction.atomic():
        row = locked(exchange_pk)
        outgoing = delivery_of(row)
        if outgoing is not None and outgoing.state in {OutgoingState.WAITING, OutgoingState.SENDING}:
            return row
        if outgoing is None or not may_try_again(row, outgoing):
            raise NotNow(NOTHING_WAITS)
        is_same = _is_taken_still(row, outgoing, on, at)
        if is_same:
            envelopes.ask_again(envelope_pk=outgoing.pk, by=user.get_username())
        else:
            _post_anew(row, on, at)
        detail = {"exchange": row.number, "same_envelope": is_same, "designation": row.officer_id}
        journal(
            actor=user.get_username(), action="control.exchange_tried_again", subject=subject_of(row), detail=detail, at=at
        )  # fmt: skip
    return row


def _is_taken_still(row: InfoExchange, outgoing: OutgoingEnvelope, on: date, at: datetime) -> bool:
    """The same bytes, so that who took them without our knowing it gives the same receipt; too old, nobody takes them in."""
    age = timedelta(hours=int(control_parameters().value("envelope.older_hours", on)))
    is_young = at - outgoing.sent_at < age
    return outgoing.state == OutgoingState.FAILED and outgoing.officer_id == row.officer_id and is_young


def _post_anew(row: InfoExchange, on: date, at: datetime) -> None:
    """Another envelope of the same exchange: taken in already, it is known there by its reference and changes nothing."""
    if row.direction == "IN":
        row.answer_envelope = post(row, answer_message(row), at)
        row.save(update_fields=["answer_envelope"])
        return
    if row.kind == rules.REQUEST:
        row.due_on = rules.due_on(control_parameters(), on, row.urgency)
    row.envelope = post(row, exchange_message(row, row.due_on), at)
    row.save(update_fields=["envelope", "due_on"])
