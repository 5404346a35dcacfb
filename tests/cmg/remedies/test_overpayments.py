"""Sums paid in excess: notice, twenty days, contest, instalments, remission; and nothing before its time."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from cmg.models import Instalment, Overpayment
from cmg.models.remedies import OverpaymentOrigin
from cmg.remedies import following, overpayments
from cmg.remedies.limits import RemedyRefused
from cmg.remedies.proof import check_remedies
from portal.banking.models import PaymentOrder
from portal.batches.models import Run
from portal.casework.moves import MoveNotAllowed
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import balance, post
from portal.ledger.proof import check_ledger
from portal.letters.models import Letter, LetterJob
from portal.letters.operations import write_letters
from portal.people.vault import decrypt
from tests.cmg.remedies.families import DAY, issued, received

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
def test_nothing_is_withheld_on_later_benefits_and_the_letter_says_so() -> None:
    notified()

    assert write_letters() == 1
    text = decrypt(Letter.objects.get().text).decode()
    assert "Rien n’est retenu sur vos prestations à venir" in text
    assert "D. 553-1" not in text


@pytest.mark.django_db
@pytest.mark.parametrize(("on", "state"), [(date(2026, 10, 26), "NOTIFIED"), (date(2026, 10, 27), "ABANDONED")])
def test_two_years_after_the_payment_it_is_given_up(tmp_path: Path, on: date, state: str) -> None:
    received(tmp_path)
    run = issued(tmp_path / "out")
    order = PaymentOrder.objects.get()
    PaymentOrder.objects.update(state="BOOKED", settled_on=date(2024, 10, 26))
    found = opened()
    Overpayment.objects.filter(pk=found.pk).update(
        declaration_no="D1",
        run=Run.objects.create(kind="x", month=run.month, ordinal=9, day=DAY, started_at=run.started_at),
    )
    assert order.purpose == "CMG_PAYOUT"

    done = overpayments.notify_overpayment(overpayment_pk=found.pk, by="nathalie", on=on)

    assert (done.state, done.outstanding_cents) == (state, 0 if state == "ABANDONED" else 9_482)
    assert LetterJob.objects.filter(kind="cmg.overpayment").count() == (state == "NOTIFIED")


@pytest.fixture
def at_the_bank(tmp_path: Path) -> Overpayment:
    """One of two instalments asked of the bank, which has not answered."""
    received(tmp_path)
    found = confirmed()
    overpayments.agree_instalments(
        overpayment_pk=found.pk, months=2, first_due_on=date(2026, 12, 10), by="E1", on=LAST_DAY + timedelta(days=2)
    )
    assert overpayments.collect_instalments(on=date(2026, 12, 9)) == 1
    return found


def bank_says(state: str) -> None:
    PaymentOrder.objects.update(state=state, settled_on=date(2026, 12, 11))
    following.follow_orders(on=date(2026, 12, 11))


@pytest.mark.django_db
def test_what_is_at_the_bank_is_not_given_up_before_its_answer(at_the_bank: Overpayment) -> None:
    later = date(2026, 12, 12)
    for give_up in (overpayments.remit_overpayment, overpayments.cancel_overpayment):
        with pytest.raises(RemedyRefused, match="à la banque"):
            give_up(overpayment_pk=at_the_bank.pk, reason="précarité", by="thomas", on=later)
    bank_says("BOOKED")

    done = overpayments.remit_overpayment(overpayment_pk=at_the_bank.pk, reason="précarité", by="thomas", on=later)

    assert (done.state, done.repaid_cents, done.remitted_cents, done.outstanding_cents) == ("REMITTED", 4_741, 4_741, 0)
    assert check_ledger() + check_remedies() == []


@pytest.mark.django_db
def test_an_instalment_sent_back_after_a_remission_is_owed_again_and_may_be_remitted_too(
    at_the_bank: Overpayment,
) -> None:
    again = {"overpayment_pk": at_the_bank.pk, "reason": "précarité", "by": "thomas", "on": date(2026, 12, 12)}
    bank_says("BOOKED")
    overpayments.remit_overpayment(**again)
    bank_says("RETURNED")

    at_the_bank.refresh_from_db()
    assert (at_the_bank.state, at_the_bank.outstanding_cents) == ("RECOVERING", 4_741)
    assert check_remedies() == []
    assert overpayments.remit_overpayment(**again).remitted_cents == 9_482
    assert balance(Ledger.OVERPAYMENT, subject=SUBJECT) == 0
    assert check_ledger() + check_remedies() == []


@pytest.mark.django_db
def test_a_rest_too_small_for_its_instalments_is_refused(tmp_path: Path) -> None:
    found = confirmed()
    Overpayment.objects.filter(pk=found.pk).update(repaid_cents=9_471)
    agreed = {"overpayment_pk": found.pk, "first_due_on": date(2026, 12, 10), "by": "E1", "on": date(2026, 11, 20)}

    with pytest.raises(RemedyRefused, match="trop peu"):
        overpayments.agree_instalments(months=12, **agreed)
    assert len(overpayments.agree_instalments(months=11, **agreed)) == 11
