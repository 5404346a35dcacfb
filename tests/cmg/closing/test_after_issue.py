"""Months issued again and again: only differences move, once, and never what the bank did not take."""

from datetime import date
from pathlib import Path

import pytest

from cmg.models import Settlement
from portal.banking.models import OpenItem, PaymentOrder
from tests.cmg.closing.issued import (
    HOME,
    Portal,
    balances,
    booking,
    ordered,
    receive,
    report,
    statement,
)
from tests.cmg.files import iban_with_key

SEPTEMBER = date(2026, 9, 1)
NO_RIGHT = {"status": "CLOSED", "end": "2026-08-01"}
WITH_RIGHT = {"status": "ACTIVE", "end": "", "sequence_no": 30, "decided_at": "2026-10-27T09:00:00+01:00",
              "received_at": "2026-10-28T09:00:00+01:00"}  # fmt: skip


def closed_right(portal: Portal) -> None:
    for side in ("rights_fund", "rights_pajemploi"):
        portal.send(side, **NO_RIGHT, sequence_no=20, decided_at="2026-07-30T09:00:00+02:00")


def open_again(portal: Portal) -> None:
    for side in ("rights_fund", "rights_pajemploi"):
        portal.send(side, **WITH_RIGHT)


@pytest.mark.django_db
def test_a_late_right_refunds_the_debit_whole_and_pays_part_b_apart(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    closed_right(portal)
    first = ordered(portal.issue())
    open_again(portal)

    second = portal.issue()

    settled = Settlement.objects.get(run=second)
    assert first == {"CMG_DEBIT": 46_815}
    assert ordered(second) == {"CMG_REFUND": 46_815, "CMG_PAYOUT": settled.payout_cents}
    for order in PaymentOrder.objects.all():
        receive(statement(booking(order), number=order.pk))
    assert balances() == {
        "CONTRIBUTIONS_DUE": -46_815, "FUND_PART_A": 46_815, "FUND_PART_B": settled.payout_cents,
        "BANK": -settled.payout_cents,
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "answer"),
    [
        ("refused before it was taken", lambda order: [report(order, "RJCT", "AM04")]),
        ("taken and sent back", lambda order: [statement(booking(order)),
                                               statement(booking(order, returned="AM04"), number=2)]),
    ],
)  # fmt: skip
def test_what_the_bank_never_took_is_not_refunded(tmp_path: Path, case: str, answer) -> None:
    portal = Portal(tmp_path, HOME)
    portal.issue()
    for content in answer(PaymentOrder.objects.get()):
        receive(content)
    portal.send("declarations", version=2, kind="CANCELLATION")

    second = portal.issue()

    assert ordered(second) == {}, case
    assert balances() == {}, case


@pytest.mark.django_db
def test_half_of_a_refused_debit_undone_leaves_the_other_half_due(tmp_path: Path) -> None:
    portal = Portal(tmp_path, HOME)
    portal.issue()
    order = PaymentOrder.objects.get()
    receive(report(order, "RJCT", "AM04"))
    portal.send("accounts", updated_at="2026-11-01T10:00:00+01:00")
    portal.send("declarations", version=2, kind="CORRECTION", net_salary="1500.00")

    second = portal.issue()

    assert ordered(second) == {}
    assert balances()["FAMILY_DEBIT"] == Settlement.objects.get(run=second, status="SETTLED").debit_cents
    portal.send("declarations", version=3, kind="CANCELLATION")
    assert ordered(portal.issue()) == {}
    assert balances() == {}


def suspended(portal: Portal, status: str, number: int) -> None:
    portal.send("rights_fund", status=status, sequence_no=number)


@pytest.mark.django_db
def test_a_payout_paid_then_blocked_then_released_is_paid_once(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    paid = ordered(portal.issue())["CMG_PAYOUT"]
    suspended(portal, "SUSPENDED", 21)
    blocked = portal.issue()
    suspended(portal, "ACTIVE", 22)

    released = portal.issue()

    assert Settlement.objects.get(run=blocked).payout_blocked
    assert (ordered(blocked), ordered(released)) == ({}, {})
    assert balances()["FAMILY_PAYOUT"] == -paid


@pytest.mark.django_db
def test_a_blocked_payout_corrected_downwards_leaves_once_and_as_corrected(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    suspended(portal, "SUSPENDED", 21)
    portal.issue()
    portal.send("declarations", version=2, kind="CORRECTION", net_salary="300.00")
    while_blocked = portal.issue()
    suspended(portal, "ACTIVE", 22)

    released = portal.issue()

    due = Settlement.objects.get(run=released).payout_cents
    assert ordered(while_blocked) == {}
    assert ordered(released) == {"CMG_PAYOUT": due}
    assert balances()["FAMILY_PAYOUT"] == -due
    assert "OVERPAYMENT" not in balances()


@pytest.mark.django_db
def test_a_correction_up_again_cancels_the_overpayment_and_pays_nothing(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    portal.issue()
    portal.send("declarations", version=2, kind="CORRECTION", net_salary="300.00")
    down = portal.issue()
    assert balances()["OVERPAYMENT"] > 0
    portal.send("declarations", version=3, kind="CORRECTION")

    up = portal.issue()

    assert (ordered(down), ordered(up)) == ({}, {})
    assert "OVERPAYMENT" not in balances()


@pytest.mark.django_db
def test_a_payout_sent_back_is_not_an_overpayment_and_leaves_again_to_the_new_account(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    portal.issue()
    order = PaymentOrder.objects.get()
    receive(statement(booking(order)))
    receive(statement(booking(order, returned="AC04"), number=2))
    held = portal.issue()
    assert Settlement.objects.get(run=held).anomaly_codes == "CMG-033"
    assert ordered(held) == {}
    portal.send("accounts", iban=iban_with_key("2"), updated_at="2026-11-01T10:00:00+01:00")

    again = portal.issue()

    assert ordered(again) == {"CMG_PAYOUT": order.amount_cents}
    assert OpenItem.objects.get().closed_on is not None
    receive(statement(booking(PaymentOrder.objects.get(run=again)), number=3))
    assert balances().keys() == {"CONTRIBUTIONS_DUE", "FUND_PART_A", "FUND_PART_B", "BANK"}
    assert balances()["BANK"] == -order.amount_cents
    portal.send("declarations", version=2, kind="CORRECTION", net_salary="300.00")
    portal.issue()
    assert balances()["OVERPAYMENT"] > 0


@pytest.mark.django_db
def test_a_family_disputed_after_its_issue_moves_nothing_in_either_direction(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    portal.issue()
    whole = balances()
    portal.send("rights_fund", beneficiary_no="B7", sequence_no=21)
    held = portal.issue()
    portal.send("rights_fund", sequence_no=22)

    assert Settlement.objects.get(run=held).status == "HELD"
    assert (ordered(held), ordered(portal.issue())) == ({}, {})
    assert balances() == whole


SINGLE = {"accounts": {"all_in_one": "1"}}


@pytest.mark.django_db
def test_pajemploi_plus_disputed_after_its_issue_asks_for_no_second_salary(tmp_path: Path) -> None:
    portal = Portal(tmp_path, SINGLE)
    before = ordered(portal.issue())
    whole = balances()
    portal.send("rights_fund", beneficiary_no="B7", sequence_no=21)
    held = portal.issue()
    portal.send("rights_fund", sequence_no=22)
    released = portal.issue()

    assert before.keys() == {"CMG_SINGLE"}
    assert Settlement.objects.get(run=held).status == "HELD"
    assert (ordered(held), ordered(released)) == ({}, {})
    assert balances() == whole


@pytest.mark.django_db
def test_pajemploi_plus_released_settles_what_was_really_taken_under_the_hold(tmp_path: Path) -> None:
    portal = Portal(tmp_path, SINGLE)
    portal.send("rights_fund", beneficiary_no="B7", sequence_no=21)
    taken = ordered(portal.issue())
    # September is issued after October: what was known of part (b) then is not what is known now.
    portal.send("rights_fund", sequence_no=22)
    portal.send("declarations", declaration_no="D0", care_month="2026-09", received_at="2026-09-25T18:00:00+02:00")
    portal.issue(SEPTEMBER)

    released = portal.issue()

    due = Settlement.objects.get(run=released).total_debit_cents
    assert taken == {"CMG_SALARY": 62_600}
    assert ordered(released) == {"CMG_REFUND": 62_600 - due}
    assert "SUSPENSE" not in balances()


@pytest.mark.django_db
def test_pajemploi_plus_held_with_a_known_aid_above_the_salary_pays_nothing(tmp_path: Path) -> None:
    portal = Portal(tmp_path, SINGLE)
    portal.send("declarations", declaration_no="D0", care_month="2026-09", received_at="2026-09-25T18:00:00+02:00")
    portal.issue(SEPTEMBER)
    portal.send("rights_fund", beneficiary_no="B7", sequence_no=21)
    portal.send("declarations", declaration_no="D2", employee_no="S1", child_ids="C1", net_salary="100.00",
                maintenance_allowance="", version=1)  # fmt: skip
    portal.send("declarations", version=2, kind="CANCELLATION")

    run = portal.issue()

    assert Settlement.objects.get(run=run, declaration_no="D2").status == "HELD"
    assert ordered(run) == {}


@pytest.mark.django_db
def test_an_aid_that_falls_under_pajemploi_plus_is_not_debited(tmp_path: Path) -> None:
    portal = Portal(tmp_path, SINGLE)
    before = Settlement.objects.get(run=portal.issue())
    portal.send("rights_fund", annual_resources="60000", sequence_no=21)
    portal.send("rights_pajemploi", annual_resources="60000", sequence_no=21)

    second = portal.issue()

    fall = before.payout_cents - Settlement.objects.get(run=second).payout_cents
    assert ordered(second) == {}
    assert balances()["OVERPAYMENT"] == fall > 0


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "then"), [("0", "1"), ("1", "0")])
def test_joining_or_leaving_pajemploi_plus_changes_nothing_of_an_issued_month(
    tmp_path: Path, first: str, then: str
) -> None:
    portal = Portal(tmp_path, {"accounts": {"all_in_one": first}})
    portal.issue()
    whole = balances()
    portal.send("accounts", all_in_one=then, updated_at="2026-11-03T10:00:00+01:00")

    assert ordered(portal.issue()) == {}
    assert balances() == whole


@pytest.mark.django_db
def test_a_correction_after_the_fifteenth_leaves_the_salary_where_it_is(tmp_path: Path) -> None:
    portal = Portal(tmp_path, SINGLE)
    portal.issue()
    salary = balances()["EMPLOYEE_SALARY"]
    portal.send("declarations", version=2, kind="CORRECTION", mileage="10.00", received_at="2026-11-20T10:00:00+01:00")

    assert ordered(portal.issue()) == {}
    assert balances()["EMPLOYEE_SALARY"] == salary


@pytest.mark.django_db
def test_the_longest_names_do_not_stop_an_issue(tmp_path: Path) -> None:
    portal = Portal(tmp_path, {"accounts": {"last_name": "É" * 100, "first_names": "Œ" * 100}})

    assert ordered(portal.issue())
    assert len(PaymentOrder.objects.get().name) == 140


@pytest.mark.django_db
def test_a_refund_without_an_account_is_somebody_s_and_not_lost(tmp_path: Path) -> None:
    portal = Portal(tmp_path, HOME)
    taken = ordered(portal.issue())["CMG_DEBIT"]
    portal.send("declarations", version=2, kind="CANCELLATION")
    portal.send("accounts", iban="", updated_at="2026-11-01T10:00:00+01:00")

    second = portal.issue()

    assert ordered(second) == {}
    item = OpenItem.objects.get()
    assert (item.reason, item.reference, item.amount_cents) == ("compte_absent", "E1 D1", taken)
    assert item.owner.username == "bruno"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "received", "issued_on", "debit_on"),
    [
        ("issued the same Monday", "2026-10-26T10:00:00+01:00", date(2026, 10, 26), date(2026, 10, 28)),
        ("a Friday before a Sunday 1 November", "2026-10-30T10:00:00+01:00", date(2026, 10, 30), date(2026, 11, 3)),
        ("a Tuesday before a Wednesday 11 November", "2026-11-10T10:00:00+01:00", date(2026, 11, 10),
         date(2026, 11, 13)),
        ("received on a Saturday: day 1 is Monday", "2026-10-31T10:00:00+01:00", date(2026, 10, 31),
         date(2026, 11, 3)),
        ("issued long after: the next business day", "2026-10-26T10:00:00+01:00", date(2026, 12, 24),
         date(2026, 12, 28)),
        ("received just before midnight in Paris", "2026-10-26T23:30:00+01:00", date(2026, 10, 26),
         date(2026, 10, 28)),
    ],
)  # fmt: skip
def test_a_debit_falls_on_the_second_business_day(
    tmp_path: Path, case: str, received: str, issued_on: date, debit_on: date
) -> None:
    portal = Portal(tmp_path, HOME | {"declarations": HOME["declarations"] | {"received_at": received}})

    portal.issue(on=issued_on)

    assert PaymentOrder.objects.get(kind="DEBIT").due_on == debit_on, case


@pytest.mark.django_db
def test_a_family_held_then_repaired_moves_exactly_once(tmp_path: Path) -> None:
    portal = Portal(tmp_path, HOME)
    portal.send("rights_fund", beneficiary_no="B7", sequence_no=21)
    held = portal.issue()
    assert (ordered(held), balances()) == ({}, {})
    portal.send("rights_fund", sequence_no=22)

    released = portal.issue()
    portal.send("requests", request_no="Q9", beneficiary_no="B99")

    assert ordered(released) == {"CMG_DEBIT": Settlement.objects.get(run=released).debit_cents}
    assert ordered(portal.issue()) == {}
