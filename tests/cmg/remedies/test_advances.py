"""Advances: what may be granted and by whom, what is booked, and what is kept of which payout."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from cmg.models import Advance, AdvanceNetting, Declaration, Overpayment, Settlement
from cmg.models.remedies import AdvanceMonth, Origin
from cmg.remedies import advances
from cmg.remedies.limits import RemedyRefused
from cmg.remedies.netting import Payout, net_payouts
from cmg.remedies.refunds import request_refund, verify_refund
from portal.banking.models import OrderState, PaymentOrder
from portal.batches.models import Run
from portal.casework.moves import MoveNotAllowed
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import balance
from portal.ledger.proof import check_ledger
from tests.cmg.remedies.families import DAY, MONTH, PAYOUT, Files, c01, closed, issued, moved_away, no_account, received

SUBJECT = "cmg:employer:E1"


def propose(cents: int = PAYOUT, *, by: str = "nathalie", months: tuple[date, ...] = (MONTH,)) -> Advance:
    return advances.propose_advance(
        employer_no="E1", months=months, amount_cents=cents, origin=Origin.PROPOSED, reason="mois retenu", by=by, on=DAY
    )


def paid(cents: int = PAYOUT) -> Advance:
    """An advance granted, whose transfer arrived."""
    advance = advances.grant_advance(advance_pk=propose(cents).pk, by="nathalie", on=DAY)
    PaymentOrder.objects.filter(end_to_end_id=advance.end_to_end_id).update(state=OrderState.BOOKED)
    Advance.objects.filter(pk=advance.pk).update(state="PAID")
    return advance


@pytest.fixture
def held(tmp_path: Path) -> None:
    received(tmp_path, moved_away)
    closed()


@pytest.mark.django_db
def test_a_held_family_gets_what_it_waits_for_and_not_a_cent_more(held: None) -> None:
    assert Settlement.objects.get().status == "HELD"
    assert advances.estimate("E1", [MONTH]) == Settlement.objects.get().payout_cents == PAYOUT

    with pytest.raises(RemedyRefused, match="428,70"):
        propose(PAYOUT + 1)
    assert not Advance.objects.exists()
    assert propose(PAYOUT).amount_cents == PAYOUT


@pytest.mark.django_db
def test_granting_books_the_advance_and_orders_one_transfer(held: None) -> None:
    advance = propose()

    advances.grant_advance(advance_pk=advance.pk, by="nathalie", on=DAY)

    order = PaymentOrder.objects.get()
    assert (order.kind, order.purpose, order.amount_cents) == ("CREDIT", "CMG_ADVANCE", PAYOUT)
    assert order.due_on == date(2026, 10, 27)
    assert balance(Ledger.ADVANCE, subject=SUBJECT) == PAYOUT
    assert balance(Ledger.FAMILY_PAYOUT, subject=SUBJECT) == -PAYOUT
    with pytest.raises(MoveNotAllowed):
        advances.grant_advance(advance_pk=advance.pk, by="thomas", on=DAY)
    assert PaymentOrder.objects.count() == 1
    assert check_ledger() == []


@pytest.mark.django_db
def test_a_month_is_covered_once_until_the_advance_is_refused(held: None) -> None:
    first = propose(1_000)
    with pytest.raises(RemedyRefused, match="déjà couvert"):
        propose(1_000)

    with pytest.raises(RemedyRefused, match="se motive"):
        advances.refuse_advance(advance_pk=first.pk, refusal=" ", by="thomas", on=DAY)
    advances.refuse_advance(advance_pk=first.pk, refusal="L’aide part demain.", by="thomas", on=DAY)

    assert propose(1_000).pk != first.pk


@pytest.mark.django_db
@pytest.mark.parametrize(("cents", "four_eyes"), [(99_999, False), (100_000, True)])
def test_from_a_thousand_euros_another_person_decides(held: None, cents: int, four_eyes: bool) -> None:
    Settlement.objects.filter(status="HELD").update(
        part_b_cents=150_000, payout_cents=150_000 - Settlement.objects.get().offset_cents
    )
    advance = propose(cents)

    assert advance.four_eyes is four_eyes
    if four_eyes:
        with pytest.raises(RemedyRefused, match="autre personne"):
            advances.grant_advance(advance_pk=advance.pk, by="nathalie", on=DAY)
        with pytest.raises(IntegrityError), transaction.atomic():
            Advance.objects.filter(pk=advance.pk).update(decided_by="nathalie")
        assert not PaymentOrder.objects.exists()
    decider = "thomas" if four_eyes else "nathalie"
    assert advances.grant_advance(advance_pk=advance.pk, by=decider, on=DAY).state == "GRANTED"


@pytest.mark.django_db
def test_without_an_account_nothing_is_promised(tmp_path: Path) -> None:
    received(tmp_path, no_account)
    closed()

    with pytest.raises(RemedyRefused, match="compte bancaire"):
        propose()


@pytest.mark.django_db
def test_a_month_already_paid_leaves_nothing_to_advance(tmp_path: Path) -> None:
    received(tmp_path)
    issued(tmp_path / "out")

    with pytest.raises(RemedyRefused, match="déjà partie"):
        propose()


def run_of(month: date) -> Run:
    """The month's open run, or one of a later month that only lends its number."""
    known = Run.objects.filter(kind="cmg-month", month=month).first()
    return known or Run.objects.create(
        kind="cmg-month", month=month, ordinal=1, day=DAY, started_at="2026-10-26T09:00:00Z", parameters_digest="",
        rule_version="",
    )  # fmt: skip


NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def net(month: date, cents: int, number: str = "D1") -> dict[str, int]:
    kept = net_payouts(run_of(month), [Payout(number, "E1", cents)], by="test", on=DAY + timedelta(days=30))
    return dict(kept.iter_rows())


def solved() -> None:
    """The run found the right of the month that the advance covers."""
    Settlement.objects.update(status="SETTLED", decision="RIGHT", decision_month=MONTH, held_debit_cents=0)


@pytest.mark.django_db
def test_nothing_is_kept_before_a_covered_month_is_settled(held: None) -> None:
    advance = paid()

    assert net(NOVEMBER, 42_870) == {}
    advance.refresh_from_db()
    assert (advance.outstanding_cents, advance.state) == (PAYOUT, "PAID")


@pytest.mark.django_db
def test_the_covered_month_pays_back_whole_and_later_ones_by_half(held: None) -> None:
    advance = paid()
    solved()

    assert net(MONTH, 30_000) == {"D1": 30_000}
    advance.refresh_from_db()
    assert (advance.outstanding_cents, advance.state) == (PAYOUT - 30_000, "PARTLY_NETTED")
    assert net(NOVEMBER, 20_001, "D2") == {"D2": 10_000}
    assert net(DECEMBER, 42_870, "D3") == {"D3": 2_870}
    advance.refresh_from_db()
    assert (advance.outstanding_cents, advance.state) == (0, "NETTED")
    assert net(date(2027, 1, 1), 42_870, "D4") == {}
    assert [(one.care_month, one.covered) for one in AdvanceNetting.objects.order_by("pk")] == [
        (MONTH, True), (NOVEMBER, False), (DECEMBER, False),
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_family_may_prefer_to_pay_back_faster(held: None) -> None:
    advance = paid()
    solved()
    net(MONTH, 10_000)

    with pytest.raises(RemedyRefused, match="50 à 100"):
        advances.prefer_share(advance_pk=advance.pk, percent=49, by="E1")
    advances.prefer_share(advance_pk=advance.pk, percent=80, by="E1")

    assert net(NOVEMBER, 10_000, "D2") == {"D2": 8_000}


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["HELD", "SETTLED"])
def test_nothing_is_kept_while_another_declaration_of_the_month_is_held(held: None, status: str) -> None:
    paid()
    solved()
    other = Settlement.objects.get()
    other.pk, other.declaration_no, other.status = None, "D2", status
    other.declaration = Declaration.objects.create(**declaration_like(other.declaration))
    other.save()

    assert net(MONTH, 10_000) == ({} if status == "HELD" else {"D1": 10_000})


def declaration_like(known: Declaration) -> dict[str, object]:
    cells = {field.attname: getattr(known, field.attname) for field in Declaration._meta.concrete_fields}
    return {name: value for name, value in cells.items() if name != "id"} | {"declaration_no": "D2"}


@pytest.mark.django_db
@pytest.mark.parametrize(("decision", "kept"), [("RIGHT", {"D1": 10_000}), ("RIGHT_ENDED", {})])
def test_a_month_settled_again_without_a_right_solves_nothing(held: None, decision: str, kept: dict[str, int]) -> None:
    paid()
    solved()
    Settlement.objects.update(decision=decision)

    assert net(MONTH, 10_000) == kept


@pytest.mark.django_db
def test_two_advances_together_take_half_of_a_later_payout(held: None) -> None:
    first, second = paid(10_000), None
    Advance.objects.filter(pk=first.pk).update(state="PARTLY_NETTED")
    AdvanceMonth.objects.update(is_live=False)
    second = paid(10_000)
    Advance.objects.filter(pk=second.pk).update(state="PARTLY_NETTED")

    assert net(NOVEMBER, 12_001) == {"D1": 6_000}

    assert [one.outstanding_cents for one in Advance.objects.order_by("pk")] == [4_000, 10_000]


@pytest.mark.django_db
def test_money_that_did_not_arrive_is_not_taken_back(held: None) -> None:
    advance = paid()
    solved()
    PaymentOrder.objects.filter(end_to_end_id=advance.end_to_end_id).update(state=OrderState.RETURNED)

    assert net(MONTH, 42_870) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["converted", "waived"])
def test_what_is_left_is_converted_or_waived_and_the_books_close(held: None, ending: str) -> None:
    advance = paid()
    solved()
    net(MONTH, 30_000)
    left = PAYOUT - 30_000

    if ending == "converted":
        advances.convert_advance(advance_pk=advance.pk, cause="aucun droit", by="thomas", on=DAY)
        overpayment = Overpayment.objects.get()
        assert (overpayment.amount_cents, overpayment.origin) == (left, "AGENCY")
        assert balance(Ledger.OVERPAYMENT, subject=SUBJECT) == left
    else:
        advances.waive_advance(advance_pk=advance.pk, reason="erreur de nos services", by="thomas", on=DAY)
        assert balance(Ledger.WRITTEN_OFF, subject=SUBJECT) == left
    advance.refresh_from_db()
    assert advance.outstanding_cents == 0
    with pytest.raises(MoveNotAllowed):
        advances.waive_advance(advance_pk=advance.pk, reason="encore", by="helene", on=DAY)
    assert check_ledger() == []


@pytest.mark.django_db
def test_the_database_refuses_an_advance_netted_beyond_itself(held: None) -> None:
    advance = paid()

    with pytest.raises(IntegrityError), transaction.atomic():
        Advance.objects.filter(pk=advance.pk).update(netted_cents=PAYOUT, waived_cents=1)
    Advance.objects.filter(pk=advance.pk).update(netted_cents=PAYOUT - 1, waived_cents=1)


@pytest.mark.django_db
@pytest.mark.parametrize(("on", "cents"), [(date(2019, 8, 8), 0), (date(2019, 8, 9), 41_013)])
def test_a_wrong_debit_is_awaited_too_once_its_refund_is_late(tmp_path: Path, on: date, cents: int) -> None:
    july = date(2019, 7, 1)
    received(tmp_path, c01)
    issued(tmp_path / "july", july, date(2019, 7, 26))
    assert advances.estimate("E1", [july], on=on) == 0, "nobody said that it was wrong"

    refund = request_refund(employer_no="E1", month=july, words="rien dû", by="famille", on=date(2019, 8, 1))[0]

    assert refund.deadline == date(2019, 8, 8)
    assert advances.estimate("E1", [july], on=on) == cents
    verify_refund(refund_pk=refund.pk, due_cents=41_013, by="thomas")
    assert advances.estimate("E1", [july], on=on) == 0, "it was due after all"


@pytest.mark.django_db
def test_a_month_debited_wrongly_is_awaited_like_the_best_of_those_before(tmp_path: Path) -> None:
    june, july = date(2019, 6, 1), date(2019, 7, 1)

    def june_was_paid(files: Files) -> None:
        c01(files)
        earlier = {"declaration_no": "JUNE", "care_month": "2019-06", "received_at": "2019-06-25T10:00:00+02:00"}
        files["declarations"].append(files["declarations"][0] | earlier)
        for kind in ("rights_fund", "rights_pajemploi"):
            files[kind][0] |= {"status": "ACTIVE"}

    received(tmp_path, june_was_paid)
    issued(tmp_path / "june", june, date(2019, 6, 26))
    issued(tmp_path / "july", july, date(2019, 7, 26))
    request_refund(employer_no="E1", month=july, words="rien dû", by="famille", on=date(2019, 8, 1))

    assert advances.estimate("E1", [july]) == 29_562
    assert advances.estimate("E1", [june, july], on=date(2019, 8, 20)) == 29_562 + 41_013
