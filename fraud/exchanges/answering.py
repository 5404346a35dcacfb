"""Answering, item by item: given, not held, or refused for a reason of the closed list; then the answer leaves, whole."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from fraud.exchanges import keeping
from fraud.exchanges.attaching import Paper, Source, keep_paper
from fraud.exchanges.designated import sending_officer
from fraud.exchanges.messages import WORDS_MOST, answer_message
from fraud.exchanges.moving import locked, move, subject_of
from fraud.exchanges.sending import check_both, get_with_officers, post, refuse_close, refused_by_envelopes
from fraud.exchanges.words import ExchangeRefused, NotNow
from fraud.models import ExchangeItem, InfoExchange
from fraud.rules import exchange as rules
from fraud.rules.figures import control_parameters
from portal.accounts.models import User
from portal.audit.operations import journal

FORMATS = ("CSV", "JSON")
NOT_YOURS = "Cet échange est adressé à une autre personne de votre organisme : reprenez-le d’abord."
OVER = "Cet échange ne prend plus de réponse."


@dataclass(frozen=True)
class Decision:
    """What is said of one item. `system` and `extraction_at`: where what is given was taken, and when."""

    outcome: str
    refusal: str = ""
    words: str = ""
    data: str = ""
    data_format: str = ""
    system: str = ""
    extraction_at: datetime | None = None
    papers: Sequence[Paper] = ()


def decide_item(
    *, exchange_pk: int, code: str, decision: Decision, by_pk: int, on: date, at: datetime
) -> ExchangeItem:  # fmt: skip
    """Say one thing of one item; until the answer leaves it may be said otherwise, and the last word counts.

    Raises ExchangeItem.DoesNotExist, ExchangeRefused, NotNow, NothingLeft, LinkedToThem.
    """
    exchange, user = answerable(exchange_pk, by_pk, on, at)
    has_papers = exchange.documents.filter(item__code=code).exists()
    errors = _errors(decision, code, has_papers)
    if errors:
        raise ExchangeRefused(errors)
    with transaction.atomic():
        row = locked(exchange_pk)
        if row.state not in rules.TO_ANSWER:
            raise NotNow(OVER)
        item = row.items.get(code=code)
        _say(row, item, decision, user.get_username(), at)
        if decision.extraction_at is not None and decision.outcome == rules.GIVEN:
            source = Source(decision.system, decision.extraction_at, exchange.officer.full_name)
            for paper in decision.papers:
                keep_paper(row, paper, source, item=item, by=user.get_username(), at=at)
        detail = {"exchange": row.number, "item": code, "outcome": item.outcome, "refusal": item.refusal}
        journal(
            actor=user.get_username(), action="control.exchange_item", subject=subject_of(row), detail=detail, at=at
        )
    return item


def answerable(exchange_pk: int, by_pk: int, on: date, at: datetime) -> tuple[InfoExchange, User]:
    """The exchange and who answers it, designated today, for it, and not close to the person."""
    exchange, user = get_with_officers(exchange_pk), User.objects.get(pk=by_pk)
    if exchange.direction != "IN" or exchange.kind != rules.REQUEST:
        raise NotNow("Cet échange ne demande pas de réponse.")
    officer = sending_officer(user=user, body_code=exchange.holder_id, on=on, at=at)
    if officer.user_id != exchange.officer.user_id:
        raise NotNow(NOT_YOURS)
    refuse_close(exchange, user, on, "control.exchange_answered")
    return exchange, user


def _errors(decision: Decision, code: str, has_papers: bool) -> dict[str, str]:
    prefix = f"{code}-"
    if decision.outcome not in {rules.GIVEN, rules.NOT_HELD, rules.REFUSED}:
        return {f"{prefix}outcome": "Choisissez : je réponds, je n’ai pas, ou je refuse."}
    if decision.outcome == rules.REFUSED and decision.refusal not in set(rules.REFUSALS) - {rules.NOT_HELD}:
        return {f"{prefix}refusal": "Choisissez le motif du refus dans la liste."}
    if decision.outcome != rules.GIVEN:
        return {}
    if not (decision.words.strip() or decision.data.strip() or decision.papers or has_papers):
        return {f"{prefix}words": "Écrivez la réponse, ou joignez un document."}
    if len(decision.words) + len(decision.data) > WORDS_MOST:
        return {f"{prefix}words": "Cette réponse est trop longue : joignez un document."}
    if decision.data and decision.data_format not in FORMATS:
        return {f"{prefix}data": "Ces données sont à donner en CSV ou en JSON."}
    if not decision.system.strip() or decision.extraction_at is None:
        return {f"{prefix}system": "Dites de quel système vient la réponse, et de quel jour."}
    return {}


def _say(row: InfoExchange, item: ExchangeItem, decision: Decision, by: str, at: datetime) -> None:
    given = decision.outcome == rules.GIVEN
    item.outcome, item.decided_by, item.decided_at = decision.outcome, by, at
    item.refusal = {rules.NOT_HELD: rules.NOT_HELD, rules.REFUSED: decision.refusal}.get(decision.outcome, "")
    item.data_format = decision.data_format if given and decision.data else ""
    item.data_sha256 = hashlib.sha256(decision.data.encode()).hexdigest() if given and decision.data else ""
    item.sealed = keeping.lock(row.sealed_key or b"", _content(decision)) if given or decision.words.strip() else None
    item.save()


def _content(decision: Decision) -> dict[str, str]:
    content = {"words": decision.words.strip()}
    if decision.outcome == rules.GIVEN and decision.extraction_at is not None:
        content |= {
            "data": decision.data, "system": decision.system.strip()[:80],
            "extraction_at": decision.extraction_at.isoformat(),
        }  # fmt: skip
    return {name: text for name, text in content.items() if text}


def send_answer(*, exchange_pk: int, by_pk: int, on: date, at: datetime) -> InfoExchange:
    """Send what was said of every item; sent already, it is returned as it is. Raises NotNow, NothingLeft, LinkedToThem."""
    exchange, user = answerable(exchange_pk, by_pk, on, at)
    if exchange.answered_at is not None:
        return exchange
    check_both(exchange, user, on, at)
    with refused_by_envelopes(exchange, user, at), transaction.atomic():
        row = locked(exchange_pk)
        if row.answered_at is not None:
            return row
        after = rules.state_of_answer(list(row.items.values_list("outcome", flat=True)))
        if row.state not in rules.TO_ANSWER or not after:
            raise NotNow("Il reste un élément à décider." if row.state in rules.TO_ANSWER else OVER)
        envelope = post(row, answer_message(row), at)
        return move(
            row, after, by=user.get_username(), on=on, at=at, answered_at=at, answer_envelope=envelope,
            retained_until=row.case_id and row.retained_until or rules.kept_until(control_parameters(), on),
        )  # fmt: skip
