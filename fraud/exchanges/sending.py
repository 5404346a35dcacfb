"""Sending an exchange: both designations are asked again at that minute, then row and envelope leave in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fraud.envelopes import sending as envelopes
from fraud.envelopes.content import Document
from fraud.envelopes.refusals import SendingRefused
from fraud.exchanges.designated import refusal_of, refuse
from fraud.exchanges.keeping import bytes_of
from fraud.exchanges.messages import exchange_message
from fraud.exchanges.moving import locked, move, subject_of
from fraud.exchanges.words import NotNow
from fraud.guarding import refuse_linked
from fraud.models import InfoExchange
from fraud.rules import exchange as rules
from fraud.rules.figures import control_parameters
from portal.accounts.models import User


def send(*, exchange_pk: int, by_pk: int, on: date, at: datetime) -> InfoExchange:
    """Send a draft; sent already, it is returned as it is and nothing leaves twice.

    Raises NothingLeft (journaled: a designation that held when it was written may hold no more), NotNow, LinkedToThem.
    """
    exchange, user = get_with_officers(exchange_pk), User.objects.get(pk=by_pk)
    if exchange.direction != "OUT" or exchange.officer.user_id != by_pk:
        raise NotNow("Seule la personne qui a écrit cet échange peut l’envoyer.")
    if exchange.state != rules.DRAFT:
        return sent_already(exchange)
    refuse_close(exchange, user, on, "control.exchange_sent")
    check_both(exchange, user, on, at)
    due = rules.due_on(control_parameters(), on, exchange.urgency) if exchange.kind == rules.REQUEST else None
    with refused_by_envelopes(exchange, user, at), transaction.atomic():
        row = locked(exchange_pk)
        if row.state != rules.DRAFT:
            return sent_already(row)
        envelope = post(row, exchange_message(exchange, due), at)
        return move(
            row, rules.SENT, by=user.get_username(), on=on, at=at, sent_at=at, dated=on, due_on=due, envelope=envelope
        )


def sent_already(exchange: InfoExchange) -> InfoExchange:
    if exchange.sent_at is None:
        raise NotNow("Ce brouillon a été abandonné : écrivez un nouvel échange.")
    return exchange


def get_with_officers(exchange_pk: int) -> InfoExchange:
    """Raises InfoExchange.DoesNotExist."""
    found = InfoExchange.objects.select_related("case", "officer__body", "counterpart_officer__body")
    return found.get(pk=exchange_pk)


def refuse_close(exchange: InfoExchange, user: User, on: date, action: str) -> None:
    """Raises LinkedToThem, journaled. Called outside any transaction."""
    subject = exchange.case.subject if exchange.case else ""
    people = [exchange.person_key] if exchange.person_key else []
    refuse_linked(user=user, day=on, action=action, subject=subject, people=people)


def check_both(exchange: InfoExchange, user: User, on: date, at: datetime) -> None:
    """Raises NothingLeft, journaled. Called outside any transaction."""
    code = refusal_of(exchange, on)
    if code:
        detail: dict[str, object] = {
            "exchange": exchange.number, "designations": [exchange.officer_id, exchange.counterpart_officer_id],
        }  # fmt: skip
        refuse(code=code, actor=user.get_username(), subject=subject_of(exchange), detail=detail, at=at)


class refused_by_envelopes:  # noqa: N801  # read as a sentence: with refused_by_envelopes(...)
    """What stops an envelope is journaled outside the transaction that it rolls back, and told like the rest."""

    def __init__(self, exchange: InfoExchange, user: User, at: datetime) -> None:
        self.exchange, self.user, self.at = exchange, user, at

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, SendingRefused):
            detail: dict[str, object] = {"exchange": self.exchange.number}
            refuse(
                code=error.code, actor=self.user.get_username(), subject=subject_of(self.exchange), detail=detail, at=self.at,
                sentence=str(error),
            )  # fmt: skip


def post(exchange: InfoExchange, message: Mapping[str, Any], at: datetime) -> UUID:
    """Put one message with the exchange's papers into the outbox; the envelope's number."""
    outgoing = envelopes.send(
        message=message, documents=papers_of(exchange, message), sender=exchange.holder_id, recipient=exchange.counterpart_id,
        officer_pk=exchange.officer_id, at=at,
    )  # fmt: skip
    return outgoing.envelope_id


def papers_of(exchange: InfoExchange, message: Mapping[str, Any]) -> Sequence[Document]:
    """The papers that the message names, with where each comes from."""
    wanted = {one["sha256"] for one in message.get("papers", ())}
    if not wanted:
        return ()
    found = exchange.documents.filter(evidence__sha256__in=wanted).select_related("evidence")
    found = found.order_by("evidence_id", "pk").distinct("evidence_id")
    return [
        Document(
            one.name, "application/octet-stream", bytes_of(one), one.evidence.provenance["system"],
            _instant(one.evidence.provenance["extraction_at"]), one.evidence.provenance["officer"],
        )
        for one in found
    ]  # fmt: skip


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else timezone.make_aware(found)
