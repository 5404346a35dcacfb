"""Receiving a message: in turn, once, whole or not at all; what is refused is kept too, and never published.

The order of the answers is that of the questions: may this software speak for this structure, is it its turn, is this a
message, was it received before, what does it say.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import zstandard
from django.db.models import Q
from django.utils import timezone

from monenfant.models import CarePlace, Mode, RefusedMessage, SoftwareDelegation, SoftwareVendor
from monenfant.operations import KeyReused, OldSequence, check_sequence, message_of_key, replace_window, same_answer
from monenfant.rules.availability import AboveCapacity
from monenfant.rules.rhythm import next_due
from monenfant.transmission.codes import SLOT_FLAG, Problem, problem, status_of
from monenfant.transmission.judging import Verdict, judge
from monenfant.transmission.register import Register, register_of
from monenfant.transmission.shape import Message, kept_path, read_message
from portal.accounts.limits import TooManyTries, take_turn
from portal.legislation.simulations import NotJson, read_json

CALLS_AN_HOUR = 60
HOUR = timedelta(hours=1)
# What is wrong five hundred times is wrong in the software: an answer is kept, and never larger than its message.
ERRORS_MOST = 500


@dataclass(frozen=True)
class Call:
    """One call of a vendor's software about a structure, as it came; `read` gives its bytes, once it is its turn."""

    vendor: SoftwareVendor
    cnaf_id: str
    key: str
    read: Callable[[], bytes]
    now: datetime
    is_trial: bool = False

    @property
    def day(self) -> date:
        return timezone.localdate(self.now)


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """Nothing of the call is taken in, for each of these reasons."""

    def __init__(self, *problems: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(problems)
        self.problems, self.headers = list(problems), headers or {}


def receive(call: Call) -> Reply:
    """Take in a message, or say why not. A trial (`is_trial`) says what would happen and writes nothing."""
    try:
        register = _heard(call)
    except Refused as refused:
        return _refusal(refused)
    content = b""
    try:
        content = call.read()
        return _taken(call, register, content)
    except Refused as refused:
        reply = _refusal(refused)
        _keep(call, register, content, reply)
        return reply


def _heard(call: Call) -> Register:
    """The structure for which the vendor may speak now."""
    register = register_of(call.cnaf_id) if "\0" not in call.cnaf_id else None
    if register is None:
        raise Refused(problem("E010_UNKNOWN_STRUCTURE"))
    if not is_delegated(call.vendor.pk, register.manager_siret, call.day):
        raise Refused(problem("E003_SCOPE"))
    try:
        # The limit is on real hours, whatever day the pages are on.
        take_turn(f"availability:{call.cnaf_id}", most=CALLS_AN_HOUR, within=HOUR)
    except TooManyTries as shut:
        raise Refused(problem("E040_RATE"), headers={"Retry-After": str(shut.seconds)}) from shut
    return register


def is_delegated(vendor_pk: int, manager_siret: str | None, day: date) -> bool:
    """Whether that manager lets that vendor's software report on that day."""
    in_force = Q(end=None) | Q(end__gt=day)
    held = SoftwareDelegation.objects.filter(in_force, vendor=vendor_pk, manager__siret=manager_siret, start__lte=day)
    return bool(manager_siret) and held.exists()


def _taken(call: Call, register: Register, content: bytes) -> Reply:
    key = _key(call.key)
    if (again := _same(register, key, content, call.now)) is not None:
        return again
    message = _message(content, call.cnaf_id)
    verdict = judge(message, register, call.day)
    verdict.problems += _old(call, register, message)
    # Its twin, sent at the same time, may have entered meanwhile: its number is old because it is its own.
    if verdict.problems and (again := _same(register, key, content, call.now)) is not None:
        return again
    if verdict.problems:
        raise Refused(*verdict.problems)
    if call.is_trial:
        return _accepted(verdict, trial_answer(verdict))
    return _written(call, register, key, message, verdict, content)


def _key(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError as wrong:
        missing = problem("E001_SCHEMA", "Idempotency-Key", "L’en-tête Idempotency-Key n’est pas un UUID.",
                          "Tirez un UUID par message, et gardez-le pour un nouvel essai du même message.")  # fmt: skip
        raise Refused(missing) from wrong


def _same(register: Register, key: UUID, content: bytes, now: datetime) -> Reply | None:
    """The answer that this very message had; None for a new one."""
    earlier = message_of_key(register.place_pk, key, now) if register.place_pk else None
    if earlier is None:
        return None
    try:
        return _replay(same_answer(earlier, sha256(content).digest()))
    except KeyReused as reused:
        raise Refused(problem("E031_IDEMPOTENCY_CONFLICT", "Idempotency-Key")) from reused


def _replay(answer: dict[str, Any]) -> Reply:
    return Reply(200, answer, {"Idempotent-Replay": "true"})


def _message(content: bytes, cnaf_id: str) -> Message:
    message, problems = message_of(content)
    if message is None:
        raise Refused(*problems)
    if message.cnaf_id != cnaf_id:
        path = "structure.cnaf_id"
        raise Refused(
            problem("E001_SCHEMA", path, "Ce numéro n’est pas celui de l’adresse.", "Envoyez le même aux deux.")
        )
    return message


def message_of(content: bytes) -> tuple[Message | None, list[Problem]]:
    """The message that bytes are, or why they are none."""
    try:
        return read_message(read_json(content))
    except NotJson as refused:
        return None, [problem("E001_SCHEMA", "", str(refused), "Envoyez un objet JSON en UTF-8.")]


def _old(call: Call, register: Register, message: Message) -> list[Problem]:
    place = CarePlace.objects.get(pk=register.place_pk) if register.place_pk else None
    try:
        if place:
            check_sequence(place, call.vendor.pk, message.sequence)
    except OldSequence as old:
        return [_old_sequence(old)]
    return []


def _old_sequence(old: OldSequence) -> Problem:
    return problem("E030_SEQUENCE", "sequence", f"Le dernier message pris porte le numéro {old.args[0]}.")


def _written(
    call: Call, register: Register, key: UUID, message: Message, verdict: Verdict, content: bytes
) -> Reply:  # fmt: skip
    assert register.place_pk is not None
    due = next_due(call.now, Mode.AUTOMATED)
    answer = {**verdict.counts, "published_at": _local(call.now), "next_due_at": _local(due), "slots": verdict.slots}
    try:
        told = replace_window(
            place_pk=register.place_pk, key=key, sequence=message.sequence, mode=Mode.AUTOMATED, first=message.first,
            end=message.last + timedelta(days=1), slots=verdict.published, body=content, answer=answer, now=call.now,
            vendor_pk=call.vendor.pk,
        )  # fmt: skip
    # What another call, or a new offer, did since it was looked at.
    except KeyReused as reused:
        raise Refused(problem("E031_IDEMPOTENCY_CONFLICT", "Idempotency-Key")) from reused
    except OldSequence as old:
        raise Refused(_old_sequence(old)) from old
    except AboveCapacity as above:
        raise Refused(problem("E024_CAPACITY", "slots")) from above
    return _accepted(verdict, answer) if told is answer else _replay(told)


def _local(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


def trial_answer(verdict: Verdict) -> dict[str, Any]:
    """What a trial answers: nothing was published, nothing is due."""
    return {**verdict.counts, "published_at": None, "next_due_at": None, "slots": verdict.slots}


def _accepted(verdict: Verdict, answer: dict[str, Any]) -> Reply:
    return Reply(SLOT_FLAG if verdict.is_flagged else 200, answer)


def _refusal(refused: Refused) -> Reply:
    return Reply(status_of(refused.problems), {"errors": refused.problems[:ERRORS_MOST]}, refused.headers)


def _keep(call: Call, register: Register, content: bytes, reply: Reply) -> None:
    """Keep what was refused. Of a message that has not our form nothing is kept but what was answered, without its keys;
    the first reason to refuse it may have been another."""
    codes = list(dict.fromkeys(one["code"] for one in reply.body["errors"]))
    if call.is_trial or register.place_pk is None:
        return
    is_ours = "E001_SCHEMA" not in codes and _has_our_form(content)
    errors = [one | {"path": kept_path(one["path"])} for one in reply.body["errors"]]
    RefusedMessage.objects.create(
        place_id=register.place_pk, vendor=call.vendor, received_at=call.now, status=reply.status, codes=codes,
        body=zstandard.compress(content) if is_ours else None, answer={"errors": errors},
    )  # fmt: skip


def _has_our_form(content: bytes) -> bool:
    """Whether no word of a body is free: it has our form, numbers of places that cannot be apart."""
    message, problems = message_of(content)
    if message is not None:
        return True
    if any(one["code"] != "E026_NEGATIVE" for one in problems):
        return False
    return all(isinstance(slot["places"], int | float) for slot in read_json(content)["slots"])
