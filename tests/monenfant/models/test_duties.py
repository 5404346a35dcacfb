"""What the database refuses, whoever asks: no sanction for a missing declaration alone."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, connection, transaction

from monenfant.models import (
    CarePlace,
    DeclarationFollowUp,
    FollowUpMove,
    GroundCode,
    SuspensionDecision,
    WithdrawalDecision,
    WithdrawalGround,
)
from monenfant.rules.follow_up import ALLOWED_MOVES, GROUNDS

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 10, 1, 9, tzinfo=UTC)
DAY = date(2022, 10, 1)
MISSING, SAFETY, UNPUBLISHED = "AVAILABILITY_NOT_DECLARED", "SAFETY", "PUBLICATION_NOT_AUTHORISED"


@pytest.fixture
def place() -> CarePlace:
    return CarePlace.objects.create(
        provider="CHILDMINDER", number="A1", kind="HOME", insee_code="63113", lat=45.78, lon=3.08, cell=1, most_places=4
    )


@pytest.fixture
def agent() -> Any:
    return get_user_model().objects.create(email="agent@exemple.fr", username="agent")


def suspend(place: CarePlace, agent: Any, *grounds: str) -> SuspensionDecision:
    return SuspensionDecision.objects.create(
        place=place, departement="63", decided_on=DAY, grounds=list(grounds), recorded_at=NOW, recorded_by=agent
    )


def withdraw(place: CarePlace, agent: Any, **proofs: str) -> WithdrawalDecision:
    """A withdrawal with its grounds, and the checks of the end of the transaction."""
    with transaction.atomic():
        decision = WithdrawalDecision.objects.create(
            place=place, departement="63", heard_on=DAY, commission_on=DAY, decided_on=DAY, recorded_at=NOW,
            recorded_by=agent,
        )  # fmt: skip
        for code, evidence in proofs.items():
            WithdrawalGround.objects.create(decision=decision, code=code, evidence=evidence)
        check_now()
    return decision


def check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize("grounds", [(MISSING,), (MISSING, SAFETY), (), ("TOO_QUIET",)])
def test_a_suspension_that_may_not_be(place: CarePlace, agent: Any, grounds: tuple[str, ...]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        suspend(place, agent, *grounds)
    assert not SuspensionDecision.objects.exists()


def test_a_suspension_that_may_be_does_not_take_the_ground_later(place: CarePlace, agent: Any) -> None:
    decision = suspend(place, agent, SAFETY, UNPUBLISHED)

    with pytest.raises(IntegrityError), transaction.atomic():
        SuspensionDecision.objects.filter(pk=decision.pk).update(grounds=[SAFETY, MISSING])


@pytest.mark.parametrize(
    "proofs",
    [
        {},
        {MISSING: "constat"},
        {MISSING: "constat", SAFETY: ""},
        {MISSING: "constat", SAFETY: "  "},
        {MISSING: "constat", UNPUBLISHED: "lettre"},
    ],
)
def test_a_withdrawal_that_may_not_be(place: CarePlace, agent: Any, proofs: dict[str, str]) -> None:
    with pytest.raises(IntegrityError):
        withdraw(place, agent, **proofs)
    assert not WithdrawalDecision.objects.exists()


@pytest.mark.parametrize("proofs", [{SAFETY: ""}, {UNPUBLISHED: "lettre"}, {MISSING: "", SAFETY: "rapport de PMI"}])
def test_a_withdrawal_that_may_be(place: CarePlace, agent: Any, proofs: dict[str, str]) -> None:
    assert withdraw(place, agent, **proofs).grounds.count() == len(proofs)


@pytest.mark.parametrize("change", [{"evidence": ""}, {"code": UNPUBLISHED}])
def test_the_other_ground_cannot_be_changed_later(place: CarePlace, agent: Any, change: dict[str, str]) -> None:
    withdraw(place, agent, **{MISSING: "", SAFETY: "rapport"}).grounds.filter(code=SAFETY).update(**change)

    with pytest.raises(IntegrityError):
        check_now()


def test_the_other_ground_cannot_be_removed_later(place: CarePlace, agent: Any) -> None:
    withdraw(place, agent, **{MISSING: "", SAFETY: "rapport"}).grounds.filter(code=SAFETY).delete()

    with pytest.raises(IntegrityError):
        check_now()


def test_a_ground_never_moves_to_another_decision(place: CarePlace, agent: Any) -> None:
    first, second = (withdraw(place, agent, **{SAFETY: "rapport"}) for _time in range(2))

    with pytest.raises(DatabaseError), transaction.atomic():
        first.grounds.update(decision=second)


def test_a_decision_comes_after_the_hearing_and_the_commission(place: CarePlace, agent: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        WithdrawalDecision.objects.create(
            place=place, departement="63", heard_on=DAY, commission_on=date(2022, 10, 2), decided_on=DAY,
            recorded_at=NOW, recorded_by=agent,
        )  # fmt: skip


def test_a_move_of_a_follow_up_is_written_once_for_all(place: CarePlace) -> None:
    follow_up = DeclarationFollowUp.objects.create(place=place, deadline=date(2022, 6, 1), moved_on=DAY)
    FollowUpMove.objects.create(follow_up=follow_up, before="DUE", after="OVERDUE", on=DAY, reason="échéance")

    with pytest.raises(DatabaseError), transaction.atomic():
        FollowUpMove.objects.update(reason="autre")
    with pytest.raises(IntegrityError), transaction.atomic():
        DeclarationFollowUp.objects.update(state="SUSPENDED")


def test_the_tables_and_the_rules_name_the_same_states_and_grounds() -> None:
    field = DeclarationFollowUp._meta.get_field("state")

    assert {code for code, _label in field.choices or ()} == set(ALLOWED_MOVES)
    assert set(GroundCode.values) == set(GROUNDS)
