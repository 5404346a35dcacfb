"""What the next days would do, told before anything is written, is what they do."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from aripa.acts.entering import Order, checked, enter, version_of
from aripa.acts.previewing import HORIZON, Preview, preview
from aripa.casefile import read_case
from aripa.models import Case, Household, Movement, Notice
from aripa.operations import run_days
from aripa.words import MOVEMENTS
from tests.aripa.agents import LIVED, agent
from tests.aripa.rows import event_row, forced_case, live_case

pytestmark = pytest.mark.django_db


def seen(cells: dict[str, Any], case: str = "C1") -> Preview:
    errors, values = checked({"day": str(LIVED), "case_no": case} | cells)
    assert errors == {}
    return preview(read_case(Case.objects.get(pk=case), day=LIVED, today=LIVED), values)


def enter_now(cells: dict[str, str]) -> None:
    order = Order({"day": str(LIVED), "case_no": "C1"} | cells, "vu au compte", version_of("C1"), uuid4())
    enter(order=order, by=agent("awa"), at=datetime(2026, 2, 20, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    "cells",
    [
        {"kind": "PAYMENT_RECEIVED", "amount": "300.00", "means": "TRANSFER"},
        {"kind": "PAYMENT_RECEIVED", "amount": "900.00", "means": "GARNISHEE"},
        {"kind": "GARNISHEE_ANSWER", "ref": "EMP1", "reason": "NOT_HELD"},
        {"kind": "UNABLE_TO_PAY", "reason": "2a"},
        {"kind": "RELEASE_REQUEST"},
    ],
)
def test_what_is_shown_is_what_the_days_do(cells: dict[str, str]) -> None:
    forced_case("C1")
    run_days(until=LIVED)
    shown = seen(cells)
    before = (Household.objects.get().memory, Movement.objects.count())
    assert (Household.objects.get().memory, Movement.objects.count()) == before

    enter_now(cells)
    run_days(until=LIVED + timedelta(days=1) + HORIZON)

    new = [one for one in shown.effects if not one.is_gone]
    moved = Movement.objects.filter(day__gt=LIVED).values_list("day", "kind", "amount_cents")
    assert sorted((one.day, one.what.split(",")[0], one.amount) for one in new if one.amount) == sorted(
        (day, MOVEMENTS[kind], amount) for day, kind, amount in moved
    )
    letters = Notice.objects.filter(day__gt=LIVED).count()
    assert len([one for one in new if not one.amount]) == letters
    assert shown.heard_on == LIVED + timedelta(days=1)


def test_a_complaint_shows_what_will_not_happen() -> None:
    live_case("C1")
    event_row("2026-02-12", "DEBIT_RETURNED", "C1", month="2026-02", reason="AM04", amount_cents=250_00)
    event_row(
        "2026-02-16", "NOTICE_RECEIVED", "C1", letter="L08", party="DEBTOR", month="2026-02", effective_on="2026-02-16"
    )
    run_days(until=LIVED)

    shown = seen({"kind": "COMPLAINT"})

    assert (shown.state_before, shown.state_after) == ("Recouvrement forcé", "En place"), "its delay ends on 3 March"
    assert shown.until == date(2026, 3, 7)


def test_what_the_day_cannot_decide_is_told_before() -> None:
    forced_case("C1")
    run_days(until=LIVED)

    assert seen({"kind": "RELEASE_REQUEST"}).worries == [
        "Mainlevée demandée avant six termes payés, ou avec un reste dû."
    ]
    assert seen({"kind": "GARNISHEE_ANSWER", "ref": "EMP1", "reason": "ACCEPTED"}).worries == []


def test_facts_that_wait_already_are_no_effect_of_the_act() -> None:
    forced_case("C1")
    run_days(until=LIVED)
    event_row("2026-02-20", "PAYMENT_RECEIVED", "C1", amount_cents=250_00, means="TRANSFER")

    shown = seen({"kind": "COMPLAINT"})

    assert [one.what for one in shown.effects] == []


def test_a_fact_that_waits_counts_for_what_the_act_will_do() -> None:
    forced_case("C1")
    run_days(until=LIVED)
    decision = {"kind": "RECOVERY_DECISION", "reason": "BENEFIT_WITHHOLDING"}
    assert seen(decision).worries == []
    event_row("2026-02-20", "COMPLAINT", "C1")

    assert seen(decision).worries == ["Décision de recouvrement sans recouvrement forcé, ou pendant une réclamation."]
