"""A person and a run never pay the same money twice, and what a family repaid is never kept a second time."""

from datetime import date
from pathlib import Path

import pytest

from cmg.models import Overpayment, Settlement
from cmg.remedies import following, overpayments
from cmg.remedies.limits import RemedyRefused
from cmg.remedies.proof import check_remedies
from portal.banking.models import OpenItem, PaymentOrder
from tests.cmg.closing.issued import Portal, balances, booking, ordered, receive, statement
from tests.cmg.files import iban_with_key

DAY, NOTICED, LATE = date(2026, 10, 26), date(2026, 10, 29), date(2026, 11, 20)
pytestmark = pytest.mark.django_db


def came_back(order: PaymentOrder, *, booked: bool) -> None:
    """The bank moves the money, then gives it back; or refuses it at once."""
    if booked:
        receive(statement(booking(order), number=order.pk))
        receive(statement(booking(order, returned="AC04"), number=order.pk + 1000))
    else:
        PaymentOrder.objects.filter(pk=order.pk).update(state="REJECTED", reason_code="AC04", settled_on=NOTICED)


def other_account(portal: Portal) -> None:
    portal.send("accounts", iban=iban_with_key("2"), updated_at="2026-11-01T10:00:00+01:00")


@pytest.mark.parametrize("booked", [True, False])
def test_what_a_person_sent_again_is_not_sent_by_the_next_run(tmp_path: Path, booked: bool) -> None:
    portal = Portal(tmp_path)
    portal.issue()
    order = PaymentOrder.objects.get()
    came_back(order, booked=booked)
    other_account(portal)
    following.resend(order_pk=order.pk, by="thomas", on=NOTICED)
    portal.send(
        "declarations", version=2, kind="CORRECTION", net_salary="600.00", received_at="2026-10-29T10:00:00+01:00"
    )

    more = portal.issue(on=NOTICED)

    rise = Settlement.objects.get(run=more, status="SETTLED").payout_cents - order.amount_cents
    assert rise > 0
    assert ordered(more) == {"CMG_PAYOUT": rise}
    assert balances()["FAMILY_PAYOUT"] == -order.amount_cents - rise
    assert not OpenItem.objects.filter(closed_on__isnull=True, order=order).exists()


def test_what_a_run_sent_again_is_not_sent_by_a_person(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    portal.issue()
    order = PaymentOrder.objects.get()
    came_back(order, booked=True)
    assert following.returned_credits("E1") == [order]
    portal.issue()
    other_account(portal)
    again = portal.issue()
    assert ordered(again) == {"CMG_PAYOUT": order.amount_cents}

    assert following.returned_credits("E1") == []
    with pytest.raises(RemedyRefused, match="plus récent"):
        following.resend(order_pk=order.pk, by="thomas", on=NOTICED)


def test_a_later_run_that_did_not_know_of_the_return_does_not_hide_it(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    portal.issue()
    order = PaymentOrder.objects.get()
    portal.send(
        "declarations", version=2, kind="CORRECTION", net_salary="600.00", received_at="2026-10-29T10:00:00+01:00"
    )
    portal.issue(on=NOTICED)

    came_back(order, booked=True)

    assert following.returned_credits("E1") == [order]


def corrected_down(portal: Portal) -> Overpayment:
    portal.issue()
    portal.send(
        "declarations", version=2, kind="CORRECTION", net_salary="300.00", received_at="2026-10-27T10:00:00+01:00"
    )
    portal.issue()
    assert check_remedies() == []
    return Overpayment.objects.get()


def back_up(portal: Portal) -> dict[str, int]:
    portal.send("declarations", version=3, kind="CORRECTION", received_at="2026-11-20T10:00:00+01:00")
    return ordered(portal.issue(on=LATE))


def confirmed(portal: Portal) -> Overpayment:
    found = corrected_down(portal)
    overpayments.notify_overpayment(overpayment_pk=found.pk, by="nathalie", on=DAY)
    return overpayments.confirm_overpayment(overpayment_pk=found.pk, reason="due", by="nathalie", on=LATE)


def agree(found: Overpayment, months: int) -> None:
    overpayments.agree_instalments(
        overpayment_pk=found.pk, months=months, first_due_on=date(2026, 12, 10), by="nathalie", on=LATE
    )


def test_what_was_repaid_is_paid_out_again_when_the_aid_rises(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    found = confirmed(portal)
    agree(found, 2)
    overpayments.collect_instalments(on=date(2026, 12, 9))
    asked = PaymentOrder.objects.get(purpose="CMG_INSTALMENT")
    PaymentOrder.objects.filter(pk=asked.pk).update(state="BOOKED")
    following.follow_orders(on=date(2026, 12, 11))

    paid = back_up(portal)

    assert paid == {"CMG_PAYOUT": asked.amount_cents}, "the half repaid comes back, the half owed is forgotten"
    found.refresh_from_db()
    assert (found.state, found.outstanding_cents) == ("SETTLED", 0)
    assert list(found.instalments.values_list("end_to_end_id", flat=True)) == [asked.end_to_end_id]
    assert overpayments.collect_instalments(on=date(2027, 3, 1)) == 0
    assert check_remedies() == []


def test_an_instalment_at_the_bank_is_not_counted_as_owed(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    found = confirmed(portal)
    agree(found, 1)
    overpayments.collect_instalments(on=date(2026, 12, 9))

    paid = back_up(portal)

    assert paid == {"CMG_PAYOUT": found.amount_cents}
    PaymentOrder.objects.filter(purpose="CMG_INSTALMENT").update(state="BOOKED")
    following.follow_orders(on=date(2026, 12, 11))
    found.refresh_from_db()
    assert (found.state, found.repaid_cents) == ("SETTLED", found.amount_cents)
    assert check_remedies() == []


@pytest.mark.parametrize("ending", ["remitted", "cancelled"])
def test_what_was_given_up_is_not_paid_a_second_time(tmp_path: Path, ending: str) -> None:
    portal = Portal(tmp_path)
    found = confirmed(portal)
    if ending == "remitted":
        overpayments.remit_overpayment(overpayment_pk=found.pk, reason="précarité", by="thomas", on=LATE)
    else:
        overpayments.cancel_overpayment(overpayment_pk=found.pk, reason="erreur", by="thomas", on=LATE)
    assert check_remedies() == []

    assert back_up(portal) == {}
    assert balances().get("WRITTEN_OFF", 0) == balances().get("OVERPAYMENT", 0) == 0
    assert check_remedies() == []
