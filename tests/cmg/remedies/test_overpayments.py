"""Sums paid in excess: notice, twenty days, contest, instalments, remission; and nothing before its time."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from cmg.models import Instalment, Overpayment
from cmg.models.remedies import OverpaymentOrigin
from cmg.remedies import overpayments
from cmg.remedies.limits import RemedyRefused
from portal.banking.models import PaymentOrder
from portal.casework.moves import MoveNotAllowed
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import balance, post
from portal.ledger.proof import check_ledger
from tests.cmg.remedies.families import DAY, received

SUBJECT = "cmg:employer:E1"
LAST_DAY = DAY + timedelta(days=20)


def opened(cents: int = 9_482) -> Overpayment:
    """The overpayment of worked example C03, as the issue of a corrected month books it."""
    post(key=f"test:{cents}", subject=SUBJECT, dated=DAY, label="Indu",
         legs={Ledger.OVERPAYMENT: cents, Ledger.FUND_PART_B: -cents})  # fmt: skip
    return Overpayment.objects.create(
        employer_no="E1", fund="CAF63", care_month=date(2019, 6, 1), paid_cents=46_882, due_cents=46_882 - cents,
        amount_cents=cents, origin=OverpaymentOrigin.FAMILY, cause="déclaration corrigée", opened_on=DAY,
    )  # fmt: skip


def notified(cents: int = 9_482) -> Overpayment:
    return overpayments.notify_overpayment(overpayment_pk=opened(cents).pk, by="nathalie", on=DAY)


def confirmed(cents: int = 9_482) -> Overpayment:
    return overpayments.confirm_overpayment(
        overpayment_pk=notified(cents).pk, reason="pas de réponse", by="nathalie", on=LAST_DAY + timedelta(days=1)
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("cents", "state"), [(2_799, "ABANDONED"), (2_800, "NOTIFIED"), (2_801, "NOTIFIED")])
def test_below_twenty_eight_euros_nothing_is_asked(cents: int, state: str) -> None:
    found = notified(cents)

    assert found.state == state
    assert balance(Ledger.OVERPAYMENT, subject=SUBJECT) == (0 if state == "ABANDONED" else cents)
    assert balance(Ledger.WRITTEN_OFF, subject=SUBJECT) == (cents if state == "ABANDONED" else 0)
    assert check_ledger() == []


@pytest.mark.django_db
def test_the_family_has_twenty_days(tmp_path: Path) -> None:
    found = notified()
    assert found.rectification_until == LAST_DAY

    with pytest.raises(RemedyRefused, match="peut encore répondre"):
        overpayments.confirm_overpayment(overpayment_pk=found.pk, reason="", by="nathalie", on=LAST_DAY)
    with pytest.raises(RemedyRefused, match="pris fin"):
        overpayments.contest_overpayment(
            overpayment_pk=found.pk, words="faux", by="E1", on=LAST_DAY + timedelta(days=1)
        )
    overpayments.contest_overpayment(overpayment_pk=found.pk, words="faux", by="E1", on=LAST_DAY)

    found.refresh_from_db()
    assert found.state == "CONTESTED"
    with pytest.raises(MoveNotAllowed):
        overpayments.agree_instalments(
            overpayment_pk=found.pk, months=2, first_due_on=LAST_DAY + timedelta(days=9), by="nathalie", on=LAST_DAY
        )
    assert not PaymentOrder.objects.exists()


@pytest.mark.django_db
def test_nothing_is_recovered_before_its_notice() -> None:
    found = opened()

    with pytest.raises(MoveNotAllowed):
        overpayments.confirm_overpayment(overpayment_pk=found.pk, reason="", by="nathalie", on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Overpayment.objects.filter(pk=found.pk).update(state="RECOVERING")


@pytest.mark.django_db
def test_instalments_add_up_and_settle_the_sum(tmp_path: Path) -> None:
    received(tmp_path)
    found = confirmed()
    first = date(2026, 12, 10)

    parts = overpayments.agree_instalments(
        overpayment_pk=found.pk, months=3, first_due_on=first, by="E1", on=LAST_DAY + timedelta(days=2)
    )

    assert [part.amount_cents for part in parts] == [3_160, 3_160, 3_162]
    assert [part.due_on for part in parts] == [first, date(2027, 1, 10), date(2027, 2, 10)]
    assert overpayments.collect_instalments(on=first - timedelta(days=2)) == 0
    assert overpayments.collect_instalments(on=first - timedelta(days=1)) == 1, "the bank wants it a day before"
    assert overpayments.collect_instalments(on=first) == 0
    order = PaymentOrder.objects.get()
    assert (order.kind, order.amount_cents, order.due_on) == ("DEBIT", 3_160, first)
    assert overpayments.collect_instalments(on=date(2027, 2, 10)) == 2
    assert balance(Ledger.OVERPAYMENT, subject=SUBJECT) == 0
    for part in Instalment.objects.all():
        overpayments.note_repaid(instalment_pk=part.pk, on=first, by="portail")
        overpayments.note_repaid(instalment_pk=part.pk, on=first, by="portail")
    found.refresh_from_db()
    assert (found.state, found.repaid_cents) == ("SETTLED", 9_482)
    assert check_ledger() == []


@pytest.mark.django_db
@pytest.mark.parametrize(("months", "refused"), [(0, True), (1, False), (12, False), (13, True)])
def test_one_to_twelve_months(tmp_path: Path, months: int, refused: bool) -> None:
    found = confirmed()
    agreed = {"overpayment_pk": found.pk, "months": months, "first_due_on": date(2026, 12, 10), "by": "E1",
              "on": date(2026, 11, 20)}  # fmt: skip
    if refused:
        with pytest.raises(RemedyRefused, match="12 mois"):
            overpayments.agree_instalments(**agreed)
    else:
        assert len(overpayments.agree_instalments(**agreed)) == months


@pytest.mark.django_db
@pytest.mark.parametrize(("cents", "four_eyes"), [(99_999, False), (100_000, True)])
def test_a_large_remission_is_decided_by_somebody_else(cents: int, four_eyes: bool) -> None:
    found = notified(cents)
    if four_eyes:
        with pytest.raises(RemedyRefused, match="une autre la décide"):
            overpayments.remit_overpayment(overpayment_pk=found.pk, reason="précarité", by="thomas", on=DAY)
    overpayments.propose_remission(overpayment_pk=found.pk, by="nathalie")
    if four_eyes:
        with pytest.raises(RemedyRefused, match="autre personne"):
            overpayments.remit_overpayment(overpayment_pk=found.pk, reason="précarité", by="nathalie", on=DAY)

    done = overpayments.remit_overpayment(overpayment_pk=found.pk, reason="précarité", by="thomas", on=DAY)

    assert (done.state, done.outstanding_cents) == ("REMITTED", 0)
    assert balance(Ledger.WRITTEN_OFF, subject=SUBJECT) == cents
    assert check_ledger() == []


@pytest.mark.django_db
def test_an_error_of_ours_is_never_recovered_by_itself() -> None:
    found = opened()
    assert overpayments.is_automatic_recovery_allowed(found)

    found.origin = OverpaymentOrigin.AGENCY

    assert not overpayments.is_automatic_recovery_allowed(found)
