"""What comes from the other body, in the transaction of its envelope: checked again, kept a side, told to whom it is for."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from fraud.cases.evidence import keep_evidence, may_be_kept
from fraud.directory.selectors import exchange_code
from fraud.envelopes.content import Document, Opened
from fraud.envelopes.receiving import RECEIVERS
from fraud.envelopes.sending import ON_RECEIPT
from fraud.exchanges import keeping, messages, notices
from fraud.exchanges.attaching import NAME_MOST
from fraud.exchanges.designated import refusal_between
from fraud.exchanges.drafting import person_key
from fraud.exchanges.messages import Malformed, SaidItem, SaidPaper, Told
from fraud.exchanges.moving import begin, locked, move, subject_of
from fraud.exchanges.obtaining import note
from fraud.models import (
    AuthorisedOfficer,
    ExchangeDocument,
    ExchangeItem,
    InfoExchange,
    OutgoingEnvelope,
    OutgoingState,
)
from fraud.models.exchanges import Urgency
from fraud.rules import exchange as rules
from fraud.rules.exchange_items import ITEMS
from fraud.rules.figures import control_parameters
from portal.accounts.permissions import moment_on, today
from portal.audit.operations import journal
from portal.organisations.directory import departements

BODY = "body:"
MALFORMED, NOT_DESIGNATED, TOO_OLD, REPLAYED = "MALFORMED", "NOT_DESIGNATED", "TOO_OLD", "REPLAYED"
# What the other body's receipt refuses, in the words of the closed list; anything else is a fault of the envelope, which is
# told as such and is no refusal to answer.
AS_REFUSAL = {
    "OUT_OF_SCOPE": rules.OUT_OF_SCOPE, "OUT_OF_TERRITORY": rules.OUT_OF_SCOPE, "PURPOSE_UNLAWFUL": rules.PURPOSE_UNLAWFUL,
    **dict.fromkeys(("NOT_DESIGNATED", "EXPIRED", "REVOKED", "NOT_YET", "LEFT_THE_POST"), rules.NOT_DESIGNATED),
}  # fmt: skip


def _now() -> datetime:
    return moment_on(today())


def take_exchange(opened: Opened, at: datetime | None = None) -> str:
    """A request or a communication: a code of refusal, or nothing once it is kept. The same reference again is kept once."""
    at = at or _now()
    try:
        told = messages.read_exchange(opened.message)
    except Malformed:
        return MALFORMED
    if not _are_keepable(opened.documents):
        return MALFORMED
    sender = AuthorisedOfficer.objects.select_related("body").get(pk=opened.officer_pk)
    recipient = _named(told.recipient, opened.recipient, timezone.localdate(at))
    code = NOT_DESIGNATED if recipient is None else _refusal(told, sender, recipient, opened, timezone.localdate(at))
    if code or recipient is None:
        _journal_refused(opened, told, code, at)
        return code
    known = InfoExchange.objects.filter(holder_id=opened.recipient, reference=told.reference).first()
    if known is None and (not told.number.startswith(f"{opened.sender}-") or _is_taken(told, opened)):
        return MALFORMED
    if known is not None:
        return "" if (known.counterpart_id, known.direction) == (opened.sender, "IN") else REPLAYED
    _keep(told, opened, sender, recipient, at)
    return ""


def _is_taken(told: Told, opened: Opened) -> bool:
    """Whether its body gave this number before: the notice to the person names what came by it, once a number."""
    return InfoExchange.objects.filter(holder_id=opened.recipient, number=told.number).exists()


def _named(said: Any, body: str, on: date) -> AuthorisedOfficer | None:
    """The officer to whom it is written: by name and act, never a mailbox."""
    found = AuthorisedOfficer.objects.select_related("body").filter(body_id=body, **dict(said))
    return found.order_by("-valid_to").first()


def _refusal(told: Told, sender: AuthorisedOfficer, recipient: AuthorisedOfficer, opened: Opened, on: date) -> str:
    drafted = rules.Drafted(
        told.form, told.legal_basis, told.purpose, told.person, bool(told.case_number), told.reason,
        [one.code for one in told.items], (told.period_start, told.period_end), told.payload_kinds,
    )  # fmt: skip
    wrong = rules.wrong_in(control_parameters(), drafted, on)
    if {"legal_basis", "purpose", "payload_kinds"} & set(wrong):
        return rules.PURPOSE_UNLAWFUL
    if wrong or told.form not in {rules.REQUEST, rules.SPONTANEOUS} or told.urgency not in Urgency.values:
        return MALFORMED
    if told.departement not in departements():
        return MALFORMED
    if told.form == rules.REQUEST and (told.due_on is None or any(one.content for one in told.items)):
        return MALFORMED
    return refusal_between(
        sender=sender, recipient=recipient, form=told.form, codes=drafted.items, scope=told.scope,
        departement=told.departement, on=on,
    )  # fmt: skip


def _journal_refused(opened: Opened, told: Told, code: str, at: datetime) -> None:
    detail = {"exchange": told.number, "refusal": code, "designation": opened.officer_pk, "on": "reception"}
    journal(
        actor=f"{BODY}{opened.sender}", action="control.exchange_refused", subject=f"exchange:{opened.recipient}",
        detail=detail, at=at,
    )  # fmt: skip


def _keep(told: Told, opened: Opened, sender: AuthorisedOfficer, recipient: AuthorisedOfficer, at: datetime) -> None:
    on, key = timezone.localdate(at), keeping.new_key()
    made = InfoExchange.objects.create(
        holder_id=opened.recipient, direction="IN", kind=told.form, reference=told.reference, number=told.number,
        counterpart_id=opened.sender, officer=recipient, counterpart_officer=sender, legal_basis=told.legal_basis,
        purpose=told.purpose, scope=told.scope, departement=told.departement, payload_kinds=list(told.payload_kinds),
        urgency=told.urgency, period_start=told.period_start, period_end=told.period_end, case_number=told.case_number,
        motive=told.reason, person_key=person_key(told.person), sealed_key=key,
        sealed=keeping.lock(key, {"person": dict(told.person)}), state=rules.ACKNOWLEDGED, drafted_on=on, dated=on,
        sent_at=opened.sent_at, acknowledged_at=at, due_on=told.due_on, envelope=opened.envelope_id,
        retained_until=rules.kept_until(control_parameters(), told.due_on or on),
    )  # fmt: skip
    for position, said in enumerate(told.items):
        sealed = keeping.lock(key, said.content) if said.content else None
        ExchangeItem.objects.create(exchange=made, position=position, code=said.code, sealed=sealed)
    keep_papers(made, opened.documents, told.papers, at)
    begin(made, by=f"{BODY}{opened.sender}", on=on, at=at)
    notices.ask(made)


def _are_keepable(documents: tuple[Document, ...]) -> bool:
    """Papers of the kinds that are kept, under names that can be written: refused with a receipt, for a failure would only
    make the sender try for ever."""
    return all(
        may_be_kept(one.content) and all(_is_name(text) for text in (one.name, one.system, one.officer))
        for one in documents
    )


def _is_name(text: str) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text) <= NAME_MOST


def keep_papers(
    exchange: InfoExchange, documents: tuple[Document, ...], said: tuple[SaidPaper, ...], at: datetime
) -> None:
    """Keep what came with a message, each with its provenance."""
    items = {one.code: one for one in exchange.items.all()}
    for document in documents:
        provenance = {
            "body": document.body, "system": document.system, "extraction_at": document.extraction_at.isoformat(),
            "officer": document.officer,
        }  # fmt: skip
        # One paper may answer two items.
        for paper in [one for one in said if one.sha256 == document.sha256] or [SaidPaper("", document.name, "", None)]:
            item = items.get(paper.item)
            evidence = keep_evidence(
                case_pk=exchange.case_id, reference=exchange.evidence_reference,
                title=ITEMS[item.code].label if item else document.name, content=document.content, provenance=provenance,
                by=f"{BODY}{exchange.counterpart_id}", at=at,
            )  # fmt: skip
            defaults = {"name": paper.name or document.name, "dated": paper.dated}
            ExchangeDocument.objects.get_or_create(exchange=exchange, evidence=evidence, item=item, defaults=defaults)


def take_answer(opened: Opened, at: datetime | None = None) -> str:
    """What the other body says of each item. It is kept for the body; only an officer designated on the day opens it."""
    at = at or _now()
    try:
        said, papers = messages.read_items(opened.message), messages.read_papers(opened.message)
        found = _ours(opened)
    except Malformed:
        return MALFORMED
    if found is None or not _are_keepable(opened.documents):
        return MALFORMED
    row = locked(found.pk)
    if row.state in rules.DECIDED and _is_known(row, said):
        # Sent again because our receipt was lost: it changes nothing.
        return ""
    refused = _not_answered(row, said) or _papers_beside(row, said, opened, papers)
    if refused:
        return refused
    _keep_answer(row, said, opened, papers, at)
    return ""


def _ours(opened: Opened) -> InfoExchange | None:
    """The exchange that a message is about, if its sender is the other body of it. Raises Malformed."""
    reference = messages.read_reference(opened.message)
    found = InfoExchange.objects.filter(holder_id=opened.recipient, counterpart_id=opened.sender, reference=reference)
    return found.first()


def _not_answered(row: InfoExchange, said: tuple[SaidItem, ...]) -> str:
    if row.direction != "OUT" or row.kind != rules.REQUEST or row.state == rules.DRAFT:
        return MALFORMED
    if row.state in rules.DECIDED:
        return REPLAYED
    if row.state in {rules.CLOSED, rules.PURGED}:
        return TOO_OLD
    asked = set(row.items.values_list("code", flat=True))
    is_whole = {one.code for one in said} == asked and all(_is_decided(one) for one in said)
    return "" if is_whole else MALFORMED


def _is_known(row: InfoExchange, said: tuple[SaidItem, ...]) -> bool:
    """Whether this is, word for word, the answer that was kept."""
    kept = {one.code: (one.outcome, one.refusal, one.data_sha256, keeping.said_of(row, one)) for one in row.items.all()}
    return kept == {one.code: (one.outcome, one.refusal, one.data_sha256, dict(one.content)) for one in said}


def _papers_beside(row: InfoExchange, said: tuple[SaidItem, ...], opened: Opened, papers: tuple[SaidPaper, ...]) -> str:
    """A paper answers an item that is given; any other would enter the case without the person ever being told of it. What
    was sent with the request may come back."""
    given = {one.code for one in said if one.outcome == rules.GIVEN}
    own = set(row.documents.values_list("evidence__sha256", flat=True))
    answers = {one.sha256 for one in papers if one.item in given}
    return "" if {one.sha256 for one in opened.documents} <= own | answers else MALFORMED


def _is_decided(one: SaidItem) -> bool:
    if one.outcome == rules.GIVEN:
        return not one.refusal and _agrees(one)
    if one.outcome == rules.NOT_HELD:
        return one.refusal == rules.NOT_HELD
    return one.outcome == rules.REFUSED and one.refusal not in {"", rules.NOT_HELD}


def _keep_answer(
    row: InfoExchange, said: tuple[SaidItem, ...], opened: Opened, papers: tuple[SaidPaper, ...], at: datetime
) -> None:
    assert row.sealed_key is not None
    by, on = f"{BODY}{opened.sender}", timezone.localdate(at)
    for one in said:
        item = row.items.get(code=one.code)
        item.outcome, item.refusal, item.decided_by, item.decided_at = one.outcome, one.refusal, by, opened.sent_at
        item.data_format, item.data_sha256 = one.data_format, one.data_sha256
        item.sealed = keeping.lock(row.sealed_key, one.content) if one.content else None
        item.save()
    keep_papers(row, opened.documents, papers, at)
    if row.state == rules.SENT:
        # The answer is there before the receipt: it was received all the same.
        move(row, rules.ACKNOWLEDGED, by=by, on=on, at=at, acknowledged_at=opened.sent_at)
    after = rules.state_of_answer([one.outcome for one in said])
    kept = None if row.case_id else rules.kept_until(control_parameters(), on)
    move(
        row, after, by=by, on=on, at=at, answered_at=opened.sent_at, answer_envelope=opened.envelope_id,
        retained_until=kept or row.retained_until,
    )  # fmt: skip
    note(row, on)
    notices.ask(row)


def _agrees(one: SaidItem) -> bool:
    """Whether the data are those whose hash is told."""
    data = one.content.get("data", "")
    return one.data_sha256 == (hashlib.sha256(data.encode()).hexdigest() if data else "")


def take_read(opened: Opened, at: datetime | None = None) -> str:
    """The other officer opened what we sent: said once."""
    at = at or _now()
    try:
        found = _ours(opened)
    except Malformed:
        return MALFORMED
    if found is None or found.direction != "OUT":
        return MALFORMED
    if InfoExchange.objects.filter(pk=found.pk, read_at=None).update(read_at=opened.sent_at):
        detail = {"exchange": found.number, "designation": opened.officer_pk}
        journal(
            actor=f"{BODY}{opened.sender}", action="control.exchange_opened_there", subject=subject_of(found), detail=detail,
            at=at,
        )  # fmt: skip
    return ""


def take_taken_over(opened: Opened, at: datetime | None = None) -> str:
    """Somebody else of the other body follows it now, by name: who signed, if their designation covers it."""
    at = at or _now()
    try:
        found = _ours(opened)
    except Malformed:
        return MALFORMED
    if found is None or found.state in {rules.DRAFT, rules.CLOSED, rules.PURGED}:
        return MALFORMED if found is None or found.state == rules.DRAFT else TOO_OLD
    on = timezone.localdate(at)
    code = exchange_code(officer_pk=opened.officer_pk, on=on, scope=found.scope, departement=found.departement)
    if code:
        return code
    row = locked(found.pk)
    detail = {"exchange": row.number, "from": row.counterpart_officer_id, "to": opened.officer_pk}
    row.counterpart_officer_id = opened.officer_pk
    row.save(update_fields=["counterpart_officer"])
    action = "control.exchange_taken_over_there"
    journal(actor=f"{BODY}{opened.sender}", action=action, subject=subject_of(row), detail=detail, at=at)
    return ""


def note_receipt(envelope: OutgoingEnvelope) -> None:
    """The receipt of what we sent: taken in there, or refused there for a reason of the list."""
    found = InfoExchange.objects.filter(
        envelope=envelope.envelope_id, direction="OUT", holder_id=envelope.sender_id
    ).first()
    if found is None:
        return
    row, at = locked(found.pk), envelope.receipt_at or _now()
    who = {"by": f"{BODY}{envelope.recipient_id}", "on": timezone.localdate(at), "at": at}
    if row.state != rules.SENT:
        return
    if envelope.state == OutgoingState.ACCEPTED:
        move(row, rules.ACKNOWLEDGED, acknowledged_at=at, **who)  # type: ignore[arg-type]
    elif envelope.refusal in AS_REFUSAL:
        _refused_there(row, AS_REFUSAL[envelope.refusal], who)


def _refused_there(row: InfoExchange, refusal: str, who: dict[str, Any]) -> None:
    row.items.update(outcome=rules.REFUSED, refusal=refusal, decided_by=who["by"], decided_at=who["at"])
    kept = row.retained_until if row.case_id else rules.kept_until(control_parameters(), who["on"])
    move(row, rules.REFUSED, answered_at=who["at"], retained_until=kept, reason="refusé à la réception", **who)
    notices.ask(row)


KINDS: dict[str, Callable[[Opened], str]] = {
    messages.EXCHANGE: take_exchange,
    messages.ANSWER: take_answer,
    messages.READ: take_read,
    messages.TAKEN_OVER: take_taken_over,
}


def register_receivers() -> None:
    """Make the four messages known to the door of envelopes."""
    RECEIVERS.update(KINDS)
    ON_RECEIPT[messages.EXCHANGE] = note_receipt
