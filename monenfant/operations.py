"""Writes of childcare: what is free in a place, how a follow-up moves, what départements decided."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import zstandard
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from monenfant.models import (
    AvailabilityMessage,
    AvailabilityMonth,
    CarePlace,
    DeclarationFollowUp,
    FollowUpMove,
    Provider,
    SuspensionDecision,
    WithdrawalDecision,
    WithdrawalGround,
)
from monenfant.rules import follow_up as rules
from monenfant.rules.availability import (
    WINDOW_DAYS_MOST,
    Slot,
    check_capacity,
    empty_month,
    free_days,
    months_of,
    overlaid,
    packed,
)
from monenfant.rules.childminders import Received, check_declared
from monenfant.rules.follow_up import Ground
from portal.audit.operations import journal

KEY_SERVES = timedelta(hours=72)


class WindowOutOfBounds(Exception):
    """The window is empty or longer than 183 days, or a slot lies outside it."""


class OldSequence(Exception):
    """A later message of this place, from the same software, was accepted before."""


class KeyReused(Exception):
    """The same key came with another message."""


def replace_window(
    *, place_pk: int, key: UUID, sequence: int, mode: str, first: date, end: date, slots: Sequence[Slot], body: bytes,
    answer: dict[str, Any], now: datetime, vendor_pk: int | None = None, confirms: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Make the free places of a window, from `first` and before `end`, those told; what is not told there is free no more.

    One transaction, the place locked: a search sees the window before or after, never between. Days gone by stay as they
    were shown. The same key and body within 72 hours gives the first answer again (another object than `answer`) and
    writes nothing. Messages are numbered by who makes them: each vendor's software for itself, what is typed for itself.
    `confirms`: it is the word of who receives the children, and dates what families see; what the portal takes away by
    itself is not. Raises CarePlace.DoesNotExist, KeyReused, OldSequence, WindowOutOfBounds, and what `packed`,
    `check_capacity` and `check_declared` raise; nothing is changed then.
    """
    digest = sha256(body).digest()
    with transaction.atomic():
        place = CarePlace.objects.select_for_update(of=("self",)).get(pk=place_pk)
        earlier = message_of_key(place.pk, key, now)
        if earlier:
            return same_answer(earlier, digest)
        check_sequence(place, vendor_pk, sequence)
        _check_window(first, end, slots)
        _check_room(place, slots)
        _write_months(place, max(first, timezone.localdate(now)), end, slots)
        place.messages.filter(key=key).update(key=None)
        AvailabilityMessage.objects.create(
            place=place, vendor_id=vendor_pk, key=key, body_sha256=digest, sequence=sequence, mode=mode, window_start=first,
            window_end=end, received_at=now, body=zstandard.compress(body), answer=answer,
        )  # fmt: skip
        told = {"declared_at": now, "declared_mode": mode} if confirms else {}
        CarePlace.objects.filter(pk=place.pk).update(**told, **({} if vendor_pk else {"last_sequence": sequence}))
    return answer


def _check_room(place: CarePlace, slots: Sequence[Slot]) -> None:
    """The capacity of a structure; at a childminder's, what the approval leaves beside the children who are there."""
    received = received_of(place)
    if received is None:
        check_capacity(slots, place.most_places)
    else:
        check_declared(slots, received)


def received_of(place: CarePlace) -> Received | None:
    """What a childminder's approval allows and who is there; none for a structure, whose capacity is another rule."""
    if place.provider != Provider.CHILDMINDER:
        return None
    return Received(place.most_places, {(one.weekday, one.band): one.children for one in place.presences.all()})


def message_of_key(place_pk: int, key: UUID, now: datetime) -> AvailabilityMessage | None:
    """The message that this key brought, while the key serves: hours that went by, also when clocks changed meanwhile."""
    since = now.astimezone(UTC) - KEY_SERVES
    return AvailabilityMessage.objects.filter(place=place_pk, key=key, received_at__gt=since).first()


def same_answer(earlier: AvailabilityMessage, digest: bytes) -> dict[str, Any]:
    """What was answered to the same body. Raises KeyReused for another."""
    if bytes(earlier.body_sha256) != digest:
        raise KeyReused(earlier.key)
    return dict(earlier.answer)


def check_sequence(place: CarePlace, vendor_pk: int | None, sequence: int) -> None:
    """Raises OldSequence unless the number is above the last one of the same software, or the last one typed."""
    last = place.last_sequence
    if vendor_pk:
        last = place.messages.filter(vendor=vendor_pk).aggregate(last=Max("sequence"))["last"] or 0
    if sequence <= last:
        raise OldSequence(last)


def _check_window(first: date, end: date, slots: Sequence[Slot]) -> None:
    is_window = 0 < (end - first).days <= WINDOW_DAYS_MOST
    if not is_window or not all(first <= slot.date < end for slot in slots):
        raise WindowOutOfBounds(first, end)


def _write_months(place: CarePlace, first: date, end: date, slots: Sequence[Slot]) -> None:
    months = months_of(first, end)
    held = {(row.month, row.kind, row.age_group): bytes(row.places) for row in place.months.filter(month__in=months)}
    told = packed(slots)
    empty = bytes(empty_month())
    new = {
        series: overlaid(held.get(series, empty), told.get(series, empty), series[0], first, end)
        for series in sorted(held.keys() | told.keys())
    }
    place.months.filter(month__in=months).delete()
    AvailabilityMonth.objects.bulk_create(
        AvailabilityMonth(place=place, cell=place.cell, month=month, kind=kind, age_group=age_group,
                          free_days=free_days(row), places=row)
        for (month, kind, age_group), row in new.items() if row != empty
    )  # fmt: skip


def move_follow_up(*, follow_up_pk: int, to: str, on: date, by_pk: int | None, reason: str) -> DeclarationFollowUp:
    """Move a follow-up as its table allows, with its line; a breach that was noted is marked cured by a declaration.

    Raises DeclarationFollowUp.DoesNotExist, or MoveNotAllowed, also for a second call.
    """
    with transaction.atomic():
        one = DeclarationFollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up_pk)
        before = one.state
        rules.check_move(before, to)
        one.state, one.moved_on = to, on
        if before == rules.RECORDED and to == rules.COMPLIANT:
            one.cured_on = on
        one.save(update_fields=["state", "moved_on", "cured_on"])
        FollowUpMove.objects.create(follow_up=one, before=before, after=to, on=on, by_id=by_pk, reason=reason)
    return one


def record_suspension(
    *, place_pk: int, departement: str, decided_on: date, grounds: Sequence[str], by_pk: int, now: datetime,
    key: UUID | None = None,
) -> SuspensionDecision:  # fmt: skip
    """Record what a département decided; the same form (`key`) again gives the first record. Raises ForbiddenGroundError:
    a missing declaration is never a ground."""
    rules.check_suspension(grounds)
    with transaction.atomic():
        CarePlace.objects.select_for_update(of=("self",)).get(pk=place_pk)
        if key and (earlier := SuspensionDecision.objects.filter(form_key=key, place_id=place_pk).first()):
            return earlier
        decision = SuspensionDecision.objects.create(
            place_id=place_pk, departement=departement, decided_on=decided_on, grounds=list(grounds), recorded_at=now,
            recorded_by_id=by_pk, form_key=key,
        )  # fmt: skip
        _tell("childcare.suspension", place_pk, {"decision": decision.pk, "grounds": list(grounds)}, by_pk, now)
    return decision


def record_withdrawal(
    *, place_pk: int, departement: str, heard_on: date, commission_on: date, decided_on: date,
    grounds: Sequence[Ground], by_pk: int, now: datetime, key: UUID | None = None,
) -> WithdrawalDecision:  # fmt: skip
    """Record what a département decided, the person heard; the same form (`key`) again gives the first record. Raises
    SoleGroundError: a missing declaration needs beside it a proven breach of the conditions of care."""
    rules.check_withdrawal(grounds)
    with transaction.atomic():
        CarePlace.objects.select_for_update(of=("self",)).get(pk=place_pk)
        if key and (earlier := WithdrawalDecision.objects.filter(form_key=key, place_id=place_pk).first()):
            return earlier
        decision = WithdrawalDecision.objects.create(
            place_id=place_pk, departement=departement, heard_on=heard_on, commission_on=commission_on,
            decided_on=decided_on, recorded_at=now, recorded_by_id=by_pk, form_key=key,
        )  # fmt: skip
        WithdrawalGround.objects.bulk_create(
            WithdrawalGround(decision=decision, code=one.code, evidence=one.evidence) for one in grounds
        )
        codes = [one.code for one in grounds]
        _tell("childcare.withdrawal", place_pk, {"decision": decision.pk, "grounds": codes}, by_pk, now)
    return decision


def remove_ground(*, ground_pk: int, by_pk: int, now: datetime) -> None:
    """Take a ground away from a withdrawal; what is left is checked again. Raises SoleGroundError."""
    with transaction.atomic():
        ground = WithdrawalGround.objects.get(pk=ground_pk)
        decision = WithdrawalDecision.objects.select_for_update(of=("self",)).get(pk=ground.decision_id)
        left = decision.grounds.exclude(pk=ground_pk)
        rules.check_withdrawal([Ground(one.code, one.evidence) for one in left])
        ground.delete()
        _tell("childcare.ground.removed", decision.place_id, {"decision": decision.pk, "code": ground.code}, by_pk, now)


def _tell(action: str, place_pk: int, detail: dict[str, Any], by_pk: int, now: datetime) -> None:
    username = get_user_model().objects.get(pk=by_pk).get_username()
    journal(actor=username, action=action, subject=f"care_place:{place_pk}", detail=detail, at=now)
