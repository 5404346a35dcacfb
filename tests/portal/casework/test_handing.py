"""A dossier handed over: who may propose, accept, refuse; one owner at every moment; the date that never moves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connections

from cmg.demo.people import create_people
from portal.accounts.models import Posting, Role, User
from portal.casework.handing import (
    HandOverRefused,
    accept_hand_over,
    escalate_unanswered,
    propose_hand_over,
    refuse_hand_over,
    withdraw_hand_over,
)
from portal.casework.models import Dossier, HandOver

AT = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)
ANSWER = date(2026, 10, 27)


def user(name: str) -> User:
    return User.objects.get(username=name)


@pytest.fixture
def dossier(db: None) -> Dossier:
    create_people()
    return Dossier.objects.create(
        subject="cmg:employer:E1", title="Chabrol Émilie", fund="CAF63", body="FUND", owner=user("nathalie"),
        opened_on=date(2026, 10, 26), deadline=date(2026, 11, 9), reasons="CMG-013",
    )  # fmt: skip


def propose(dossier: Dossier, by: str = "nathalie", message: str = "relier au nouveau numéro") -> HandOver:
    return propose_hand_over(dossier_pk=dossier.pk, message=message, by=user(by), at=AT, answer_by=ANSWER)


def test_the_owner_stays_owner_until_the_other_body_accepts(dossier: Dossier) -> None:
    found = propose(dossier)
    dossier.refresh_from_db()
    assert (dossier.owner, dossier.body) == (user("nathalie"), "FUND")

    accept_hand_over(hand_over_pk=found.pk, by=user("thomas"), at=AT)

    dossier.refresh_from_db()
    assert (dossier.owner, dossier.body, dossier.deadline) == (user("thomas"), "PAJEMPLOI", date(2026, 11, 9))
    assert [event.kind for event in dossier.events.order_by("pk")] == ["HANDOVER", "OWNER"]
    with pytest.raises(HandOverRefused, match="déjà"):
        accept_hand_over(hand_over_pk=found.pk, by=user("thomas"), at=AT)


def test_who_may_propose_and_who_may_answer(dossier: Dossier) -> None:
    with pytest.raises(HandOverRefused, match="responsable"):
        propose(dossier, by="thomas")
    with pytest.raises(HandOverRefused, match="une ligne"):
        propose(dossier, message="  ")
    found = propose(dossier)
    with pytest.raises(HandOverRefused, match="déjà proposée"):
        propose(dossier)
    for name in ("nathalie", "bruno", "helene"):
        with pytest.raises(HandOverRefused, match="autre équipe"):
            accept_hand_over(hand_over_pk=found.pk, by=user(name), at=AT)


def test_a_refusal_has_its_reason_and_changes_nothing(dossier: Dossier) -> None:
    found = propose(dossier)
    with pytest.raises(HandOverRefused, match="se motive"):
        refuse_hand_over(hand_over_pk=found.pk, reason="", by=user("thomas"), at=AT)

    refuse_hand_over(hand_over_pk=found.pk, reason="le compte est juste", by=user("thomas"), at=AT)

    dossier.refresh_from_db()
    assert dossier.owner == user("nathalie")
    assert propose(dossier).pk != found.pk


def test_unanswered_after_a_day_it_goes_to_the_lead_once(dossier: Dossier) -> None:
    found = propose(dossier)
    assert escalate_unanswered(on=ANSWER) == 0

    assert escalate_unanswered(on=date(2026, 10, 28)) == 1
    assert escalate_unanswered(on=date(2026, 10, 29)) == 0

    accept_hand_over(hand_over_pk=found.pk, by=user("helene"), at=AT)
    dossier.refresh_from_db()
    assert (dossier.owner, dossier.deadline) == (user("helene"), date(2026, 11, 9))


def test_it_may_be_withdrawn_by_its_author_only(dossier: Dossier) -> None:
    found = propose(dossier)
    with pytest.raises(HandOverRefused):
        withdraw_hand_over(hand_over_pk=found.pk, by=user("thomas"), at=AT)

    withdraw_hand_over(hand_over_pk=found.pk, by=user("nathalie"), at=AT)

    with pytest.raises(HandOverRefused, match="déjà"):
        accept_hand_over(hand_over_pk=found.pk, by=user("thomas"), at=AT)


@pytest.mark.django_db(transaction=True)
def test_eight_people_accepting_at_once_give_one_owner() -> None:
    create_people()
    agents = [User.objects.create_user(f"agent{number}") for number in range(8)]
    for agent in agents:
        Posting.objects.create(user=agent, role=Role.PAJEMPLOI_CASEWORKER, starts_on=date(2019, 1, 1))
    dossier = Dossier.objects.create(
        subject="cmg:employer:E1", title="Chabrol", fund="CAF63", body="FUND", owner=user("nathalie"),
        opened_on=date(2026, 10, 26), deadline=date(2026, 11, 9), reasons="CMG-013",
    )  # fmt: skip
    found = propose(dossier)

    def press(agent: User) -> bool:
        try:
            accept_hand_over(hand_over_pk=found.pk, by=agent, at=AT)
        except HandOverRefused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(press, agents)) == 1
    dossier.refresh_from_db()
    assert dossier.owner in agents
