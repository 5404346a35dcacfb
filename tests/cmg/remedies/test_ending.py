"""Each remedy reaches its end by itself: through what the bank says, then through the days that pass."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cmg.models import BoardCase, BoardSession, Refund, Report
from cmg.remedies import board, following, reports
from cmg.remedies.daily import issue_remedies
from cmg.remedies.ending import end_what_is_over
from cmg.remedies.proof import check_remedies
from portal.banking.models import PaymentOrder
from tests.cmg.closing.issued import HOME, Portal, booking, ordered, receive, statement
from tests.cmg.files import iban_with_key
from tests.cmg.remedies.families import DAY, closed, no_account, received
from tests.cmg.remedies.test_board import refer, scheduled, vote
from tests.cmg.remedies.test_following import another_account
from tests.cmg.remedies.test_reports import BEFORE, tell

pytestmark = pytest.mark.django_db
BOOKED, LAST = date(2026, 10, 27), date(2026, 11, 10)
"""Ten business days after 27 October 2026: All Saints is a Sunday, Armistice Day comes after."""


def refunded(folder: Path) -> tuple[Portal, Refund]:
    """A home employee debited, then corrected to less: the difference is on its way back."""
    portal = Portal(folder, HOME)
    portal.issue()
    receive(statement(booking(PaymentOrder.objects.get(purpose="CMG_DEBIT"))))
    portal.send(
        "declarations", version=2, kind="CORRECTION", net_salary="800.00", hours="65",
        received_at="2026-10-26T12:00:00+01:00",
    )  # fmt: skip
    portal.issue()
    return portal, Refund.objects.get()


def states() -> set[str]:
    return set(Refund.objects.values_list("state", flat=True))


def test_a_refund_closes_ten_business_days_after_its_booking(tmp_path: Path) -> None:
    _portal, refund = refunded(tmp_path)
    PaymentOrder.objects.filter(end_to_end_id=refund.end_to_end_id).update(state="BOOKED", settled_on=BOOKED)
    following.follow_orders(on=BOOKED)

    assert (end_what_is_over(on=LAST), states()) == (0, {"PAID"})
    assert (end_what_is_over(on=LAST + timedelta(days=1)), states()) == (1, {"CLOSED"})
    assert end_what_is_over(on=LAST + timedelta(days=2)) == 0
    PaymentOrder.objects.filter(end_to_end_id=refund.end_to_end_id).update(state="RETURNED")
    following.follow_orders(on=LAST + timedelta(days=3))
    assert states() == {"RETURNED"}, "however late, money that came back is owed again"


@pytest.mark.parametrize("booked", [True, False])
def test_a_refund_that_came_back_is_followed_in_the_run_that_carries_it_again(tmp_path: Path, booked: bool) -> None:
    portal, refund = refunded(tmp_path)
    order = PaymentOrder.objects.get(end_to_end_id=refund.end_to_end_id)
    if booked:
        receive(statement(booking(order), number=2))
        receive(statement(booking(order, returned="AC04"), number=3))
    else:
        PaymentOrder.objects.filter(pk=order.pk).update(state="REJECTED", reason_code="AC04", settled_on=DAY)
        following.follow_orders(on=DAY)
    assert states() == {"RETURNED"}
    portal.issue()
    portal.send("accounts", iban=iban_with_key("2"), updated_at="2026-10-28T10:00:00+01:00")

    run = portal.issue(on=date(2026, 10, 29))

    carried = PaymentOrder.objects.get(run=run, kind="CREDIT")
    refund.refresh_from_db()
    assert Refund.objects.count() == 1, "the same money has one row"
    assert (refund.state, refund.end_to_end_id, refund.run_id) == ("ORDERED", carried.end_to_end_id, run.pk)
    assert sum(ordered(run).values()) >= order.amount_cents
    PaymentOrder.objects.filter(pk=carried.pk).update(state="BOOKED", settled_on=BOOKED)
    following.follow_orders(on=BOOKED)
    assert states() == {"PAID"}
    assert check_remedies() == []


def test_an_aid_paid_and_a_refusal_close(tmp_path: Path) -> None:
    received(tmp_path)
    case = scheduled()
    vote(case, 50_000, "nathalie")
    vote(case, 50_000, "thomas")
    issue_remedies(tmp_path / "out", on=DAY)
    PaymentOrder.objects.update(state="BOOKED", settled_on=BOOKED)
    following.follow_orders(on=BOOKED)
    assert BoardCase.objects.get().state == "PAID"

    end_what_is_over(on=LAST)
    assert BoardCase.objects.get().state == "PAID"
    end_what_is_over(on=LAST + timedelta(days=1))
    assert BoardCase.objects.get().state == "CLOSED"

    refused = board.schedule_case(
        case_pk=board.complete_case(case_pk=refer().pk, by="nathalie").pk, held_on=LAST, by="nathalie", on=LAST
    )
    for member in ("nathalie", "thomas"):
        board.vote(case_pk=refused.pk, amount_cents=0, words="Autre aide.", by=member, on=LAST)
    end_what_is_over(on=LAST)
    assert BoardCase.objects.get(pk=refused.pk).state == "REFUSED"
    end_what_is_over(on=LAST + timedelta(days=1))
    assert BoardCase.objects.get(pk=refused.pk).state == "CLOSED"


def test_a_session_of_yesterday_is_closed_and_what_it_left_waits_for_another() -> None:
    case = scheduled()

    assert end_what_is_over(on=DAY) == 0
    assert end_what_is_over(on=DAY + timedelta(days=1)) == 1

    case.refresh_from_db()
    assert (case.state, case.session) == ("COMPLETE", None)
    assert BoardSession.objects.get().closed_on == DAY + timedelta(days=1)
    again = board.schedule_case(case_pk=case.pk, held_on=date(2026, 11, 3), by="nathalie", on=DAY + timedelta(days=1))
    assert again.state == "SCHEDULED"


def test_an_aid_granted_to_a_family_without_account_waits_for_one(tmp_path: Path) -> None:
    received(tmp_path, no_account)
    case = scheduled()
    vote(case, 50_000, "nathalie")
    assert vote(case, 50_000, "thomas").state == "GRANTED", "a bank that closed an account does not undo a decision"
    assert issue_remedies(tmp_path / "out", on=DAY) == []

    another_account(tmp_path)
    (path,) = issue_remedies(tmp_path / "out", on=DAY)

    assert "500.00" in path.read_text()
    assert issue_remedies(tmp_path / "out", on=DAY) == []
    assert check_remedies() == []


def test_a_request_may_end_before_any_decision_and_a_new_one_be_made() -> None:
    case = board.withdraw_case(case_pk=refer().pk, reason="Aide arrivée.", by="nathalie")

    assert case.state == "CLOSED"
    with pytest.raises(board.RemedyRefused, match="déjà"):
        board.withdraw_case(case_pk=case.pk, reason="encore", by="nathalie")
    with pytest.raises(board.RemedyRefused, match="déjà"):
        board.withdraw_case(case_pk=scheduled().pk, reason="trop tard", by="nathalie")


@pytest.mark.parametrize(("on", "state"), [(date(2026, 11, 25), "ANSWERED"), (date(2026, 11, 26), "CLOSED")])
def test_an_answered_report_closes_when_it_can_no_longer_be_opened_again(tmp_path: Path, on: date, state: str) -> None:
    received(tmp_path)
    closed()
    report = tell().report
    reports.answer_report(report_pk=report.pk, answer="C’est juste.", by="thomas", at=BEFORE)

    end_what_is_over(on=on)

    assert Report.objects.get().state == state
    if state == "ANSWERED":
        at = datetime(on.year, on.month, on.day, 13, 59, tzinfo=UTC)
        assert reports.reopen_report(report_pk=report.pk, by="E1", at=at).state == "OPEN"
