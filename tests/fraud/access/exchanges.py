"""Exchanges and the box of partners: the same pages by two doors."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from fraud.cases.evidence import keep_evidence
from fraud.exchanges import keeping
from fraud.models import AuthorisedOfficer, ExchangeBody, ExchangeDocument, ExchangeItem, InfoExchange
from portal.accounts.models import Role, User
from portal.accounts.permissions import moment_on
from portal.accounts.rights import Right, holders
from tests.portal.access import DAY, ELSEWHERE, HERE, Line

AGENTS, PARTNERS = holders(Right.EXCHANGE), holders(Right.PARTNER_EXCHANGE)
OTHER = "ARSX"


def _own(**more: str) -> dict[str, Any]:
    """An exchange of one's body; that of another one is never there."""
    return {
        "own": {"key": "exchange_here"} | more, "others": {"key": "exchange_elsewhere"} | more, "never": True,
    }  # fmt: skip


def _lines(begins: str, who: frozenset[Role]) -> dict[str, Line]:
    return {
        f"fraud:{begins}exchange_new": Line(who, 200, 200),
        f"fraud:{begins}exchange": Line(who, **_own()),
        # It has left: it is written no more.
        f"fraud:{begins}exchange_edit": Line(who, 409, 409, **_own()),
        # A form without its key is none of ours.
        f"fraud:{begins}exchange_item": Line(who, None, 404, **_own(code="exchange_item")),
        f"fraud:{begins}exchange_act": Line(who, None, 404, **_own(code="exchange_act")),
        f"fraud:{begins}exchange_document": Line(who, **_own(document="exchange_document")),
        # Nothing is left to prove, and no case to take the data for.
        f"fraud:{begins}exchange_proof": Line(who, None, 409, **_own()),
        f"fraud:{begins}exchange_export": Line(who, None, 409, **_own()),
    }


LINES: dict[str, Line] = {
    "fraud:exchanges": Line(AGENTS),
    "fraud:partner": Line(PARTNERS),
    **_lines("", AGENTS),
    **_lines("partner_", PARTNERS),
}


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    for code, nature in ((HERE, "SCHEME"), (ELSEWHERE, "SCHEME"), (OTHER, "HEALTH_AGENCY")):
        ExchangeBody.objects.get_or_create(
            code=code, defaults={"name": code, "nature": nature, "is_here": True, "since": date(2019, 1, 1)}
        )
    here, elsewhere = (_received(code) for code in (HERE, ELSEWHERE))
    return {
        "exchange_here": here.key, "exchange_elsewhere": elsewhere.key, "exchange_item": "BENEFITS_PAID",
        "exchange_act": "repondre", "exchange_document": here.documents.get().pk,
    }  # fmt: skip


def hold(user: User, role: Role, known: dict[str, Any]) -> None:
    """A designation for the body of their posting."""
    if role in AGENTS | PARTNERS:
        _officer(HERE, "SCHEME_CONTROL", user=user, first_name=user.username, last_name="Essai")


def _officer(code: str, category: str, **changes: Any) -> AuthorisedOfficer:
    said: dict[str, Any] = {
        "first_name": "Ève", "last_name": "Essai", "act_no": "E-1", "act_dated": date(2025, 10, 15), "signatory": "Jeanne Petit",
        "signatory_quality": "Directrice générale", "scopes": ["CHILDCARE"], "valid_from": date(2025, 11, 1),
        "valid_to": date(2026, 11, 1),
    }  # fmt: skip
    return AuthorisedOfficer.objects.create(body_id=code, category=category, **said | changes)


def _received(code: str) -> InfoExchange:
    """A request that came to a body, with a paper."""
    at: datetime = moment_on(DAY)
    key, officer, other = (
        keeping.new_key(),
        _officer(code, "SCHEME_CONTROL"),
        _officer(OTHER, "HEALTH_AGENCY", act_no=code),
    )
    made = InfoExchange.objects.create(
        holder_id=code, direction="IN", kind="REQUEST", reference=uuid4(), number="ARSX-2026-1", counterpart_id=OTHER,
        officer=officer, counterpart_officer=other, legal_basis="L114-16-1", purpose="FINDING", scope="CHILDCARE",
        departement="63", payload_kinds=["INFORMATION"], period_start=date(2026, 1, 1), period_end=DAY, motive="essai",
        person_key=uuid4(), sealed_key=key, sealed=keeping.lock(key, {"person": {}}), state="ACKNOWLEDGED", drafted_on=DAY,
        dated=DAY, sent_at=at, acknowledged_at=at, due_on=date(2026, 11, 25), retained_until=date(2027, 2, 25), envelope=uuid4(),
    )  # fmt: skip
    ExchangeItem.objects.create(exchange=made, position=0, code="BENEFITS_PAID")
    where = {"body": OTHER, "system": "essai", "extraction_at": at.isoformat(), "officer": "Ève Essai"}
    paper = keep_evidence(
        case_pk=None, reference=made.evidence_reference, title="Essai", content=b"texte", provenance=where, by="essai", at=at
    )  # fmt: skip
    ExchangeDocument.objects.create(exchange=made, evidence=paper, name="essai.txt")
    return made
