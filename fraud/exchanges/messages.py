"""What the two bodies say to each other, as their envelopes carry it: written here, and read here without trusting a word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fraud.exchanges.keeping import content_of, said_of
from fraud.models import AuthorisedOfficer, ExchangeDocument, InfoExchange
from fraud.rules import exchange as rules
from fraud.rules.exchange_items import ITEMS

EXCHANGE, ANSWER, READ, TAKEN_OVER = "exchange", "exchange.answer", "exchange.read", "exchange.taken_over"
ITEMS_MOST, WORDS_MOST = len(ITEMS), 20_000
NUMBER = re.compile(r"[A-Z0-9]{2,12}-\d{4}-\d{1,9}", re.ASCII)
PERSON = ("nir", "last_name", "first_name", "born_on")


class Malformed(ValueError):
    """The message is not one of ours."""


@dataclass(frozen=True)
class SaidItem:
    """What a message says of one item."""

    code: str
    outcome: str = ""
    refusal: str = ""
    content: Mapping[str, str] = field(default_factory=dict)
    data_format: str = ""
    data_sha256: str = ""


@dataclass(frozen=True)
class SaidPaper:
    """What a message says of one document: which item it answers, and its own date."""

    sha256: str
    name: str
    item: str
    dated: date | None


@dataclass(frozen=True)
class Told:
    """An exchange as the other body sent it."""

    reference: UUID
    number: str
    form: str
    legal_basis: str
    purpose: str
    scope: str
    departement: str
    urgency: str
    period_start: date
    period_end: date
    due_on: date | None
    case_number: str
    reason: str
    payload_kinds: tuple[str, ...]
    person: Mapping[str, str]
    items: tuple[SaidItem, ...]
    papers: tuple[SaidPaper, ...]
    recipient: Mapping[str, str]


def exchange_message(exchange: InfoExchange, due_on: date | None) -> dict[str, Any]:
    """A request or a communication."""
    return {
        "kind": EXCHANGE, "reference": str(exchange.reference), "number": exchange.number, "form": exchange.kind,
        "legal_basis": exchange.legal_basis, "purpose": exchange.purpose, "scope": exchange.scope,
        "departement": exchange.departement, "urgency": exchange.urgency, "period_start": exchange.period_start.isoformat(),
        "period_end": exchange.period_end.isoformat(), "due_on": due_on.isoformat() if due_on else "",
        "case_number": exchange.case_number, "reason": exchange.motive, "payload_kinds": list(exchange.payload_kinds),
        "person": content_of(exchange)["person"], "items": _items(exchange), "papers": _papers(exchange),
        "recipient": _officer(exchange.counterpart_officer),
    }  # fmt: skip


def answer_message(exchange: InfoExchange) -> dict[str, Any]:
    """What is said of each item."""
    return {
        "kind": ANSWER, "reference": str(exchange.reference), "number": exchange.number, "items": _items(exchange),
        "papers": _papers(exchange),
    }  # fmt: skip


def read_message(exchange: InfoExchange, at: datetime) -> dict[str, Any]:
    """Its officer opened it."""
    return {"kind": READ, "reference": str(exchange.reference), "read_at": at.isoformat()}


def taken_over_message(exchange: InfoExchange) -> dict[str, Any]:
    """Somebody else of the body follows it: who signs the envelope."""
    return {"kind": TAKEN_OVER, "reference": str(exchange.reference)}


def _officer(officer: AuthorisedOfficer) -> dict[str, str]:
    return {"first_name": officer.first_name, "last_name": officer.last_name, "act_no": officer.act_no}


def _items(exchange: InfoExchange) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code, "outcome": one.outcome, "refusal": one.refusal, "content": said_of(exchange, one),
            "data_format": one.data_format, "data_sha256": one.data_sha256,
        }
        for one in exchange.items.order_by("position")
    ]  # fmt: skip


def _papers(exchange: InfoExchange) -> list[dict[str, str]]:
    found = exchange.documents.exclude(item__outcome__in=[rules.NOT_HELD, rules.REFUSED])
    found = found.select_related("item", "evidence").order_by("pk")
    return [_paper(one) for one in found]


def _paper(one: ExchangeDocument) -> dict[str, str]:
    return {
        "sha256": one.evidence.sha256, "name": one.name, "item": one.item.code if one.item else "",
        "dated": one.dated.isoformat() if one.dated else "",
    }  # fmt: skip


def read_reference(message: Mapping[str, Any]) -> UUID:
    """Which exchange a message is about. Raises Malformed."""
    try:
        return UUID(_text(message, "reference"))
    except (KeyError, ValueError) as wrong:
        raise Malformed("reference") from wrong


def read_exchange(message: Mapping[str, Any]) -> Told:
    """A request or communication. Raises Malformed."""
    try:
        return Told(
            read_reference(message), _number(message), _text(message, "form"),
            _text(message, "legal_basis"), _text(message, "purpose"), _text(message, "scope", 24),
            _text(message, "departement", 3), _text(message, "urgency"), _day(message, "period_start"),
            _day(message, "period_end"), _day_or_none(message, "due_on"), _text(message, "case_number", 20),
            _text(message, "reason", 500), tuple(str(one) for one in message["payload_kinds"][:3]),
            {name: _text(message["person"], name, 120) for name in PERSON}, read_items(message), read_papers(message),
            {name: _text(message["recipient"], name, 80) for name in ("first_name", "last_name", "act_no")},
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, ValueError) as wrong:
        raise Malformed(str(wrong)[:100]) from wrong


def read_items(message: Mapping[str, Any]) -> tuple[SaidItem, ...]:
    """What is said of each item, each once and of the catalogue. Raises Malformed."""
    try:
        found = tuple(_item(one) for one in message["items"][: ITEMS_MOST + 1])
    except (KeyError, TypeError, AttributeError) as wrong:
        raise Malformed("items") from wrong
    codes = [one.code for one in found]
    if not found or len(set(codes)) != len(codes) or not set(codes) <= set(ITEMS):
        raise Malformed("items")
    return found


def _item(said: Mapping[str, Any]) -> SaidItem:
    refusal, outcome = _text(said, "refusal", 18), _text(said, "outcome", 8)
    if refusal not in {"", *rules.REFUSALS} or outcome not in {"", rules.GIVEN, rules.NOT_HELD, rules.REFUSED}:
        raise Malformed("outcome")
    content = {str(name)[:20]: str(text)[:WORDS_MOST] for name, text in list(said["content"].items())[:6]}
    return SaidItem(_text(said, "code", 30), outcome, refusal, content, _text(said, "data_format", 10),
                    _text(said, "data_sha256", 64))  # fmt: skip


def read_papers(message: Mapping[str, Any]) -> tuple[SaidPaper, ...]:
    """What is said of each document. Raises Malformed."""
    try:
        return tuple(
            SaidPaper(_text(one, "sha256", 64), _text(one, "name", 200), _text(one, "item", 30), _day_or_none(one, "dated"))
            for one in message["papers"][:50]
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError) as wrong:
        raise Malformed("papers") from wrong


def _text(message: Mapping[str, Any], name: str, most: int = 60) -> str:
    found = message[name]
    if not isinstance(found, str) or len(found) > most or "\x00" in found:
        raise Malformed(name)
    return found


def _number(message: Mapping[str, Any]) -> str:
    """It stands in names of files and in the journal: letters, digits and dashes."""
    found = _text(message, "number", 30)
    if not NUMBER.fullmatch(found):
        raise Malformed("number")
    return found


def _day(message: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(_text(message, name))
    except ValueError as wrong:
        raise Malformed(name) from wrong


def _day_or_none(message: Mapping[str, Any], name: str) -> date | None:
    return _day(message, name) if message.get(name) else None
