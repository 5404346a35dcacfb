"""An advance that never arrived: not deducted, not owed, not forgiven; cancelled, or sent again while it is awaited."""

from datetime import date
from pathlib import Path

import pytest

from cmg.models import Advance, AdvanceNetting
from cmg.remedies import advances, following
from cmg.remedies.daily import issue_remedies
from cmg.remedies.limits import RemedyRefused
from cmg.remedies.proof import check_remedies
from portal.banking.models import OpenItem, PaymentOrder
from portal.exchange.operations import import_files
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import balance
from portal.ledger.proof import check_ledger
from portal.letters.models import LetterJob
from tests.cmg.closing.issued import booking, receive, statement
from tests.cmg.files import iban_with_key, row, write
from tests.cmg.remedies.families import DAY, MONTH, PAYOUT, closed, issued, moved_away, received
from tests.cmg.remedies.test_advances import propose
from tests.cmg.remedies.test_following import another_account
from tests.cmg.repairs.test_repairs import do

SUBJECT = "cmg:employer:E1"
NOVEMBER, LATER = date(2026, 11, 1), date(2026, 11, 26)
pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(tmp_path: Path) -> Advance:
    """An advance on its way, for a month that is held."""
    received(tmp_path, moved_away)
    closed()
    advance = advances.grant_advance(advance_pk=propose().pk, by="nathalie", on=DAY)
    issue_remedies(tmp_path / "advance", on=DAY)
    return advance


def comes_back(advance: Advance, *, booked: bool) -> None:
    order = PaymentOrder.objects.get(end_to_end_id=advance.end_to_end_id)
    if booked:
        receive(statement(booking(order), number=1))
        receive(statement(booking(order, returned="AC04"), number=2))
    else:
        PaymentOrder.objects.filter(pk=order.pk).update(state="REJECTED", reason_code="AC04", settled_on=DAY)
        following.follow_orders(on=DAY)
    advance.refresh_from_db()


def solve(folder: Path) -> int:
    """The right is repaired, the month issued; what left for the family."""
    do("RELINK_NUMBER", by="thomas")
    account = row("accounts", iban=iban_with_key("2"), updated_at="2026-10-28T10:00:00+01:00")
    import_files([write(folder / "account", "accounts", [account])])
    run = issued(folder / "solved")
    return sum(PaymentOrder.objects.filter(run=run, purpose="CMG_PAYOUT").values_list("amount_cents", flat=True))


@pytest.mark.parametrize("booked", [True, False])
def test_it_came_back_the_right_is_settled_the_payout_is_whole(sent: Advance, tmp_path: Path, booked: bool) -> None:
    comes_back(sent, booked=booked)
    for act in (advances.convert_advance, advances.waive_advance):
        with pytest.raises(RemedyRefused, match="est revenu"):
            act(advance_pk=sent.pk, by="thomas", on=DAY, **{"cause" if "convert" in act.__name__ else "reason": "x"})

    assert solve(tmp_path) == PAYOUT
    assert not AdvanceNetting.objects.exists()
    order = PaymentOrder.objects.get(end_to_end_id=sent.end_to_end_id)
    with pytest.raises(RemedyRefused, match="Annulez"):
        following.resend(order_pk=order.pk, by="thomas", on=LATER)

    done = advances.cancel_advance(advance_pk=sent.pk, reason="Votre aide est partie.", by="thomas", on=LATER)

    assert (done.state, done.months.get().is_live) == ("CANCELLED", False)
    assert balance(Ledger.ADVANCE, subject=SUBJECT) == balance(Ledger.RETURNED_PAYOUT, subject=SUBJECT) == 0
    assert balance(Ledger.FAMILY_PAYOUT, subject=SUBJECT) == -PAYOUT, "the aid alone is owed"
    assert following.returned_credits("E1") == []
    assert not OpenItem.objects.filter(order=order, closed_on__isnull=True).exists()
    assert LetterJob.objects.filter(kind="cmg.advance_cancelled").count() == 1
    assert check_ledger() + check_remedies() == []


def test_while_it_is_awaited_it_is_sent_again(sent: Advance, tmp_path: Path) -> None:
    comes_back(sent, booked=True)
    another_account(tmp_path)
    order = PaymentOrder.objects.get()

    reference = following.resend(order_pk=order.pk, by="thomas", on=DAY)

    with pytest.raises(RemedyRefused, match="pas revenu"):
        advances.cancel_advance(advance_pk=sent.pk, reason="x", by="thomas", on=DAY)
    assert PaymentOrder.objects.get(end_to_end_id=reference).amount_cents == PAYOUT
    assert check_remedies() == []


def test_an_advance_that_arrived_is_neither_cancelled_nor_left_out(sent: Advance, tmp_path: Path) -> None:
    receive(statement(booking(PaymentOrder.objects.get())))
    with pytest.raises(RemedyRefused, match="pas revenu"):
        advances.cancel_advance(advance_pk=sent.pk, reason="x", by="thomas", on=DAY)

    assert solve(tmp_path) == 0
    sent.refresh_from_db()
    assert (sent.state, sent.netted_cents) == ("NETTED", PAYOUT)


def test_on_its_way_while_the_month_leaves_it_is_deducted_by_half_of_the_next_payouts(
    sent: Advance, tmp_path: Path
) -> None:
    assert solve(tmp_path) == PAYOUT
    receive(statement(booking(PaymentOrder.objects.get(purpose="CMG_ADVANCE"))))
    declared = row(
        "declarations", declaration_no="N", care_month="2026-11", received_at="2026-11-25T10:00:00+01:00",
    )  # fmt: skip
    import_files([write(tmp_path / "november", "declarations", [declared])])

    run = issued(tmp_path / "out", NOVEMBER, LATER)

    half = PAYOUT // 2
    assert PaymentOrder.objects.get(run=run, purpose="CMG_PAYOUT").amount_cents == PAYOUT - half
    sent.refresh_from_db()
    assert (sent.state, sent.outstanding_cents) == ("PARTLY_NETTED", PAYOUT - half)
    assert MONTH < NOVEMBER
    assert check_ledger() + check_remedies() == []
