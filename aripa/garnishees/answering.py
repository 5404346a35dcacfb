"""What a garnishee answers enters like the row of a file, as an agent's act does: kept whole, heard by the next day."""

import json
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from aripa.flows.own import Numbers, receive
from aripa.garnishees.orders import Standing, get_order, standing_of
from aripa.garnishees.said import Said
from aripa.models import Case, GarnisheeAnswer, GarnisheeAnswerKind, OrderLink
from aripa.selectors import SUBJECT
from portal.accounts.letter_doors import THIRD, known_answer
from portal.audit.operations import journal
from portal.exchange.models import FileOrigin
from portal.people.vault import decrypt, encrypt

EVENTS = {
    GarnisheeAnswerKind.YES: "ACCEPTED",
    GarnisheeAnswerKind.PARTLY: "ACCEPTED",
    GarnisheeAnswerKind.NO: "NOT_HELD",
    GarnisheeAnswerKind.ENDED: "ENDED",
}


class OrderOver(Exception):
    """The order no longer asks for an answer, or the form is another one's: nothing was kept."""


def answer(
    *, link_pk: int, key: UUID, said: Said, by_software: bool, day: date, at: datetime
) -> tuple[GarnisheeAnswer, bool]:  # fmt: skip
    """Keep an answer once; returns it, and whether it was known: the same form, or the same words as the last time.

    Raises OrderOver, OrderLink.DoesNotExist.
    """
    try:
        with transaction.atomic():
            link = OrderLink.objects.get(pk=link_pk)
            Case.objects.select_for_update(of=("self",), no_key=True).get(pk=link.case_no)
            if known := known_answer(link.answers.all(), key=key, digest=said.digest):
                return known, True
            last = link.answers.order_by("pk").last()
            if standing_of(get_order(link), last) not in (Standing.ASKED, Standing.ANSWERED):
                raise OrderOver
            return _keep(link, key, said, by_software, day, at), False
    except IntegrityError as twice:
        raise OrderOver from twice


def _keep(link: OrderLink, key: UUID, said: Said, by_software: bool, day: date, at: datetime) -> GarnisheeAnswer:
    made = GarnisheeAnswer.objects.create(
        key=key, link=link, kind=said.kind, reason=said.reason, amount_cents=said.amount_cents, ended_on=said.ended_on,
        said=encrypt(json.dumps(dict(said.contact), ensure_ascii=False).encode()), content_sha256=said.digest,
        by_software=by_software, day=day, at=at,
    )  # fmt: skip
    made.event_no = Numbers.THIRD.of(made.pk)
    made.save(update_fields=["event_no"])
    cells = {
        "event_no": str(made.event_no), "day": day.isoformat(), "case_no": link.case_no, "kind": "GARNISHEE_ANSWER",
        "ref": link.ref, "reason": EVENTS[said.kind],
    }  # fmt: skip
    receive(
        [cells], name=f"reponse-{made.event_no}.csv", sender=f"{THIRD}:{link.reference}", origin=FileOrigin.THIRD, at=at,
    )  # fmt: skip
    journal(
        actor=THIRD, action="aripa.garnishee_answer", subject=SUBJECT + link.case_no,
        detail={"answer": made.pk, "kind": said.kind, "order": link.number}, at=at,
    )  # fmt: skip
    return made


def contact_of(made: GarnisheeAnswer) -> dict[str, str]:
    """Who answered, and their words."""
    return dict(json.loads(decrypt(made.said)))
