"""What families are owed: what trips each rule, and the look-alikes that must not."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from cmg.models import Settlement
from portal.batches.models import Run
from portal.casework.models import Dossier
from tests.aripa.rows import event_row
from tests.fraud.signals.world import (
    DAY,
    NOW,
    SEPTEMBER,
    account,
    asf,
    declaration,
    hits,
    order,
    publish,
    receiving,
    right,
    term,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _published(db: None) -> None:
    publish()


def settled(declared: Any, decision: str, payout: int) -> None:
    run = Run.objects.create(
        kind="cmg-month", month=declared.care_month, ordinal=1, day=DAY, started_at=NOW,
        parameters_digest="", rule_version="",
    )  # fmt: skip
    amounts = dict.fromkeys(
        ("contributions_cents", "deduction_cents", "part_a_cents", "supplement_cents", "offset_cents", "debit_cents",
         "withholding_tax_cents", "total_debit_cents", "held_debit_cents"), 0,
    )  # fmt: skip
    Settlement.objects.create(
        run=run, slice_number=0, declaration=declared, declaration_no=declared.declaration_no, version=1,
        employer_no=declared.employer_no, care_month=declared.care_month, regime="B", all_in_one=False, status="SETTLED",
        debit_effect="PROCEED", payout_blocked=False, decision=decision, decision_month=declared.care_month,
        part_b_cents=payout, payout_cents=payout, **amounts,
    )  # fmt: skip
    with connection.cursor() as cursor:  # as two signatures and an issue would leave it
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE batches_run SET state = 'ISSUED' WHERE id = %s", (run.pk,))
        cursor.execute("SET LOCAL session_replication_role = origin")


AUGUST = date(2026, 8, 1)


@pytest.mark.parametrize(
    ("what", "decision", "payout", "found"),
    [
        ("never settled", "", 0, 1),
        ("settled as if without a right", "NO_BENEFICIARY", 0, 1),
        ("settled on the right, nothing due", "RIGHT", 0, 0),
        ("paid", "RIGHT", 30000, 0),
    ],
)
def test_dr01_a_right_a_month_declared_and_nothing_settled(what: str, decision: str, payout: int, found: int) -> None:
    account()
    right()
    declared = declaration(month=AUGUST)
    if decision:
        settled(declared, decision, payout)

    assert len(hits("DR01")) == found, what


@pytest.mark.parametrize(
    ("what", "month", "right_said", "declared_said"),
    [
        ("thirty days are left after the month", SEPTEMBER, {}, {}),
        ("the right began later", AUGUST, {"starts_on": SEPTEMBER}, {}),
        ("another child's right", AUGUST, {"child_id": "C2"}, {}),
        ("nothing was worked", AUGUST, {}, {"hours_hundredths": 0}),
        ("it was cancelled", AUGUST, {}, {"kind": "CANCELLATION"}),
    ],
)
def test_dr01_leaves_alone(what: str, month: date, right_said: dict[str, Any], declared_said: dict[str, Any]) -> None:
    account()
    right(**right_said)
    declaration(month=month, **declared_said)

    assert hits("DR01") == [], what


def test_dr01_leaves_what_somebody_is_at_already() -> None:
    account()
    right()
    declaration(month=AUGUST)
    Dossier.objects.create(
        subject="cmg:employer:E1", title="x", body="FUND", opened_on=DAY, deadline=DAY, reasons="CMG-001"
    )  # fmt: skip

    assert hits("DR01") == []


@pytest.mark.parametrize(
    ("what", "month", "status", "paid", "couple", "found"),
    [
        ("unpaid, alone, nothing paid", SEPTEMBER, "UNPAID", 0, "", 1),
        ("less than thirty days", date(2026, 10, 1), "UNPAID", 0, "", 0),
        ("ASF was paid", SEPTEMBER, "UNPAID", 18700, "", 0),
        ("lives as a couple", SEPTEMBER, "UNPAID", 0, "COUPLE", 0),
        ("alone again", SEPTEMBER, "NOTICED", 0, "COUPLE ALONE", 1),
        ("paid", SEPTEMBER, "PAID", 0, "", 0),
    ],
)
def test_dr02_an_unpaid_pension_without_asf(what, month, status, paid, couple, found) -> None:
    case = receiving(paid=0)
    if paid:
        asf(case, month, paid)
    term(case, month, 20000, 20000 if status == "PAID" else 0, status)
    for said in couple.split():
        event_row("2026-02-01", "LONE_PARENT", "C-P1", reason=said, effective_on="2026-02-01")

    assert len(hits("DR02")) == found, what


@pytest.mark.parametrize(
    ("what", "due", "state", "then", "found"),
    [
        ("came back and never left again", date(2026, 9, 26), "RETURNED", "", 1),
        ("less than thirty days", date(2026, 9, 27), "RETURNED", "", 0),
        ("left again", date(2026, 9, 1), "REJECTED", "BOOKED", 0),
        ("came back twice", date(2026, 9, 1), "REJECTED", "RETURNED", 1),
        ("booked", date(2026, 9, 1), "BOOKED", "", 0),
    ],
)
def test_dr03_an_aid_that_the_bank_sent_back(what: str, due: date, state: str, then: str, found: int) -> None:
    account()
    order(due, state)
    if then:
        order(date(2026, 10, 20), then, pk=2)

    assert len(hits("DR03")) == found, what


@pytest.mark.parametrize(("received", "found"), [(20000, 1), (20100, 0)])
def test_dr02_what_came_in_is_less_than_the_asf(received: int, found: int) -> None:
    term(receiving(paid=0), SEPTEMBER, 30000, received, "FORCED")

    assert len(hits("DR02")) == found


def test_a_parent_who_is_owed_is_told_apart_from_one_who_is_checked() -> None:
    case = receiving(paid=0)
    term(case, SEPTEMBER, 20000, 0, "UNPAID")

    assert told("DR02") == ["Pension impayée 1 mois, aucune ASF versée pour ce temps"]
