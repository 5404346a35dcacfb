"""The data of an exchange, for its case and for nothing else: whoever takes them names the case, and it is journaled."""

import json
from datetime import date, datetime
from typing import Any

from fraud.access import cases_of
from fraud.exchanges.keeping import content_of, said_of
from fraud.exchanges.opening import open_exchange
from fraud.exchanges.words import NotNow
from fraud.models import InfoExchange
from fraud.rules.exchange_items import ITEMS
from portal.accounts.models import User

FORMAT = "portail-echange/1"
ONLY_ITS_CASE = "Les données d’un échange ne s’exportent que vers son dossier de contrôle."


def may_export(exchange: InfoExchange, user: User, on: date) -> bool:
    """Whether it belongs to a case that they see, and still has its content."""
    if exchange.case_id is None or exchange.sealed is None:
        return False
    return cases_of(user, on).filter(pk=exchange.case_id).exists()


def export_of(*, exchange: InfoExchange, user: User, on: date, at: datetime) -> bytes:
    """JSON. Raises NotNow without a case that they see, LinkedToThem."""
    if not may_export(exchange, user, on):
        raise NotNow(ONLY_ITS_CASE)
    open_exchange(exchange=exchange, user=user, on=on, at=at, what="export")
    content = {
        "format": FORMAT, "number": exchange.number, "case": exchange.case_number, "kind": exchange.kind,
        "legal_basis": exchange.legal_basis, "purpose": exchange.purpose, "state": exchange.state,
        "sender": _officer(exchange, "OUT"), "recipient": _officer(exchange, "IN"),
        "period": [exchange.period_start.isoformat(), exchange.period_end.isoformat()],
        "sent_at": _iso(exchange.sent_at), "answered_at": _iso(exchange.answered_at), "taken_by": user.get_username(),
        "taken_at": at.isoformat(), "person": content_of(exchange).get("person", {}), "items": _items(exchange),
        "documents": _documents(exchange),
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _officer(exchange: InfoExchange, direction: str) -> dict[str, str]:
    officer = exchange.officer if exchange.direction == direction else exchange.counterpart_officer
    return {"body": officer.body_id, "officer": officer.full_name, "act": officer.act_no}


def _items(exchange: InfoExchange) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code, "label": ITEMS[one.code].label, "outcome": one.outcome, "refusal": one.refusal,
            "data_format": one.data_format, "data_sha256": one.data_sha256, **said_of(exchange, one),
        }
        for one in exchange.items.order_by("position")
    ]  # fmt: skip


def _documents(exchange: InfoExchange) -> list[dict[str, Any]]:
    """By their hash and provenance: the papers themselves are opened one by one, with the mark of who looks."""
    return [
        {"name": one.name, "sha256": one.evidence.sha256, "provenance": one.evidence.provenance}
        for one in exchange.documents.select_related("evidence").order_by("pk")
    ]


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
