"""Papers of an exchange, with where each comes from: joined to a draft, or given with an answer."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fraud.cases.evidence import EvidenceRefused, keep_evidence
from fraud.exchanges.keeping import bytes_of
from fraud.exchanges.moving import locked, subject_of
from fraud.exchanges.sending import get_with_officers, refuse_close
from fraud.exchanges.words import ExchangeRefused, NotNow
from fraud.models import ExchangeDocument, ExchangeItem, InfoExchange
from fraud.rules import exchange as rules
from fraud.rules.exchange_items import ITEMS
from portal.accounts.models import User
from portal.audit.operations import journal

NAME_MOST = 120
FIRST_DAY = "Avant le 28 décembre 2019, l’article L. 114-12 ne permet que des renseignements : aucune pièce."


@dataclass(frozen=True)
class Paper:
    """A document as it is given."""

    name: str
    content: bytes
    dated: date | None = None


@dataclass(frozen=True)
class Source:
    """Where it was taken from, when, by whom."""

    system: str
    extraction_at: datetime
    officer: str


def attach(
    *, exchange_pk: int, paper: Paper, system: str, extraction_at: datetime | None, by_pk: int, at: datetime
) -> ExchangeDocument:
    """Join a paper to one's own draft; the same bytes again are the same paper. Raises NotNow, ExchangeRefused,
    LinkedToThem."""
    user = User.objects.get(pk=by_pk)
    refuse_close(get_with_officers(exchange_pk), user, timezone.localdate(at), "control.exchange_paper")
    if extraction_at is None or not system.strip():
        raise ExchangeRefused({"system": "Dites de quel système vient la pièce, et de quel jour."})
    with transaction.atomic():
        row = locked(exchange_pk)
        if row.state != rules.DRAFT or row.officer.user_id != by_pk:
            raise NotNow("Une pièce se joint à son propre brouillon, avant l’envoi.")
        if rules.DOCUMENT not in row.payload_kinds:
            raise NotNow(FIRST_DAY)
        source = Source(system, extraction_at, row.officer.full_name)
        kept = keep_paper(row, paper, source, item=None, by=user.get_username(), at=at)
        detail = {"exchange": row.number, "sha256": kept.evidence.sha256}
        journal(
            actor=user.get_username(), action="control.exchange_paper", subject=subject_of(row), detail=detail, at=at
        )
    return kept


def tie_papers(row: InfoExchange, *, by: str, at: datetime) -> None:
    """The papers that an exchange already has are its case's too, from now on."""
    for document in row.documents.select_related("evidence"):
        keep_evidence(
            case_pk=row.case_id, reference=row.evidence_reference, title=document.evidence.title, content=bytes_of(document),
            provenance=document.evidence.provenance, by=by, at=at,
        )  # fmt: skip


def keep_paper(
    row: InfoExchange, paper: Paper, source: Source, *, item: ExchangeItem | None, by: str, at: datetime
) -> ExchangeDocument:
    """Keep one paper with its provenance, for whoever is allowed to give it. Raises ExchangeRefused."""
    name = "".join(char for char in paper.name if char.isprintable() and char not in '/\\"')[-NAME_MOST:] or "document"
    provenance = {
        "body": row.holder_id, "system": source.system.strip()[:80], "extraction_at": source.extraction_at.isoformat(),
        "officer": source.officer,
    }  # fmt: skip
    try:
        evidence = keep_evidence(
            case_pk=row.case_id, reference=row.evidence_reference, title=ITEMS[item.code].label if item else name,
            content=paper.content, provenance=provenance, by=by, at=at,
        )  # fmt: skip
    except EvidenceRefused as refused:
        field = f"{item.code}-paper" if item else "paper"
        raise ExchangeRefused({field: str(refused)}) from refused
    defaults = {"name": name, "dated": paper.dated}
    return ExchangeDocument.objects.get_or_create(exchange=row, evidence=evidence, item=item, defaults=defaults)[0]
