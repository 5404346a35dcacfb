"""What a parent says is received like a file: an event or a parent's row, kept whole with its origin.

Nothing of a case changes here: the next day's run hears it, as it hears what courts and banks send.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import zstandard
from django.db import IntegrityError, connection, transaction

from aripa.models import ActKind, Event, EventKind, Parent, ParentAct
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.exchange.models import FileChunk, FileOrigin, FileState, ReceivedFile
from portal.people.vault import encrypt
from portal.turns import one_at_a_time

KIND = "parent-act"
SENDER = "parent"
OWN = ("id", "file", "line", "known_from", "known_until", "heard_on")


class NotPossible(Exception):
    """Why an act cannot be taken, in French. Nothing was kept."""


@dataclass(frozen=True)
class Who:
    """The signed-in parent who acts, when, and on which day of the portal."""

    user: User
    parent_no: str
    day: date
    at: datetime


Events = list[tuple[str, EventKind, dict[str, Any]]]


@dataclass(frozen=True)
class Said:
    """What an act leaves: events by case number, the parent's cells that change, and the day a person answers by."""

    events: Events = field(default_factory=list)
    cells: Mapping[str, Any] = field(default_factory=dict)
    answer_by: date | None = None


def known_act(key: UUID, who: Who) -> ParentAct | None:
    """What this form gave already, to this parent."""
    return ParentAct.objects.filter(key=key, user=who.user).first()


def hold_case(case_no: str) -> None:
    """What the two parents of a case say is taken one after the other: the second reads what the first left. Until the
    end of the caller's transaction; apart from the rows of the case, which the day's run may hold for long."""
    one_at_a_time(f"aripa-own:{case_no}")


def act(
    *, key: UUID, who: Who, kind: ActKind, said: Said, case_no: str = "", party: str = "",
    facts: Mapping[str, Any] | None = None,
) -> tuple[ParentAct, bool]:  # fmt: skip
    """Keep an act, whole or not at all; returns it, and whether this form had been sent before.

    Raises NotPossible for a form that served somebody else.
    """
    if known := known_act(key, who):
        return known, True
    try:
        with transaction.atomic():
            made = ParentAct.objects.create(
                key=key, user=who.user, parent_no=who.parent_no, case_no=case_no, party=party, kind=kind,
                facts=dict(facts or {}), day=who.day, at=who.at, answer_by=said.answer_by,
            )  # fmt: skip
            made.events = _enter(made, said, who)
            made.save(update_fields=["events"])
    except IntegrityError as taken:
        if known := known_act(key, who):
            return known, True
        raise NotPossible("Cette page est trop ancienne : rechargez-la, puis recommencez.") from taken
    journal(
        actor=who.user.get_username(), action="aripa.parent_act", subject=f"aripa:parent:{who.parent_no}",
        detail={"act": made.pk, "kind": kind}, at=who.at,
    )  # fmt: skip
    return made, False


def _enter(made: ParentAct, said: Said, who: Who) -> list[int]:
    if not said.events and not said.cells:
        return []
    file = _kept(made, said, who)
    if said.cells:
        _supersede(who, said.cells, file)
    numbers = _numbers(len(said.events))
    Event.objects.bulk_create(
        Event(file=file, line=line, known_from=who.at, event_no=number, day=who.day, case_no=case_no, kind=kind, **cells)
        for line, (number, (case_no, kind, cells)) in enumerate(zip(numbers, said.events, strict=True), start=1)
    )  # fmt: skip
    return numbers


def _numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('aripa_own_events') FROM generate_series(1, %s)", (count,))
        return [row[0] for row in cursor.fetchall()]


def _kept(made: ParentAct, said: Said, who: Who) -> ReceivedFile:
    """The act as a file of its own, compressed and encrypted like any other."""
    told = {
        "act": str(made.kind), "key": str(made.key), "by": who.user.get_username(), "at": who.at.isoformat(),
        "events": [[case, str(kind), cells] for case, kind, cells in said.events], "cells": dict(said.cells),
    }  # fmt: skip
    content = json.dumps(told, ensure_ascii=False, default=str).encode()
    rows = len(said.events) + bool(said.cells)
    file = ReceivedFile.objects.create(
        name=f"acte-{made.pk}.json", kind=KIND, sender=SENDER, sha256=hashlib.sha256(content).hexdigest(),
        size=len(content), state=FileState.APPLIED, origin=FileOrigin.FAMILY, received_at=who.at, rows_read=rows,
        rows_applied=rows,
    )  # fmt: skip
    FileChunk.objects.create(file=file, number=0, content=encrypt(zstandard.compress(content)))
    return file


def current_parent(parent_no: str, on: date) -> Parent | None:
    """The parent as known on the day."""
    found = Parent.objects.filter(parent_no=parent_no, known_until__isnull=True, updated_on__lte=on)
    return found.order_by("-updated_at", "-pk").first()


def _supersede(who: Who, cells: Mapping[str, Any], file: ReceivedFile) -> None:
    """The parent known anew from this day on; a row of the same day gives its place."""
    former = current_parent(who.parent_no, who.day)
    content = {} if former is None else {
        one.attname: getattr(former, one.attname) for one in former._meta.concrete_fields if one.name not in OWN
    }  # fmt: skip
    same = Parent.objects.select_for_update(of=("self",)).filter(
        parent_no=who.parent_no, updated_on=who.day, known_until__isnull=True
    )
    for row in same:
        row.known_until = who.at
        row.save(update_fields=["known_until"])
    content |= {"parent_no": who.parent_no, "updated_on": who.day, "updated_at": who.at, **cells}
    Parent.objects.create(file=file, line=0, known_from=who.at, **content)
