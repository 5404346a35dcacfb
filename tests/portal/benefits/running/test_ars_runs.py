"""The ARS of a start of term, to the bank and back: who is paid what, who waits, and what a later run brings."""

import re
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from portal.banking.models import OpenItem, PaymentOrder
from portal.batches.models import Run
from portal.batches.operations import RunNotIssuable
from portal.benefits.models import Award, BenefitOverpayment
from portal.benefits.running import closing, issuing
from portal.benefits.running.checking import agrees, wrong_awards
from portal.benefits.running.paying_again import pay_again
from portal.ledger.models import Entry
from tests.cmg.files import iban_with_key
from tests.portal.benefits.running.world import (
    AUGUST,
    CEILING_OF_ONE,
    EIGHT,
    HIGH_NET,
    MIDDLE_NET,
    OCTOBER,
    PRIMARY,
    PRIMARY_NET,
    SEVENTEEN,
    TWELVE,
    World,
    award,
    balances,
    bank_says,
    booking,
    order_of,
    proven,
    said,
    signed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_from_the_facts_to_the_bank_and_back_to_the_cent(world: World) -> None:
    world.family("101", [EIGHT, TWELVE])
    run = world.issue(world.ars())
    order = PaymentOrder.objects.get()
    written = (world.out / "PF-ARS-202608-1-V001.xml").read_text()

    assert (order.purpose, order.amount_cents) == ("FAMILY_ARS", PRIMARY_NET + MIDDLE_NET)
    assert (order.end_to_end_id, order.due_on) == (f"ARS-202608-1-V{award('101', run).pk}", date(2026, 8, 17))
    assert re.findall(r'<InstdAmt Ccy="EUR">([\d.]+)<', written) == ["877.28"]
    assert balances() == {
        "BACK_TO_SCHOOL_ALLOWANCE": 88_168, "CRDS_WITHHELD": -440, "BENEFIT_PAYOUTS": -87_728,
    }  # fmt: skip

    bank_says(booking(order))
    assert balances() == {"BACK_TO_SCHOOL_ALLOWANCE": 88_168, "CRDS_WITHHELD": -440, "BANK": -87_728}


def test_each_family_has_what_the_rules_give_it_or_the_reason_why_not(world: World) -> None:
    full = {"101": [EIGHT], "102": [SEVENTEEN], "103": [SEVENTEEN], "104": [EIGHT, SEVENTEEN]}
    for number, children in full.items():
        world.family(number, children)
    world.schooling("103", status="SCHOOL")
    world.family("105", income=f"{CEILING_OF_ONE}.00")
    world.family("115", income=f"{CEILING_OF_ONE}.01")
    world.family("116", income=f"{CEILING_OF_ONE}.99")
    world.family("106", income=f"{CEILING_OF_ONE + 1}.00")
    world.family("107", income=f"{CEILING_OF_ONE + 414}.00")
    world.family("108", income=f"{CEILING_OF_ONE + 415}.00")
    world.family("109", income=f"{CEILING_OF_ONE + 430}.00")
    world.family("110", income=None)
    world.family("111", ["2023-01-01"])
    world.family("112", [])
    run = world.ars()

    assert said(run) == {
        "101": ("PAID", "", PRIMARY_NET),
        "102": ("HELD", "schooling_not_declared", 0),
        "103": ("PAID", "", HIGH_NET),
        "104": ("PAID", "schooling_not_declared", PRIMARY_NET),
        "105": ("PAID", "", PRIMARY_NET),
        "106": ("PAID", "", 42_801 - 214),
        "107": ("PAID", "", 1_501 - 7),
        "108": ("NOT_PAID", "below_minimum", 0),
        "109": ("REFUSED", "above_ceiling", 0),
        "110": ("HELD", "resources_unknown", 0),
        "111": ("REFUSED", "no_child", 0),
        "115": ("PAID", "", 42_900 - 214),
        "116": ("PAID", "", 42_802 - 214),
    }
    assert [row.is_differential for row in Award.objects.order_by("beneficiary_no")[4:7]] == [False, True, True]
    assert run.totals["differential"] == {"families": 4, "cents": 42_587 + 1_494 + 42_686 + 42_588}
    assert run.totals["statuses"]["HELD"]["families"] == 2
    assert issuing.unexplained_cents(run) == 0
    assert wrong_awards(run) == []


def test_mayotte_has_its_own_figures_and_waits_for_a_class(world: World) -> None:
    world.family("201", fund="CAF976", income="35633.00")
    world.family("202", fund="CAF976", income="35634.00")
    world.family("203", fund="CAF976")
    for number in ("201", "202"):
        world.schooling(number, fund="CAF976", cycle="PRIMARY")
    run = world.ars()

    assert said(run) == {
        "201": ("PAID", "", PRIMARY), "202": ("PAID", "", PRIMARY - 100), "203": ("HELD", "cycle_unknown", 0),
    }  # fmt: skip
    assert run.totals["territories"]["MAYOTTE"] == {
        "families": 3, "net_cents": 2 * PRIMARY - 100, "paid_cents": 2 * PRIMARY - 100,
    }  # fmt: skip


def test_the_situation_is_that_of_31_july(world: World) -> None:
    world.family("101", [])
    child = {"beneficiary_no": "101", "birth_date": EIGHT}
    world.send("benefit-children", **child, child_id="came", dependent_from="2026-07-31")
    world.send("benefit-children", **child, child_id="came-later", dependent_from="2026-08-01")
    world.send("benefit-children", **child, child_id="left", dependent_from=EIGHT, dependent_until="2026-07-31")
    run = world.ars()

    assert [one["child_id"] for one in award("101", run).facts["children"]] == ["came"]


def test_without_an_account_somebody_owns_what_waits_and_it_leaves_once_one_is_known(world: World) -> None:
    world.family("101", iban="")
    world.issue(world.ars())
    item = OpenItem.objects.get()
    assert (item.amount_cents, item.owner.username, PaymentOrder.objects.count()) == (PRIMARY_NET, "bruno", 0)
    assert pay_again(on=OCTOBER, by="test").count == 0

    world.send("benefit-families", beneficiary_no="101", nir="", iban=iban_with_key("9"))
    assert [pay_again(on=OCTOBER, by="test").cents for _time in "12"] == [PRIMARY_NET, 0]
    item.refresh_from_db()
    order = PaymentOrder.objects.get()
    assert (item.closed_on, order.run, order.amount_cents) == (OCTOBER, None, PRIMARY_NET)
    assert item.reference.endswith(order.end_to_end_id)
    proven()


def test_a_transfer_that_came_back_leaves_again_to_another_account_once(world: World) -> None:
    world.family("101")
    world.issue(world.ars())
    order = order_of("101")
    bank_says(booking(order))
    bank_says(booking(order, returned="AC04"), number=2)
    assert balances()["BENEFIT_RETURNED"] == -PRIMARY_NET
    assert pay_again(on=OCTOBER, by="test").count == 0, "the same account would send it back again"

    world.send("benefit-families", beneficiary_no="101", nir="", iban=iban_with_key("9"))
    assert [pay_again(on=OCTOBER, by="test").cents for _time in "12"] == [PRIMARY_NET, 0]
    again = order_of("101")
    assert again.end_to_end_id == f"{order.end_to_end_id}-R"
    assert "BENEFIT_RETURNED" not in balances()
    assert not OpenItem.objects.filter(closed_on__isnull=True).exists()


def test_what_falls_takes_back_first_what_came_back_and_only_the_rest_is_owed(world: World) -> None:
    world.family("101", [EIGHT, TWELVE])
    world.issue(world.ars())
    order = order_of("101")
    bank_says(booking(order))
    bank_says(booking(order, returned="AC04"), number=2)
    world.send("benefit-children", beneficiary_no="101", child_id="101-2", birth_date=TWELVE, dependent_from=TWELVE,
               dependent_until="2026-07-01")  # fmt: skip
    world.send("benefit-families", beneficiary_no="101", nir="", iban=iban_with_key("9"))
    later = world.issue(world.ars(on=OCTOBER))

    assert (award("101", later).already_cents, award("101", later).paid_cents) == (PRIMARY_NET + MIDDLE_NET, 0)
    assert "BENEFIT_OVERPAYMENT" not in balances()
    assert pay_again(on=OCTOBER, by="test").cents == PRIMARY_NET
    proven()


def test_a_declaration_that_comes_late_pays_the_difference_and_no_more(world: World) -> None:
    world.family("101", [EIGHT, SEVENTEEN])
    world.family("102")
    first = world.issue(world.ars())
    world.schooling("101", child=2, status="SCHOOL")
    later = world.ars(on=OCTOBER)

    assert said(first)["101"] == ("PAID", "schooling_not_declared", PRIMARY_NET)
    assert said(later) == {"101": ("PAID", "", HIGH_NET)}, "the other family is not written again"
    assert award("101", later).already_cents == PRIMARY_NET
    world.issue(later)
    assert order_of("101").amount_cents == HIGH_NET
    nothing = world.ars(on=OCTOBER)
    assert (nothing.totals["families"], nothing.state) == (0, "DONE"), "nothing to sign for"


def test_a_later_run_keeps_the_amounts_of_the_first(world: World) -> None:
    world.family("101")
    world.family("102", income=None)
    world.issue(world.ars())
    world.send("benefit-resources", beneficiary_no="102", net_category_income="20000.00")
    later = world.ars(on=date(2027, 5, 3))

    assert said(later) == {"102": ("PAID", "", PRIMARY_NET)}
    assert (later.totals["amounts_on"], later.totals["paid_on"]) == ("2026-08-15", "2027-05-03")


def test_what_was_paid_in_excess_is_noted_once_and_nothing_is_debited(world: World) -> None:
    world.family("101", [EIGHT, TWELVE])
    world.issue(world.ars())
    bank_says(booking(order_of("101")))
    gone = {"beneficiary_no": "101", "child_id": "101-2", "birth_date": TWELVE, "dependent_from": TWELVE}
    world.send("benefit-children", **gone, dependent_until="2026-07-01")
    later = world.issue(world.ars(on=OCTOBER))
    debt = BenefitOverpayment.objects.get()

    assert (debt.amount_cents, debt.state, debt.cause) == (MIDDLE_NET, "TO_RECOVER", "CORRECTED")
    assert later.totals["movements"] == {"BENEFIT_OVERPAYMENT_count": 1, "BENEFIT_OVERPAYMENT_cents": MIDDLE_NET}
    assert balances() == {
        "BACK_TO_SCHOOL_ALLOWANCE": PRIMARY, "CRDS_WITHHELD": -214, "BANK": -(PRIMARY_NET + MIDDLE_NET),
        "BENEFIT_OVERPAYMENT": MIDDLE_NET,
    }  # fmt: skip
    assert PaymentOrder.objects.count() == 1, "nothing is debited"

    world.send("benefit-children", **gone)
    third = world.issue(world.ars(on=OCTOBER))
    assert (award("101", third).due_again_cents, award("101", third).paid_cents) == (MIDDLE_NET, 0), "it was received"


def test_a_hold_after_a_payment_moves_nothing_and_what_follows_settles_the_difference(world: World) -> None:
    world.family("101", [EIGHT, SEVENTEEN])
    world.issue(world.ars())
    bank_says(booking(order_of("101")))
    before = balances()
    world.send("benefit-children", beneficiary_no="101", child_id="101-1", birth_date=EIGHT, dependent_from=EIGHT,
               dependent_until="2026-07-01")  # fmt: skip
    held = world.issue(world.ars(on=OCTOBER))
    assert said(held) == {"101": ("HELD", "schooling_not_declared", 0)}
    assert balances() == before

    world.schooling("101", child=2, status="SCHOOL")
    later = world.issue(world.ars(on=OCTOBER))
    assert said(later) == {"101": ("PAID", "", HIGH_NET - PRIMARY_NET)}


def test_done_twice_nothing_is_done_twice(world: World) -> None:
    world.family("101")
    run = world.ars()
    assert world.ars().pk == run.pk
    world.issue(run)
    file = world.out / "PF-ARS-202608-1-V001.xml"
    first = file.read_bytes()
    issuing.issue_run(run_pk=run.pk, out=world.out, on=AUGUST, by="test")

    assert file.read_bytes() == first
    assert (PaymentOrder.objects.count(), Entry.objects.filter(key__startswith="benefit:").count()) == (1, 1)


class Killed(Exception):
    """The worker died here."""


def test_killed_at_any_statement_a_run_ends_as_if_undisturbed(world: World) -> None:
    """Each statement of the closing, then of the issue, is the last one in turn; the next call does what was left."""
    world.family("101")
    world.family("102", income=None)
    deaths = until_done(lambda: world.ars())
    run = Run.objects.get()
    signed(run, AUGUST)
    issued = until_done(lambda: issuing.issue_run(run_pk=run.pk, out=world.out, on=AUGUST, by="test"))

    assert deaths > 15
    assert issued > 15
    assert said(run) == {"101": ("PAID", "", PRIMARY_NET), "102": ("HELD", "resources_unknown", 0)}
    assert PaymentOrder.objects.get().state == "SENT"
    assert balances() == {"BACK_TO_SCHOOL_ALLOWANCE": PRIMARY, "CRDS_WITHHELD": -214, "BENEFIT_PAYOUTS": -PRIMARY_NET}
    proven()


def until_done(work: Any) -> int:
    """How often `work` died before it came to its end."""
    deaths = 0
    while not _dies(work, deaths):
        deaths += 1
    return deaths


def _dies(work: Any, statement: int) -> bool:
    left = count(statement, -1)

    def fatal(execute: Any, *asked: Any) -> Any:
        if next(left) == 0:
            raise Killed
        return execute(*asked)

    try:
        with connection.execute_wrapper(fatal):
            work()
    except Killed:
        return False
    return True


def test_a_file_that_came_since_stops_the_issue_and_a_page_s_answer_does_not(world: World) -> None:
    world.family("101")
    run = world.ars()
    signed(run, AUGUST)
    world.family("102")

    with pytest.raises(RunNotIssuable, match="fichiers sont arrivés"):
        issuing.issue_run(run_pk=run.pk, out=world.out, on=AUGUST, by="test")
    again = world.ars()
    assert (again.pk, again.state, set(said(again))) == (run.pk, "TO_SIGN", {"101", "102"})


def test_an_award_changed_behind_the_rules_stops_the_issue(world: World) -> None:
    world.family("101")
    run = world.ars()
    signed(run, AUGUST)
    one = award("101", run)
    assert agrees(one)
    Award.objects.filter(pk=one.pk).update(gross_cents=50_000, net_cents=49_786, paid_cents=49_786)

    assert not agrees(one)
    with pytest.raises(RunNotIssuable, match="CAF63/101"):
        issuing.issue_run(run_pk=run.pk, out=world.out, on=AUGUST, by="test")
    assert not PaymentOrder.objects.exists()


@pytest.mark.parametrize(
    "forbidden",
    [
        "UPDATE benefits_award SET children = 2",
        "DELETE FROM benefits_award",
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE benefits_award",
        "INSERT INTO benefits_award (run_id, slice_number, benefit, fund, beneficiary_no, territory, month, status, refusal, "
        "children, gross_cents, crds_cents, net_cents, exceptional_cents, is_differential, released_cents, recovered_cents, "
        "paid_cents, already_cents, due_again_cents, facts) SELECT run_id, 0, benefit, fund, 'other', territory, month, "
        "status, refusal, children, gross_cents, crds_cents, net_cents, 0, false, 0, 0, paid_cents, 0, 0, facts "
        "FROM benefits_award",
        "INSERT INTO banking_paymentorder (id, run_id, kind, purpose, subject, end_to_end_id, name, iban_key, mandate_ref, "
        "amount_cents, due_on, remittance, state, reason_code) SELECT id + 1000, run_id, kind, purpose, subject, "
        "'ARS-202608-2-V1', name, iban_key, '', amount_cents, due_on, '', 'PREPARED', '' FROM banking_paymentorder",
    ],
)
def test_the_database_keeps_what_was_issued_and_lets_nothing_else_leave(world: World, forbidden: str) -> None:
    world.family("101")
    world.issue(world.ars())

    refused = pytest.raises(DatabaseError, match="arrêté émis|signé|modif|supprim|change")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(forbidden)


@pytest.mark.parametrize("wrong", ["net_cents = net_cents + 1", "paid_cents = paid_cents - 1", "status = 'REFUSED'"])
def test_the_database_refuses_an_award_that_does_not_add_up(world: World, wrong: str) -> None:
    world.family("101")
    world.ars()

    with pytest.raises(DatabaseError, match="award_"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE benefits_award SET {wrong}")


def test_a_dry_run_leaves_and_signs_nothing(world: World) -> None:
    world.family("101")
    run = world.ars(dry_run=True)

    assert said(run)["101"] == ("PAID", "", PRIMARY_NET)
    with pytest.raises(RunNotIssuable, match="essai à blanc"):
        issuing.issue_run(run_pk=run.pk, out=world.out, on=AUGUST, by="test")
    assert world.ars().ordinal == 2


def test_nothing_received_nothing_decided(world: World) -> None:
    with pytest.raises(closing.NothingToDecide):
        world.ars()
