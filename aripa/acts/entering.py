"""An act enters like the row of a file: checked by the same rules, kept whole, heard by the next day that is lived."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl
from django.db import IntegrityError, transaction

from aripa.flows.kinds import EVENTS
from aripa.flows.own import NotEntered, Numbers, receive
from aripa.models import Act, Case, Event
from aripa.selectors import SUBJECT
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.exchange.checking import check
from portal.exchange.models import FileOrigin
from portal.exchange.preparing import prepare_rows
from portal.exchange.reading import LINE
from portal.frame.refusals import FieldsRefused

REASON_LEAST = 5


class ActRefused(FieldsRefused):
    """The act cannot be entered; by column."""


class ChangedMeanwhile(Exception):
    """Something else was told of the case since it was read: nothing was entered."""


@dataclass(frozen=True)
class Order:
    """An act to enter: the row without its number, why, and what the person had read."""

    cells: dict[str, str]
    reason: str
    version: str
    form_key: UUID


def version_of(case_no: str) -> str:
    """What changes when a fact of the case enters or a day is lived."""
    last = Event.objects.filter(case_no=case_no).order_by("-pk").values_list("pk", flat=True).first()
    lived = Case.objects.filter(pk=case_no).values_list("household__lived_until", flat=True).first()
    return f"{last or 0}-{lived}"


def checked(cells: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    """Every error of the row by column, and, without any, the columns of the event that it becomes."""
    numbered = {"event_no": str(int(Numbers.AGENT))} | dict(cells)
    texts = {column.name: [numbered.get(column.name) or None] for column in EVENTS.columns}
    frame = pl.DataFrame(texts, schema={column.name: pl.String for column in EVENTS.columns})
    found = check(frame.with_columns(pl.lit(1, dtype=pl.Int64).alias(LINE)), EVENTS)
    errors: dict[str, str] = {}
    for one in found.errors.get(1, []):
        errors.setdefault(one["column"], one["message"])
    return errors, {} if errors else prepare_rows(found.valid, EVENTS).rows.drop(LINE).row(0, named=True)


def enter(*, order: Order, by: User, at: datetime) -> tuple[Act, bool]:
    """Enter an act once; returns it, and whether this form had entered it before.

    Raises ActRefused with nothing entered, ChangedMeanwhile, Case.DoesNotExist.
    """
    try:
        with transaction.atomic():
            case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=order.cells["case_no"])
            before = Act.objects.filter(form_key=order.form_key, case_no=case.pk, done_by=by).first()
            if before is not None:
                return before, True
            if version_of(case.pk) != order.version:
                raise ChangedMeanwhile
            return _enter(order, by, at), False
    except IntegrityError as twice:
        # The key of somebody else's form, or the same form in two windows of a second.
        raise ChangedMeanwhile from twice


def _enter(order: Order, by: User, at: datetime) -> Act:
    if len(order.reason.strip()) < REASON_LEAST:
        raise ActRefused({"why": "Dites en une ligne d’où vient ce fait : le dossier le garde."})
    act = Act.objects.create(
        case_no=order.cells["case_no"], kind=order.cells["kind"], reason=order.reason.strip()[:300], done_by=by,
        done_at=at, form_key=order.form_key,
    )  # fmt: skip
    act.event_no = Numbers.AGENT.of(act.pk)
    act.save(update_fields=["event_no"])
    try:
        receive(
            [{"event_no": str(act.event_no)} | order.cells], name=f"acte-{act.event_no}.csv",
            sender=f"portail:{by.get_username()}", origin=FileOrigin.AGENT, at=at,
        )  # fmt: skip
    except NotEntered as refused:
        raise ActRefused(refused.errors) from refused
    journal(
        actor=by.get_username(), action="aripa.act", subject=SUBJECT + act.case_no,
        detail={"kind": act.kind, "event": act.event_no}, at=at,
    )  # fmt: skip
    return act
