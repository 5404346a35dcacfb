"""Windows of free places, moves of follow-ups, decisions: the good path, each refusal and that nothing moved."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.db import models

from monenfant import operations
from monenfant.models import (
    AvailabilityMessage,
    AvailabilityMonth,
    CarePlace,
    DeclarationFollowUp,
    SuspensionDecision,
    WithdrawalDecision,
    WithdrawalGround,
)
from monenfant.rules import follow_up as rules
from monenfant.rules.availability import AboveCapacity, BandsOverlap, Slot
from monenfant.rules.follow_up import Ground
from portal.audit.models import JournalEntry
from tests.monenfant.slots import as_slots

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 9, 6, 3, 10, tzinfo=UTC)
DAY = date(2022, 10, 1)
FIRST, END = date(2021, 9, 9), date(2021, 10, 9)
MORNING = Slot(date(2021, 9, 9), "AM", "0-12", "OCCASIONAL", 2)
LATER = Slot(date(2021, 10, 12), "FULL", "25-36", "REGULAR", 1)
MISSING, SAFETY = "AVAILABILITY_NOT_DECLARED", "SAFETY"


@pytest.fixture
def place() -> CarePlace:
    return CarePlace.objects.create(
        provider="STRUCTURE", number="S1", kind="COLLECTIVE", insee_code="63113", lat=45.78, lon=3.08, cell=7,
        most_places=5,
    )  # fmt: skip


@pytest.fixture
def agent() -> Any:
    return get_user_model().objects.create(email="agent@exemple.fr", username="agent")


def report(place: CarePlace, sequence: int, *slots: Slot, **changes: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "key": UUID(int=sequence), "mode": "AUTOMATED", "first": FIRST, "end": END, "body": str(slots).encode(),
        "answer": {"accepted": len(slots)}, "now": NOW,
    }  # fmt: skip
    return operations.replace_window(place_pk=place.pk, sequence=sequence, slots=slots, **facts | changes)


def told(place: CarePlace) -> list[Slot]:
    return as_slots({(row.month, row.kind, row.age_group): bytes(row.places) for row in place.months.all()})


def test_a_window_is_replaced_whole_and_nothing_outside_it(place: CarePlace) -> None:
    report(place, 1, LATER, first=date(2021, 10, 9), end=date(2021, 11, 1))
    report(place, 2, MORNING)
    assert told(place) == [MORNING, LATER]

    evening = Slot(date(2021, 9, 20), "PM", "13-24", "OCCASIONAL", 1)
    report(place, 3, evening)

    assert told(place) == [evening, LATER]
    place.refresh_from_db()
    assert (place.last_sequence, place.declared_at, place.declared_mode) == (3, NOW, "AUTOMATED")
    assert set(place.months.values_list("cell", flat=True)) == {7}


def test_an_empty_window_leaves_no_row(place: CarePlace) -> None:
    report(place, 1, MORNING)
    report(place, 2)

    assert not AvailabilityMonth.objects.exists()


def test_the_same_message_again_gives_the_first_answer_and_writes_nothing(place: CarePlace) -> None:
    first = report(place, 1, MORNING)
    report(place, 2)

    assert report(place, 1, MORNING, answer={"accepted": "other"}) == first
    assert told(place) == []
    assert AvailabilityMessage.objects.count() == 2


@pytest.mark.parametrize(
    ("sequence", "slots", "changes", "refusal"),
    [
        (1, (MORNING,), {"key": UUID(int=9)}, operations.OldSequence),
        (2, (), {"key": UUID(int=1)}, operations.KeyReused),
        (2, (LATER,), {}, operations.WindowOutOfBounds),
        (2, (), {"end": FIRST}, operations.WindowOutOfBounds),
        (2, (), {"end": date(2022, 3, 12)}, operations.WindowOutOfBounds),
        (2, (Slot(FIRST, "AM", "0-12", "REGULAR", 3), Slot(FIRST, "FULL", "13-24", "REGULAR", 3)), {}, AboveCapacity),
        (2, (Slot(FIRST, "AM", "0-12", "REGULAR", 1), Slot(FIRST, "FULL", "0-12", "REGULAR", 1)), {}, BandsOverlap),
    ],
)
def test_a_refused_message_moves_nothing(
    place: CarePlace, sequence: int, slots: tuple[Slot, ...], changes: dict[str, Any], refusal: type[Exception]
) -> None:
    report(place, 1, MORNING)

    with pytest.raises(refusal):
        report(place, sequence, *slots, **changes)

    place.refresh_from_db()
    assert (told(place), place.last_sequence, AvailabilityMessage.objects.count()) == ([MORNING], 1, 1)


def test_look_alikes_of_refused_messages(place: CarePlace) -> None:
    """The capacity in each half, and a window of 183 days."""
    full = (Slot(FIRST, "AM", "0-12", "REGULAR", 5), Slot(FIRST, "PM", "13-24", "REGULAR", 5))
    report(place, 1, *full, end=date(2022, 3, 11))

    assert told(place) == list(full)


def test_nothing_of_a_child_has_a_column() -> None:
    kept = {field.name: type(field) for field in AvailabilityMonth._meta.get_fields()}

    assert set(kept) == {"id", "place", "cell", "month", "kind", "age_group", "free_days", "places"}
    assert [name for name, kind in kept.items() if kind in (models.TextField, models.JSONField)] == []


# ---- follow-ups and decisions -------------------------------------------------------------------------------------


def follow_up(place: CarePlace, state: str = rules.DUE) -> DeclarationFollowUp:
    return DeclarationFollowUp.objects.create(place=place, deadline=date(2022, 6, 1), state=state, moved_on=DAY)


def test_a_follow_up_goes_to_the_warning_step_by_step_and_is_cured_by_declaring(place: CarePlace, agent: Any) -> None:
    one = follow_up(place)
    for to in ("OVERDUE", "REMINDED", "REFERRED", "WARNED", "RECORDED", "COMPLIANT"):
        one = operations.move_follow_up(follow_up_pk=one.pk, to=to, on=DAY, by_pk=agent.pk, reason="délai")

    assert (one.state, one.cured_on) == ("COMPLIANT", DAY)
    assert [move.after for move in one.moves.order_by("pk")][-2:] == ["RECORDED", "COMPLIANT"]


def test_declared_in_time_is_no_breach_that_was_cured(place: CarePlace) -> None:
    one = operations.move_follow_up(
        follow_up_pk=follow_up(place).pk, to="COMPLIANT", on=DAY, by_pk=None, reason="déclaré"
    )

    assert one.cured_on is None


def test_a_move_that_is_not_allowed_changes_nothing(place: CarePlace) -> None:
    one = follow_up(place, rules.OVERDUE)

    with pytest.raises(rules.MoveNotAllowed):
        operations.move_follow_up(follow_up_pk=one.pk, to="WARNED", on=DAY, by_pk=None, reason="saut")

    one.refresh_from_db()
    assert (one.state, one.moves.count()) == ("OVERDUE", 0)


def test_a_suspension_is_recorded_but_never_for_a_missing_declaration(place: CarePlace, agent: Any) -> None:
    facts: dict[str, Any] = {
        "place_pk": place.pk,
        "departement": "63",
        "decided_on": DAY,
        "by_pk": agent.pk,
        "now": NOW,
    }
    operations.record_suspension(grounds=[SAFETY], **facts)

    with pytest.raises(rules.ForbiddenGroundError):
        operations.record_suspension(grounds=[SAFETY, MISSING], **facts)

    assert SuspensionDecision.objects.count() == 1
    assert JournalEntry.objects.filter(action="childcare.suspension", actor="agent").count() == 1


def test_a_withdrawal_keeps_its_other_ground(place: CarePlace, agent: Any) -> None:
    facts: dict[str, Any] = {
        "place_pk": place.pk, "departement": "63", "heard_on": DAY, "commission_on": DAY, "decided_on": DAY,
        "by_pk": agent.pk, "now": NOW,
    }  # fmt: skip
    with pytest.raises(rules.SoleGroundError):
        operations.record_withdrawal(grounds=[Ground(MISSING, "constat")], **facts)
    assert not WithdrawalDecision.objects.exists()

    decision = operations.record_withdrawal(grounds=[Ground(MISSING), Ground(SAFETY, "rapport de PMI")], **facts)
    missing, safety = (decision.grounds.get(code=code).pk for code in (MISSING, SAFETY))
    with pytest.raises(rules.SoleGroundError):
        operations.remove_ground(ground_pk=safety, by_pk=agent.pk, now=NOW)
    operations.remove_ground(ground_pk=missing, by_pk=agent.pk, now=NOW)

    assert list(WithdrawalGround.objects.values_list("code", flat=True)) == [SAFETY]
