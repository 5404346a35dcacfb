"""A paper joined by mistake is taken out before anything left: of one's own draft, or of an answer that is being written."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fraud.cases.evidence import purge_evidence
from fraud.exchanges.keeping import said_of
from fraud.exchanges.moving import locked, subject_of
from fraud.exchanges.sending import get_with_officers, refuse_close
from fraud.exchanges.taking_over import waits_here
from fraud.exchanges.words import NotNow
from fraud.models import CopiedItem, ExchangeDocument, ExchangeItem, InfoExchange, IntentEvidence
from fraud.rules import exchange as rules
from portal.accounts.models import User
from portal.audit.operations import journal

STAYS = "Une pièce ne se retire que de ce que vous écrivez vous-même, avant l’envoi."
LEANT_ON = "Le dossier de contrôle s’appuie déjà sur cette pièce : elle y reste."
ACTION = "control.exchange_paper_out"


def take_out(*, exchange_pk: int, document_pk: int, by_pk: int, at: datetime) -> bool:
    """Take a paper out, its bytes with it; its hash stays. Whether it was there: a second call finds nothing.

    An item that nothing else answered is to be decided again. Raises NotNow, LinkedToThem.
    """
    user = User.objects.get(pk=by_pk)
    refuse_close(get_with_officers(exchange_pk), user, timezone.localdate(at), ACTION)
    with transaction.atomic():
        row = locked(exchange_pk)
        document = row.documents.select_related("evidence", "item").filter(pk=document_pk).first()
        if row.officer.user_id != by_pk or not may_leave(row, document):
            raise NotNow(STAYS)
        if document is None:
            return False
        _take_out(row, document, by=user.get_username(), at=at)
    return True


def may_leave(row: InfoExchange, document: ExchangeDocument | None) -> bool:
    """Whether its holder may still take the paper out: what the other body sent with its request is not theirs to remove."""
    return row.state == rules.DRAFT or (waits_here(row) and (document is None or document.item_id is not None))


def _take_out(row: InfoExchange, document: ExchangeDocument, *, by: str, at: datetime) -> None:
    evidence, item = document.evidence, document.item
    if any(model.objects.filter(item=evidence).exists() for model in (IntentEvidence, CopiedItem)):
        raise NotNow(LEANT_ON)
    # The same paper may answer another item: its bytes stay for that one.
    if not evidence.exchange_documents.exclude(pk=document.pk).exists():
        purge_evidence(evidence_pk=evidence.pk, by=by, on=timezone.localdate(at), at=at)
    document.delete()
    if item is not None and not _answers_still(row, item):
        item.outcome, item.decided_by, item.decided_at, item.sealed = "", "", None, None
        item.save(update_fields=["outcome", "decided_by", "decided_at", "sealed"])
    detail = {"exchange": row.number, "sha256": evidence.sha256, "item": item.code if item else ""}
    journal(actor=by, action=ACTION, subject=subject_of(row), detail=detail, at=at)


def _answers_still(row: InfoExchange, item: ExchangeItem) -> bool:
    """Whether what is said of an item stands without the paper that left."""
    said = said_of(row, item)
    return item.outcome != rules.GIVEN or bool(said.get("words") or said.get("data")) or item.documents.exists()
