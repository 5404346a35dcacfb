"""What the line of proof says: whose signature, how many papers and whether each still agrees with its hash, when it came."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fraud.envelopes.refusals import SENTENCES
from fraud.exchanges.keeping import bytes_of
from fraud.exchanges.retrying import delivery_of
from fraud.models import ExchangeDocument, InfoExchange, OutgoingEnvelope, OutgoingState, ReceivedEnvelope
from portal.people.vault import Undecipherable


@dataclass(frozen=True)
class Proof:
    """`is_signed`: the envelope was proven when it came, or its signed receipt came back. `problem`: why it did not."""

    envelope: UUID | None
    is_signed: bool
    at: datetime | None
    papers: int
    are_whole: bool
    problem: str = ""


def proof_line(exchange: InfoExchange) -> Proof:
    """Looked at again each time: a paper that was changed at rest is told, not hidden."""
    papers = list(exchange.documents.filter(evidence__purged_on=None).select_related("evidence"))
    are_whole = all(_is_whole(one) for one in papers)
    if exchange.envelope is None:
        return Proof(None, False, None, len(papers), are_whole)
    problem = _problem(delivery_of(exchange))
    if exchange.direction == "IN":
        came = ReceivedEnvelope.objects.filter(envelope_id=exchange.envelope, recipient_id=exchange.holder_id).first()
        at = came.received_at if came else None
        return Proof(exchange.envelope, came is not None, at, len(papers), are_whole, problem)
    sent = delivery_of(exchange)
    if sent is None:
        return Proof(None, False, None, len(papers), are_whole)
    return Proof(exchange.envelope, bool(sent.receipt), sent.receipt_at, len(papers), are_whole, problem)


def _problem(sent: OutgoingEnvelope | None) -> str:
    """Why what was sent last is not there, in words; empty when it is, or still on its way."""
    if sent is None or sent.state not in {OutgoingState.REFUSED, OutgoingState.FAILED}:
        return ""
    if sent.state == OutgoingState.FAILED:
        return "Non remise : l’autre organisme ne répond pas. L’envoi est à relancer."
    return f"Non remise. {SENTENCES.get(sent.refusal, '')}"


def _is_whole(document: ExchangeDocument) -> bool:
    try:
        bytes_of(document)
    except Undecipherable:
        return False
    return True
