"""The AEEH of a month: which decision counts, days boarded and at home, what waits, two months beside each other."""

from datetime import date
from pathlib import Path

import pytest

from portal.banking.models import PaymentOrder
from portal.benefits.models import BenefitOverpayment
from portal.benefits.running import issuing
from portal.benefits.running.checking import wrong_awards
from portal.benefits.running.explaining import because, explanation_of, facts_of
from tests.portal.benefits.running.world import BASE, EIGHT, World, award, balances, bank_says, booking, order_of, said

pytestmark = pytest.mark.django_db
THIRD, ALONE = 43_991, 8_607
SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_to_the_bank_and_back_without_crds(world: World) -> None:
    world.family("101", isolated_parent="1")
    world.decision("101", complement="3", complement_by_help="1")
    run = world.issue(world.aeeh())
    order = PaymentOrder.objects.get()

    assert (order.purpose, order.amount_cents) == ("FAMILY_AEEH", BASE + THIRD + ALONE)
    assert order.end_to_end_id == f"AEEH-202610-1-V{award('101', run).pk}"
    assert (world.out / "PF-AEEH-202610-1-V001.xml").exists()
    bank_says(booking(order))
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": 67_899, "BANK": -67_899}


@pytest.mark.parametrize(
    ("case", "cells", "expected"),
    [
        ("in force", {}, ("PAID", "", BASE)),
        ("from the first of the month", {"starts_on": "2026-10-01"}, ("PAID", "", BASE)),
        ("from the second", {"starts_on": "2026-10-02"}, ("REFUSED", "decision_not_whole_month", 0)),
        ("until the last of the month", {"ends_on": "2026-11-01"}, ("PAID", "", BASE)),
        ("until the day before", {"ends_on": "2026-10-31"}, ("REFUSED", "decision_not_whole_month", 0)),
        ("claimed last month", {"filed_on": "2026-09-30", "decided_on": "2026-10-10"}, ("PAID", "", BASE)),
        ("claimed this month", {"filed_on": "2026-10-01", "decided_on": "2026-10-10"}, ("REFUSED", "before_claim", 0)),
        ("79 % alone", {"incapacity_rate": "79"}, ("REFUSED", "support_missing", 0)),
        ("50 % accompanied", {"incapacity_rate": "50", "has_support": "1"}, ("PAID", "", BASE)),
        ("a complement whose amount nobody knows", {"complement": "6", "complement_by_help": "1"},
         ("PAID", "complement_amount_unknown", BASE)),
        ("a child of another family", {"child_id": "other"}, ("HELD", "child_unknown", 0)),
    ],
)  # fmt: skip
def test_which_decision_counts(world: World, case: str, cells: dict[str, str], expected: tuple[str, str, int]) -> None:
    world.family("101")
    world.decision("101", **cells)
    run = world.aeeh()

    assert said(run) == {"101": expected}, case
    assert wrong_awards(run) == []


def test_a_decision_that_takes_over_within_the_month_counts_from_the_next(world: World) -> None:
    world.family("101")
    world.decision("101", ends_on="2026-10-15")
    world.decision("101", decision_no="D2", starts_on="2026-10-15", complement="1")

    assert said(world.aeeh()) == {"101": ("PAID", "", BASE)}
    assert said(world.aeeh(date(2026, 11, 1))) == {"101": ("PAID", "", BASE + 11_476)}


def test_nobody_told_whether_the_parent_lives_alone(world: World) -> None:
    world.family("101", isolated_parent="")
    world.decision("101", complement="3", complement_by_help="1")

    assert said(world.aeeh()) == {"101": ("PAID", "isolated_parent_unknown", BASE + THIRD)}


@pytest.mark.parametrize(
    ("case", "complement", "lone", "expected"),
    [
        ("alone, no category", "0", "1", ("PAID", "compensation_category_unknown", BASE)),
        ("alone, category 3", "3", "1", ("PAID", "", BASE + ALONE)),
        ("a couple, no category", "0", "0", ("PAID", "", BASE)),
    ],
)
def test_a_lone_parent_who_chose_compensation_is_paid_or_told_what_waits(
    world: World, case: str, complement: str, lone: str, expected: tuple[str, str, int]
) -> None:
    world.family("101", isolated_parent=lone)
    world.decision("101", complement=complement, complement_by_help="0", chose_compensation="1")
    run = world.aeeh()

    assert said(run) == {"101": expected}, case
    assert wrong_awards(run) == []
    told = because(award("101", run))
    assert ("La CDAPH donne cette catégorie, elle se demande à la MDPH" in told) == (expected[1] != "")
    assert ("PCH choisie, catégorie" in str(facts_of(award("101", run)))) == (complement == "0")


@pytest.mark.parametrize(
    ("fund", "month", "text"),
    [
        ("CAF976", date(2021, 5, 1), "Ordonnance 2002-149, art. 10-1 ; décret 2002-423"),
        ("CAF976", date(2021, 6, 1), "CSS D. 541-1, applicable par l’ordonnance 2002-149, art. 10-1"),
        ("CAF63", date(2021, 5, 1), "CSS D. 541-1"),
    ],
)
def test_the_page_of_an_award_cites_the_law_of_its_place_and_month(
    world: World, fund: str, month: date, text: str
) -> None:
    world.family("101", fund=fund)
    world.decision("101", fund=fund, filed_on="2021-01-12", decided_on="2021-02-12", starts_on="2021-03-01")
    told = explanation_of(award("101", world.aeeh(month)))

    (article,) = {one["article"] for one in told.steps if one["label"] == "AEEH de base, mois entier"}
    assert article == text
    assert [one.label for one in told.figures if one.key == "aeeh.base_rate"] == [f"AEEH, part de la BMAF ({text})"]
    assert any(one["label"].startswith("Taux admis dans le territoire") for one in told.steps) == (fund == "CAF976")


def test_the_category_told_later_pays_what_waited(world: World) -> None:
    world.family("101", isolated_parent="1")
    world.decision("101", complement="0", complement_by_help="0", chose_compensation="1")
    world.issue(world.aeeh())
    world.decision("101", complement="3", complement_by_help="0", chose_compensation="1")
    later = award("101", world.aeeh())

    assert (later.status, later.refusal, later.net_cents, later.paid_cents) == ("PAID", "", BASE + ALONE, ALONE)


def test_a_category_taken_away_takes_nothing_back(world: World) -> None:
    world.family("101", isolated_parent="1")
    world.decision("101", complement="3", complement_by_help="0", chose_compensation="1")
    world.issue(world.aeeh())
    world.decision("101", complement="0", complement_by_help="0", chose_compensation="1")
    later = world.aeeh()

    assert said(later) == {"101": ("HELD", "compensation_category_unknown", 0)}


@pytest.mark.parametrize(
    ("case", "stays", "paid"),
    [
        ("boarded all the month", [("BOARDED", "2026-09-02", "2027-07-04")], 0),
        ("home for a fortnight", [("BOARDED", "2026-09-02", "2027-07-04"), ("HOME", "2026-10-17", "2026-11-02")], 7_651),
        ("boarded from the 31st", [("BOARDED", "2026-10-31", "2027-07-04")], BASE),
        ("boarded from the 30th", [("BOARDED", "2026-10-30", "2027-07-04")], 14_791),
        ("boarded until September", [("BOARDED", "2026-09-02", "2026-10-01")], BASE),
        ("the same days told twice", [("BOARDED", "2026-09-02", "2027-07-04"), ("HOME", "2026-10-17", "2026-11-02"),
                                      ("HOME", "2026-10-20", "2026-11-02")], 7_651),
    ],
)  # fmt: skip
def test_days_boarded_and_days_at_home(world: World, case: str, stays: list[tuple[str, str, str]], paid: int) -> None:
    """Thirtieths of the month: fifteen days at home are half of it."""
    world.family("101")
    world.decision("101")
    for stay in stays:
        world.stay("101", *stay)
    run = world.aeeh()

    assert said(run) == {"101": ("PAID", "", paid) if paid else ("REFUSED", "boarding_covered", 0)}, case
    assert wrong_awards(run) == []


def test_only_families_of_a_decision_are_looked_at_and_each_child_counts(world: World) -> None:
    world.family("101", [EIGHT, "2010-01-01"])
    world.family("102")
    world.decision("101")
    world.decision("101", child=2, incapacity_rate="90", complement="2", complement_by_help="0")
    run = world.aeeh()

    assert said(run) == {"101": ("PAID", "", 2 * BASE + 31_080)}
    assert award("101", run).children == 2


def test_months_are_apart_and_a_decision_taken_back_is_owed(world: World) -> None:
    world.family("101")
    world.decision("101")
    world.issue(world.aeeh(SEPTEMBER))
    world.issue(world.aeeh())
    assert PaymentOrder.objects.count() == 2
    for order in PaymentOrder.objects.order_by("pk"):
        bank_says(booking(order), number=order.pk)
    world.decision("101", ends_on="2026-10-01")
    later = world.issue(world.aeeh())

    assert said(later) == {"101": ("REFUSED", "no_decision", 0)}
    assert balances()["BENEFIT_OVERPAYMENT"] == BASE
    assert world.aeeh(SEPTEMBER).totals["families"] == 0


def test_a_child_not_received_yet_takes_nothing_back_from_what_its_brother_was_paid(world: World) -> None:
    world.family("101", [EIGHT, "2010-01-01"])
    world.decision("101")
    world.decision("101", child=2)
    world.issue(world.aeeh())
    world.decision("101", child=2, child_id="101-9")
    later = world.aeeh()

    assert said(later) == {"101": ("HELD", "child_unknown", 0)}
    assert wrong_awards(later) == []
    world.issue(later)
    assert "BENEFIT_OVERPAYMENT" not in balances()


def test_a_later_claim_leaves_the_decision_that_ran_until_it_counts(world: World) -> None:
    """A new decision, asked for in October, counts from November: October is the former one's, not nothing."""
    world.family("101")
    world.decision("101")
    newer = {
        "decision_no": "D-101-new",
        "starts_on": "2026-10-01",
        "filed_on": "2026-10-05",
        "decided_on": "2026-10-20",
    }
    world.decision("101", complement="2", complement_by_help="1", **newer)

    assert said(world.aeeh()) == {"101": ("PAID", "", BASE)}


def test_a_small_payment_is_put_aside_and_leaves_with_the_next(world: World) -> None:
    """Twenty-eight euros in 2026: three days of September are kept, five of October take them along."""
    world.family("101")
    world.decision("101")
    world.stay("101", "BOARDED", "2026-09-02", "2027-07-04")
    world.stay("101", "HOME", "2026-09-10", "2026-09-12")
    world.stay("101", "HOME", "2026-10-10", "2026-10-15")
    first = world.issue(world.aeeh(SEPTEMBER))
    # 1 September and two days at home: three thirtieths.
    assert (award("101", first).status, balances()["BENEFIT_DEFERRED"]) == ("DEFERRED", -1_530)
    assert not PaymentOrder.objects.exists()

    second = world.issue(world.aeeh())
    assert (award("101", second).released_cents, order_of("101").amount_cents) == (1_530, 1_530 + 2_550)
    assert "BENEFIT_DEFERRED" not in balances()
    assert [issuing.unexplained_cents(run) for run in (first, second)] == [0, 0]


def test_a_small_sum_of_a_month_corrected_downwards_is_taken_back_and_claimed_from_nobody(world: World) -> None:
    """Fifteen euros thirty waited for September; two of its three days were wrong: five euros ten wait, nothing is owed."""
    world.family("101")
    world.decision("101")
    world.stay("101", "BOARDED", "2026-09-02", "2027-07-04")
    world.stay("101", "HOME", "2026-09-10", "2026-09-12")
    world.issue(world.aeeh(SEPTEMBER))
    assert balances()["BENEFIT_DEFERRED"] == -1_530

    world.stay("101", "HOME", "2026-09-10", "2026-09-11")
    world.issue(world.aeeh(SEPTEMBER))
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": 1_020, "BENEFIT_DEFERRED": -1_020}

    world.decision("101", ends_on="2026-09-01")
    world.issue(world.aeeh(SEPTEMBER))
    assert balances() == {}
    assert not BenefitOverpayment.objects.exists()
    assert not PaymentOrder.objects.exists()


def test_what_is_given_up_is_not_asked_for_later(world: World) -> None:
    world.policy("WAIVE", SEPTEMBER)
    world.family("101")
    world.decision("101")
    world.stay("101", "BOARDED", "2026-09-02", "2027-07-04")
    world.stay("101", "HOME", "2026-10-10", "2026-10-12")
    run = world.issue(world.aeeh())
    assert (award("101", run).status, balances()) == (
        "WAIVED", {"DISABLED_CHILD_ALLOWANCE": 1_020, "WRITTEN_OFF": -1_020},
    )  # fmt: skip
    assert issuing.unexplained_cents(run) == 0

    world.stay("101", "HOME", "2026-10-17", "2026-11-02")
    later = world.issue(world.aeeh())
    assert award("101", later).net_cents == 8_671
    assert order_of("101").amount_cents == 8_671 - 1_020
