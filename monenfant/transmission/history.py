"""What software said of a place, taken or not, the latest first: two tables read as one list, by pages that cost the same."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import zstandard
from django.db.models import Q, QuerySet

from monenfant.models import AvailabilityMessage, CarePlace, RefusedMessage
from monenfant.transmission.codes import SLOT_FLAG
from monenfant.transmission.judging import BAND_WORDS

PAGE = 25
FLAGGED_SHOWN = 200
TAKEN, NOT_TAKEN = "pris", "refuse"
TABLES: dict[str, type[AvailabilityMessage] | type[RefusedMessage]] = {
    TAKEN: AvailabilityMessage,
    NOT_TAKEN: RefusedMessage,
}


@dataclass(frozen=True)
class Entry:
    """One message as the pages show it. `codes` are those of its refusal, or of its slots."""

    kind: str
    pk: int
    at: datetime
    vendor: str
    status: int
    answer: Mapping[str, Any]
    body: bytes | None

    @property
    def is_taken(self) -> bool:
        return self.kind == TAKEN

    @property
    def codes(self) -> list[str]:
        said = [flag for slot in self.answer.get("slots", ()) for flag in slot["flags"]] + self.answer.get("errors", [])
        return sorted({one["code"] for one in said})

    @property
    def key(self) -> str:
        """Where it stands in the list, as an address holds it."""
        return f"{self.at.astimezone(UTC).isoformat()}_{self.kind}_{self.pk}"

    @property
    def text(self) -> str:
        """What was sent, laid out; empty when it was not kept."""
        return laid_out(zstandard.decompress(self.body)) if self.body else ""


@dataclass(frozen=True)
class Listed:
    """A page of the list, as the pager wants it."""

    rows: list[Entry]
    previous: str | None
    next: str | None


def laid_out(content: bytes) -> str:
    """JSON as people read it; anything else as it came."""
    text = content.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text


def history_of(place: CarePlace, after: str = "") -> Listed:
    """The page that follows the entry `after` (its key); a key that is none gives the first."""
    beyond = _key(after)
    rows = [entry for kind in TABLES for entry in _some(kind, place, beyond, PAGE + 1)]
    rows.sort(key=_order)
    return Listed(rows[:PAGE], None, rows[PAGE - 1].key if len(rows) > PAGE else None)


def last_of(place: CarePlace) -> Entry | None:
    """The message that came last, taken or not."""
    rows = sorted((entry for kind in TABLES for entry in _some(kind, place, None, 1)), key=_order)
    return rows[0] if rows else None


def get_entry(place: CarePlace, kind: str, pk: int) -> Entry:
    """One message of that place. Raises AvailabilityMessage.DoesNotExist or RefusedMessage.DoesNotExist; KeyError."""
    row = _messages(kind, place).get(pk=pk)
    return _entry(kind, row, bytes(row.body) if row.body is not None else None)


def _order(entry: Entry) -> tuple[float, str, int]:
    return -entry.at.timestamp(), entry.kind, -entry.pk


def _messages(kind: str, place: CarePlace) -> QuerySet[Any]:
    return TABLES[kind].objects.filter(place=place, vendor__isnull=False).select_related("vendor")


def _some(kind: str, place: CarePlace, beyond: tuple[datetime, str, int] | None, size: int) -> list[Entry]:
    found = _messages(kind, place).defer("body").order_by("-received_at", "-pk")
    if beyond:
        at, after_kind, pk = beyond
        level = (
            Q(received_at=at)
            if kind > after_kind
            else Q(received_at=at, pk__lt=pk)
            if kind == after_kind
            else Q(pk=None)
        )
        found = found.filter(Q(received_at__lt=at) | level)
    return [_entry(kind, row) for row in found[:size]]


def _key(text: str) -> tuple[datetime, str, int] | None:
    at, _, rest = text.partition("_")
    kind, _, pk = rest.partition("_")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, kind, int(pk)) if kind in TABLES and moment.tzinfo else None
    except ValueError:
        return None


def _entry(kind: str, row: Any, body: bytes | None = None) -> Entry:
    flagged = kind == TAKEN and any(slot["flags"] for slot in row.answer.get("slots", ()))
    status = (SLOT_FLAG if flagged else 200) if kind == TAKEN else row.status
    return Entry(kind, row.pk, row.received_at, row.vendor.name, status, row.answer, body)


def flagged_slots(entry: Entry) -> list[dict[str, Any]]:
    """The slots of which something is said, as they were sent, numbered from one as people count."""
    slots = entry.answer.get("slots", ())
    sent = json.loads(entry.text)["slots"] if entry.is_taken and entry.text else []
    return [
        {"number": slot["slot"] + 1, "flags": slot["flags"], "words": _words(sent[slot["slot"]])}
        for slot in slots
        if slot["flags"]
    ][:FLAGGED_SHOWN]


def _words(sent: Mapping[str, Any]) -> str:
    group = sent["age_group"]
    ages = "tous âges" if group == "ANY" else f"{group.replace('-', ' à ')} mois"
    return f"{BAND_WORDS[sent['half_day']]}, {ages}, {sent['places']} place{'s' if sent['places'] > 1 else ''}"
