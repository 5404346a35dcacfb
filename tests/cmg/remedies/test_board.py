"""The social emergency board: one request at a time, two members who agree, an aid that is never deducted."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from cmg.models import BoardCase
from cmg.remedies import board
from cmg.remedies.ending import end_what_is_over
from cmg.remedies.limits import RemedyRefused
from cmg.rules.priority import Hardship
from portal.banking.models import PaymentOrder
from portal.casework.moves import MoveNotAllowed
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import balance
from portal.ledger.proof import check_ledger
from tests.cmg.remedies.families import DAY, received

HARDSHIP = Hardship(2, 92_306, 56_000, has_banking_incident=True, is_pay_threatened=False)
SUBJECT = "cmg:employer:E1"


def refer() -> BoardCase:
    return board.refer_family(
        employer_no="E1", fund="CAF63", words="Découvert de 900 €.", hardship=HARDSHIP, by="E1", on=DAY
    )


def scheduled(held_on: date = DAY) -> BoardCase:
    case = refer()
    board.complete_case(case_pk=case.pk, by="nathalie")
    return board.schedule_case(case_pk=case.pk, held_on=held_on, by="nathalie", on=DAY)


def vote(case: BoardCase, cents: int, by: str, words: str = "") -> BoardCase:
    return board.vote(case_pk=case.pk, amount_cents=cents, words=words, by=by, on=DAY)


@pytest.mark.django_db
def test_two_members_who_agree_decide_and_the_aid_leaves_once(tmp_path: Path) -> None:
    received(tmp_path)
    case = scheduled()

    assert vote(case, 50_000, "nathalie").state == "SCHEDULED"
    with pytest.raises(RemedyRefused, match="déjà voté"):
        vote(case, 50_000, "nathalie")
    assert not PaymentOrder.objects.exists()
    assert vote(case, 30_000, "helene").state == "SCHEDULED"
    assert vote(case, 50_000, "thomas").state == "GRANTED"

    order = PaymentOrder.objects.get()
    assert (order.purpose, order.amount_cents) == ("CMG_AID", 50_000)
    assert balance(Ledger.EMERGENCY_AID, subject=SUBJECT) == 50_000
    assert balance(Ledger.ADVANCE, subject=SUBJECT) == 0
    with pytest.raises(RemedyRefused):
        vote(case, 50_000, "bruno")
    assert check_ledger() == []


@pytest.mark.django_db
def test_a_refusal_has_its_reason_and_moves_nothing(tmp_path: Path) -> None:
    received(tmp_path)
    case = scheduled()

    with pytest.raises(RemedyRefused, match="se motive"):
        vote(case, 0, "nathalie")
    vote(case, 0, "nathalie", "Autre aide déjà versée.")
    done = vote(case, 0, "thomas", "Aide du département obtenue.")

    assert (done.state, done.decision_words) == ("REFUSED", "Aide du département obtenue.")
    assert not PaymentOrder.objects.exists()


@pytest.mark.django_db
def test_one_open_request_for_a_family() -> None:
    refer()

    with pytest.raises(RemedyRefused, match="déjà en cours"):
        refer()
    assert BoardCase.objects.count() == 1


@pytest.mark.django_db
def test_only_a_complete_case_is_scheduled_and_only_its_day_decides() -> None:
    case = refer()

    with pytest.raises(MoveNotAllowed):
        board.schedule_case(case_pk=case.pk, held_on=DAY, by="nathalie", on=DAY)
    board.complete_case(case_pk=case.pk, by="nathalie")
    with pytest.raises(RemedyRefused, match="passée"):
        board.schedule_case(case_pk=case.pk, held_on=DAY - timedelta(days=1), by="nathalie", on=DAY)
    board.schedule_case(case_pk=case.pk, held_on=DAY + timedelta(days=1), by="nathalie", on=DAY)
    with pytest.raises(RemedyRefused, match="pas à décider"):
        vote(case, 50_000, "nathalie")


def divided() -> BoardCase:
    """A session on which three members proposed three sums."""
    case = scheduled()
    for cents, member in ((50_000, "nathalie"), (30_000, "helene"), (20_000, "thomas")):
        assert vote(case, cents, member).state == "SCHEDULED"
    return case


@pytest.mark.django_db
def test_members_who_all_differ_put_the_case_on_the_list_of_a_later_session_and_vote_anew(tmp_path: Path) -> None:
    received(tmp_path)
    case, later = divided(), DAY + timedelta(days=3)

    done = board.postpone_case(case_pk=case.pk, held_on=later, by="nathalie", on=DAY)
    again = board.postpone_case(case_pk=case.pk, held_on=later, by="nathalie", on=DAY)

    assert (done.state, again.session) == ("SCHEDULED", done.session)
    assert done.session is not None
    assert done.session.held_on == later
    voted = [
        board.vote(case_pk=case.pk, amount_cents=50_000, words="", by=who, on=later) for who in ("thomas", "helene")
    ]
    assert [one.state for one in voted] == ["SCHEDULED", "GRANTED"], (
        "the vote of 500 EUR of the first session counts no more"
    )
    assert PaymentOrder.objects.get().amount_cents == 50_000
    assert case.votes.count() == 5


@pytest.mark.django_db
def test_a_session_is_put_off_once_its_day_has_come_and_to_a_later_one_only() -> None:
    case = scheduled(held_on=DAY + timedelta(days=1))
    with pytest.raises(RemedyRefused, match="pas encore eu lieu"):
        board.postpone_case(case_pk=case.pk, held_on=DAY + timedelta(days=2), by="nathalie", on=DAY)
    with pytest.raises(RemedyRefused, match="après celle"):
        board.postpone_case(case_pk=case.pk, held_on=DAY + timedelta(days=1), by="nathalie", on=DAY + timedelta(days=1))

    case.refresh_from_db()
    assert (case.state, case.session.held_on if case.session else None) == ("SCHEDULED", DAY + timedelta(days=1))


@pytest.mark.django_db
def test_the_day_after_a_divided_session_all_may_vote_again_at_the_next(tmp_path: Path) -> None:
    received(tmp_path)
    case, later = divided(), DAY + timedelta(days=3)
    end_what_is_over(on=DAY + timedelta(days=1))
    board.schedule_case(case_pk=case.pk, held_on=later, by="nathalie", on=DAY + timedelta(days=1))

    for member in ("nathalie", "thomas"):
        done = board.vote(case_pk=case.pk, amount_cents=30_000, words="", by=member, on=later)

    assert (done.state, done.amount_cents) == ("GRANTED", 30_000)
