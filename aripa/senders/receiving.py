"""Receiving a call of titles: once, whatever is sent again; kept whole; each title enters whole or not at all."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from aripa.flows.kinds import TITLES
from aripa.models import SentTitle, Title, TitleReceipt
from aripa.senders.rules import data_due_on, kind_for
from aripa.senders.shape import Sent, rows_of
from portal.accounts.api import Caller
from portal.audit.operations import journal
from portal.exchange.models import FileOrigin, RejectedRow, RowState
from portal.exchange.operations import hold_flow, import_rows
from portal.exchange.reading import Incoming
from portal.exchange.received import CURRENT
from portal.turns import one_at_a_time


class KeyReused(Exception):
    """The idempotency key served another content: nobody knows which was meant, nothing was taken in."""


@dataclass(frozen=True)
class Call:
    """What was sent: the bytes as they came, the titles read in them, and when."""

    content: bytes
    titles: list[Sent]
    idempotency_key: str
    day: date
    at: datetime

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps([one.digest for one in self.titles]).encode()).hexdigest()


def receive(*, call: Call, by: Caller) -> tuple[TitleReceipt, bool]:
    """Take in a call; returns its receipt, and whether it had been received before. Raises KeyReused.

    One call of a body at a time, so that the same one twice at once enters once.
    """
    with transaction.atomic():
        one_at_a_time(f"aripa-titles:{by.code}")
        if before := _same_key(call, by):
            return before, True
        known = _known(call.titles, by)
        if before := _same_titles(call, known):
            return before, True
        return _enter(call, by, known), False


def _same_key(call: Call, by: Caller) -> TitleReceipt | None:
    if not call.idempotency_key:
        return None
    found = _receipts(by).filter(idempotency_key=call.idempotency_key).first()
    if found is not None and found.content_sha256 != call.digest:
        raise KeyReused
    return found


def _receipts(by: Caller):  # type: ignore[no-untyped-def]
    return TitleReceipt.objects.filter(mission=by.mission, body=by.body)


def _known(titles: list[Sent], by: Caller) -> dict[str, SentTitle]:
    """Of each title, what this body sent of it last and was taken in."""
    numbers = [_kept(one.number) for one in titles]
    rows = SentTitle.objects.filter(receipt__in=_receipts(by), title_no__in=numbers, first=None).select_related(
        "receipt"
    )
    wrong = set(
        RejectedRow.objects.filter(file__in=[one.receipt.file_id for one in rows])
        .exclude(state=RowState.REPLAYED)
        .values_list("file_id", "line")
    )
    return {one.title_no: one for one in rows.order_by("pk") if (one.receipt.file_id, one.first_line) not in wrong}


def _same_titles(call: Call, known: dict[str, SentTitle]) -> TitleReceipt | None:
    """The receipt of a call that brought these titles, all of them and nothing else."""
    found = [known.get(one.number) for one in call.titles]
    receipts = {one.receipt for one in found if one is not None}
    same = all(
        one is not None and one.content_sha256 == sent.digest for one, sent in zip(found, call.titles, strict=True)
    )
    if not same or len(receipts) != 1:
        return None
    receipt = receipts.pop()
    return receipt if receipt.titles.count() == len(call.titles) else None


def _enter(call: Call, by: Caller, known: dict[str, SentTitle]) -> TitleReceipt:
    receipt = TitleReceipt.objects.create(
        mission=by.mission, body=by.body, idempotency_key=call.idempotency_key, content_sha256=call.digest,
        day=call.day, at=call.at,
    )  # fmt: skip
    repeated = {one.number for one in call.titles if _is_repeat(one, known)}
    fresh = [one for one in call.titles if one.number not in repeated]
    receipt.file_id = _import(receipt, call, fresh, by, known) if fresh else None
    receipt.save(update_fields=["file"])
    _keep_titles(receipt, call, known, repeated)
    journal(
        actor=by.code[:150], action="aripa.titles.received", subject=f"titlereceipt:{receipt.pk}",
        detail={"titles": len(call.titles), "again": len(repeated)}, at=call.at,
    )  # fmt: skip
    return receipt


def _is_repeat(one: Sent, known: dict[str, SentTitle]) -> bool:
    return one.number in known and known[one.number].content_sha256 == one.digest


def _import(receipt: TitleReceipt, call: Call, fresh: list[Sent], by: Caller, known: dict[str, SentTitle]) -> int:
    """The call as a received file: an envelope that says whose it is, then its bytes as they came."""
    head = json.dumps({"receipt": receipt.number, "sender": by.code, "at": call.at.isoformat()}).encode()
    numbers = [_kept(one.number) for one in fresh]
    # Of two bodies that bring one number at once, the second finds the title of the first.
    hold_flow(TITLES)
    held = set(Title.objects.filter(CURRENT, title_no__in=numbers).values_list("title_no", flat=True))
    incoming = Incoming(
        name=f"titres-{receipt.number}.json", content=head + b"\n" + call.content, manifest={"sender": by.code},
        header=[one.name for one in TITLES.columns], rows=rows_of([_named(one, by) for one in fresh], call.day),
    )  # fmt: skip
    report = import_rows(
        incoming, kind_for(by.mission, held - set(known)), received_at=call.at, origin=FileOrigin.SENDER
    )
    assert report.file is not None
    return report.file


def _named(one: Sent, by: Caller) -> Sent:
    """A sender need not say who it is: its key does."""
    return Sent(one.path, {"sender": by.mission.value} | one.facts, one.children)


def _keep_titles(receipt: TitleReceipt, call: Call, known: dict[str, SentTitle], repeated: set[str]) -> None:
    line, rows = 1, []
    for one in call.titles:
        is_again = one.number in repeated
        rows.append(SentTitle(
            receipt=receipt, path=one.path, title_no=_kept(one.number), case_no=_kept(one.facts.get("case_no", "")),
            content_sha256=one.digest, first_line=0 if is_again else line, lines=len(one.children),
            first=known[one.number] if is_again else None,
            data_due_on=data_due_on(receipt.mission, one.facts.get("title_date", ""), call.day),
        ))  # fmt: skip
        line += 0 if is_again else len(one.children)
    SentTitle.objects.bulk_create(rows)


def _kept(text: str) -> str:
    return text[:40].replace("\0", "\ufffd")
