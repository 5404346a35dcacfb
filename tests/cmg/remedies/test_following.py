"""What the bank says of the money of remedies, and a transfer that came back sent to another account, once."""

from datetime import date
from pathlib import Path

import pytest

from cmg.models import Account, Advance, Instalment
from cmg.remedies import advances, following, overpayments
from cmg.remedies.limits import RemedyRefused
from portal.banking.models import PaymentOrder
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import balance, post
from portal.ledger.proof import check_ledger
from tests.cmg.files import iban_with_key, row, write
from tests.cmg.remedies.families import DAY, PAYOUT, closed, moved_away, received
from tests.cmg.remedies.test_advances import propose
from tests.cmg.remedies.test_overpayments import confirmed

SUBJECT = "cmg:employer:E1"


@pytest.fixture
def granted(tmp_path: Path) -> Advance:
    received(tmp_path, moved_away)
    closed()
    return advances.grant_advance(advance_pk=propose().pk, by="nathalie", on=DAY)


def bank_says(state: str) -> None:
    PaymentOrder.objects.update(state=state)


def another_account(folder: Path) -> None:
    """The family gives another account."""
    from portal.exchange.operations import import_files

    cells = row("accounts", beneficiary_no="B9", iban=iban_with_key("2"), updated_at="2026-10-27T10:00:00+01:00")
    import_files([write(folder / "account", "accounts", [cells])])


@pytest.mark.django_db
def test_an_advance_is_paid_once_its_transfer_is_booked(granted: Advance) -> None:
    bank_says("ACCEPTED")
    assert following.follow_orders(on=DAY) == 0
    bank_says("BOOKED")

    assert following.follow_orders(on=DAY) == 1
    assert following.follow_orders(on=DAY) == 0

    granted.refresh_from_db()
    assert granted.state == "PAID"


@pytest.mark.django_db
def test_the_bank_takes_an_instalment(tmp_path: Path) -> None:
    received(tmp_path)
    found = confirmed()
    overpayments.agree_instalments(
        overpayment_pk=found.pk, months=1, first_due_on=date(2026, 12, 10), by="E1", on=date(2026, 11, 20)
    )
    overpayments.collect_instalments(on=date(2026, 12, 10))
    bank_says("BOOKED")

    assert following.follow_orders(on=date(2026, 12, 11)) == 1

    found.refresh_from_db()
    assert found.state == "SETTLED"
    assert Instalment.objects.get().paid_on == date(2026, 12, 11)


@pytest.mark.django_db
@pytest.mark.parametrize("came_back", ["RETURNED", "REJECTED"])
def test_what_came_back_is_sent_to_another_account_once(granted: Advance, tmp_path: Path, came_back: str) -> None:
    order = PaymentOrder.objects.get()
    if came_back == "RETURNED":
        for word, other in (("booked", Ledger.FAMILY_PAYOUT), ("returned", Ledger.RETURNED_PAYOUT)):
            way = 1 if word == "booked" else -1
            post(key=f"bank:{order.end_to_end_id}:{word}", subject=SUBJECT, dated=DAY, label=word,
                 legs={other: PAYOUT * way, Ledger.BANK: -PAYOUT * way})  # fmt: skip
    bank_says(came_back)
    assert following.returned_credits("E1") == [order]
    with pytest.raises(RemedyRefused, match="un autre"):
        following.resend(order_pk=order.pk, by="thomas", on=DAY)
    another_account(tmp_path)

    reference = following.resend(order_pk=order.pk, by="thomas", on=DAY)
    with pytest.raises(RemedyRefused, match="déjà renvoyé"):
        following.resend(order_pk=order.pk, by="thomas", on=DAY)

    again = PaymentOrder.objects.get(end_to_end_id=reference)
    assert (again.amount_cents, again.state) == (PAYOUT, "PREPARED")
    assert again.iban_key == Account.objects.get(known_until__isnull=True).iban_key != order.iban_key
    assert following.returned_credits("E1") == []
    assert balance(Ledger.RETURNED_PAYOUT, subject=SUBJECT) == 0
    assert balance(Ledger.FAMILY_PAYOUT, subject=SUBJECT) == -PAYOUT
    assert check_ledger() == []
    granted.refresh_from_db()
    assert granted.end_to_end_id == reference


@pytest.mark.django_db
def test_a_transfer_that_arrived_is_not_sent_again(granted: Advance) -> None:
    bank_says("BOOKED")

    with pytest.raises(RemedyRefused, match="pas revenu"):
        following.resend(order_pk=PaymentOrder.objects.get().pk, by="thomas", on=DAY)
