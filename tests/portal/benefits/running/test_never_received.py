"""What a family never received is never claimed from it, and what is no longer owed is never sent again: every order of events."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from portal.accounts.models import Door, FamilyLink, LinkedBy, User
from portal.banking.models import OpenItem, PaymentOrder
from portal.benefits.models import Award, BenefitOverpayment, EndedTransfer, UndoneWaiver
from portal.benefits.running.kinds import AEEH
from portal.benefits.running.paying_again import pay_again
from portal.benefits.running.standing import standing_of
from portal.benefits.small.agreeing import agree
from portal.benefits.small.ending import give_up_old
from portal.benefits.small.overpaying import Overpaid, note
from portal.benefits.small.owed import Told
from portal.letters.models import Letter, LetterJob
from portal.letters.operations import write_letters
from portal.people.vault import decrypt
from tests.aripa.agents import client_of, on_day, text_of
from tests.portal.benefits.running.world import (
    BASE,
    EIGHT,
    MIDDLE_NET,
    MONTH,
    OCTOBER,
    PRIMARY_NET,
    TWELVE,
    World,
    award,
    balances,
    bank_refuses,
    bank_says,
    booked,
    booking,
    order_of,
    proven,
    said,
)

pytestmark = pytest.mark.django_db
# So many thirtieths of the base, to the cent.
TWO, THREE, FIVE, SEVEN, TEN, TWELVE_DAYS = 1_020, 1_530, 2_550, 3_570, 5_100, 6_120
JULY, AUGUST_MONTH, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def debts() -> list[tuple[int, int, str]]:
    return list(BenefitOverpayment.objects.order_by("pk").values_list("amount_cents", "recovered_cents", "state"))


# What was given up, then corrected.


def test_sums_given_up_and_then_not_due_are_claimed_from_nobody_however_many(world: World) -> None:
    """Three times 25.50 euros would reach the threshold together: none was ever paid."""
    world.policy("WAIVE", JULY)
    world.aeeh_family()
    for month in (AUGUST_MONTH, SEPTEMBER, MONTH):
        world.days_at_home("101", month, 5)
        assert said(world.issue(world.aeeh(month)))["101"][0] == "WAIVED"
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": 3 * FIVE, "WRITTEN_OFF": -3 * FIVE}

    world.ended()
    for month in (AUGUST_MONTH, SEPTEMBER, MONTH):
        run = world.issue(world.aeeh(month))
        assert run.totals["movements"] == {"BENEFIT_UNDUE_count": 1, "BENEFIT_UNDUE_cents": FIVE}
    assert balances() == {}
    assert debts() == []
    assert set(LetterJob.objects.values_list("kind", flat=True)) == {"benefits.small_waived"}, "told, and asked nothing"


def test_what_stays_given_up_after_a_correction_in_part_is_counted_once(world: World) -> None:
    world.policy("WAIVE", JULY)
    world.aeeh_family()
    world.days_at_home("101", MONTH, 5)
    world.issue(world.aeeh())
    world.days_at_home("101", MONTH, 2, boarded=False)
    world.issue(world.aeeh())
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": TWO, "WRITTEN_OFF": -TWO}

    world.days_at_home("101", MONTH, 12, boarded=False)
    world.issue(world.aeeh())
    assert order_of("101").amount_cents == TWELVE_DAYS - TWO
    booked()
    world.ended()
    world.issue(world.aeeh())
    assert debts() == [(TWELVE_DAYS - TWO, 0, "TO_RECOVER")]
    assert list(UndoneWaiver.objects.order_by("pk").values_list("amount_cents", flat=True)) == [FIVE - TWO, TWO]


def test_a_sum_that_waited_a_year_then_given_up_then_not_due(world: World) -> None:
    month = date(2025, 9, 1)
    world.aeeh_family()
    world.days_at_home("101", month, 5)
    world.issue(world.aeeh(month))
    assert give_up_old(on=date(2026, 10, 1)).sums == 1
    assert set(balances()) == {"DISABLED_CHILD_ALLOWANCE", "WRITTEN_OFF"}

    world.decision("101", ends_on="2025-08-15")
    world.issue(world.aeeh(month))
    assert (balances(), debts()) == ({}, [])


def test_what_a_correction_adds_to_a_benefit_that_is_not_small_is_kept_and_only_what_was_paid_is_owed(
    world: World,
) -> None:
    """A fund that gives up small benefits keeps ten euros twenty added to fifty-one."""
    world.policy("WAIVE", JULY)
    world.aeeh_family()
    world.days_at_home("101", MONTH, 10)
    world.issue(world.aeeh())
    booked()
    world.days_at_home("101", MONTH, 12, boarded=False)
    assert said(world.issue(world.aeeh()))["101"][0] == "DEFERRED"
    assert balances()["BENEFIT_DEFERRED"] == -TWO
    world.days_at_home("101", MONTH, 10, boarded=False)
    world.issue(world.aeeh())
    assert (debts(), balances()) == ([], {"DISABLED_CHILD_ALLOWANCE": TEN, "BANK": -TEN})

    world.ended()
    world.issue(world.aeeh())
    assert debts() == [(TEN, 0, "TO_RECOVER")]


def test_a_sum_kept_beside_what_waits_for_an_account_takes_nothing_of_it(world: World) -> None:
    world.policy("WAIVE", JULY)
    world.aeeh_family(iban="")
    for days in (10, 12, 10):
        world.days_at_home("101", MONTH, days, boarded=days == 10)
        world.issue(world.aeeh())

    assert balances() == {"DISABLED_CHILD_ALLOWANCE": TEN, "BENEFIT_PAYOUTS": -TEN}
    world.moved("101")
    assert pay_again(on=OCTOBER, by="test").cents == TEN
    proven()


def test_given_up_in_one_month_and_paid_in_another(world: World) -> None:
    world.policy("WAIVE", JULY)
    world.aeeh_family()
    world.days_at_home("101", SEPTEMBER, 5)
    for month in (SEPTEMBER, MONTH):
        world.issue(world.aeeh(month))
    booked()
    world.ended()
    for month in (SEPTEMBER, MONTH):
        world.issue(world.aeeh(month))

    assert debts() == [(BASE, 0, "TO_RECOVER")]


def test_a_fund_that_now_pays_does_not_release_what_a_correction_takes_back(world: World) -> None:
    """The run could never be issued: it released a sum that the same run took back."""
    world.aeeh_family()
    world.days_at_home("101", MONTH, 5)
    world.issue(world.aeeh())
    world.policy("PAY", MONTH)
    world.days_at_home("101", MONTH, 3, boarded=False)
    world.issue(world.aeeh())

    assert balances() == {"DISABLED_CHILD_ALLOWANCE": THREE, "BENEFIT_DEFERRED": -THREE}


def test_the_database_refuses_to_undo_more_than_was_given_up(world: World) -> None:
    world.aeeh_family()
    run = world.issue(world.aeeh())

    with pytest.raises(DatabaseError, match="au-delà de ce qui a été abandonné"), transaction.atomic():
        UndoneWaiver.objects.create(
            fund="CAF63", beneficiary_no="101", benefit="AEEH", run=run, month=MONTH, amount_cents=1
        )


# Noted as paid in excess while the transfer was on its way, then the bank sends it back.


@pytest.mark.parametrize("was_booked", [False, True])
def test_a_transfer_that_comes_back_pays_the_debt_that_it_caused_and_never_leaves_again(
    world: World, *, was_booked: bool
) -> None:
    world.aeeh_family()
    world.issue(world.aeeh())
    order = order_of("101")
    if was_booked:
        booked()
    world.ended()
    world.issue(world.aeeh())
    assert debts() == [(BASE, 0, "TO_RECOVER")]

    if was_booked:
        bank_says(booking(order, returned="AC04"), number=99)
    else:
        bank_refuses(order)
    assert (debts(), balances()) == ([(BASE, BASE, "RECOVERED")], {})
    write_letters()
    letter = Letter.objects.get(kind="benefits.no_longer_owed")
    text = " ".join(decrypt(letter.text).decode().replace("\u00a0", " ").split())
    assert 'Vous ne nous devez donc pas <span class="amount">153,01 €</span>.' in text
    assert "octobre 2026 : 153,01 €" in text
    assert "Vous n’avez rien à rendre" in text
    assert EndedTransfer.objects.get().order_id == order.pk
    assert not OpenItem.objects.filter(closed_on__isnull=True).exists()

    world.moved("101")
    assert pay_again(on=OCTOBER, by="test").count == 0
    assert PaymentOrder.objects.count() == 1
    proven()


def test_what_had_been_deducted_for_it_meanwhile_is_sent(world: World) -> None:
    """A part of July paid a part of April's debt, as agreed; April's transfer then comes back: that part is the family's again."""
    april, day = date(2026, 4, 1), date(2026, 4, 20)
    world.aeeh_family()
    world.issue(world.aeeh(april, on=day))
    first = order_of("101")
    world.stay("101", "BOARDED", "2026-04-01", "2026-05-01")
    world.issue(world.aeeh(april, on=day))
    told = Told("dit au téléphone", day, uuid4(), "nathalie", day)
    agree(fund="CAF63", beneficiary_no="101", benefit="AEEH", each_cents=BASE // 5, told=told)
    july = world.issue(world.aeeh(JULY, on=date(2026, 7, 20)))
    assert award("101", july).recovered_cents == BASE // 5
    booked()

    bank_refuses(first)
    assert debts() == [(BASE, BASE, "RECOVERED")]
    world.moved("101")
    assert [pay_again(on=OCTOBER, by="test").cents for _time in "12"] == [BASE // 5, 0]
    proven()


def test_only_what_is_still_owed_of_it_leaves_again(world: World) -> None:
    world.family("101", [EIGHT, TWELVE])
    world.issue(world.ars())
    gone = {"beneficiary_no": "101", "child_id": "101-2", "birth_date": TWELVE, "dependent_from": TWELVE}
    world.send("benefit-children", **gone, dependent_until="2026-07-01")
    world.issue(world.ars(on=OCTOBER))
    bank_refuses(order_of("101"))
    assert debts() == [(MIDDLE_NET, MIDDLE_NET, "RECOVERED")]

    world.moved("101")
    assert [pay_again(on=OCTOBER, by="test").cents for _time in "12"] == [PRIMARY_NET, 0]
    assert balances()["BENEFIT_PAYOUTS"] == -PRIMARY_NET
    proven()


def test_a_debt_given_up_as_too_small_is_undone_as_well(world: World) -> None:
    world.aeeh_family()
    world.days_at_home("101", MONTH, 10)
    world.issue(world.aeeh())
    world.days_at_home("101", MONTH, 7, boarded=False)
    world.issue(world.aeeh())
    assert debts() == [(TEN - SEVEN, 0, "WRITTEN_OFF")]

    bank_refuses(order_of("101"))
    assert debts() == [(THREE, THREE, "RECOVERED")]
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": SEVEN, "BENEFIT_PAYOUTS": -SEVEN}
    assert not LetterJob.objects.exists(), "the family was never told of it"
    world.moved("101")
    assert pay_again(on=OCTOBER, by="test").cents == SEVEN


def test_a_small_sum_that_left_with_the_month_after_comes_back_with_it(world: World) -> None:
    world.aeeh_family()
    world.days_at_home("101", SEPTEMBER, 3)
    world.issue(world.aeeh(SEPTEMBER))
    world.days_at_home("101", MONTH, 10)
    world.issue(world.aeeh())
    assert order_of("101").amount_cents == THREE + TEN
    world.stay("101", "HOME", f"{SEPTEMBER}", "2026-09-02")
    world.issue(world.aeeh(SEPTEMBER))
    assert debts() == [(TWO, 0, "WRITTEN_OFF")]

    bank_refuses(order_of("101"))
    assert debts() == [(TWO, TWO, "RECOVERED")]
    world.moved("101")
    assert pay_again(on=OCTOBER, by="test").cents == THREE + TEN - TWO


def test_what_could_not_be_claimed_is_not_sent_again_either(world: World) -> None:
    """More than two years old: the sum stays at the fund's charge, until its money comes back."""
    old, base = date(2024, 9, 1), 14_926
    world.family("101")
    world.decision("101", filed_on="2024-05-02", starts_on="2024-07-01")
    world.issue(world.aeeh(old))
    world.decision("101", filed_on="2024-05-02", starts_on="2024-07-01", ends_on="2024-08-15")
    world.issue(world.aeeh(old))
    assert debts() == [(base, 0, "UNCLAIMED")]
    assert balances()["DISABLED_CHILD_ALLOWANCE"] == base

    bank_refuses(order_of("101"))
    assert (debts(), balances()) == ([(base, base, "RECOVERED")], {})
    world.moved("101")
    assert pay_again(on=OCTOBER, by="test").count == 0


def test_what_was_withheld_of_a_month_does_not_come_back_with_it(world: World) -> None:
    """September and October came back, each less thirty euros withheld as agreed: a fall of September takes its own money alone."""
    world.aeeh_family()
    may = date(2026, 5, 4)
    owed = Overpaid("CAF63", "101", "AEEH", "RIGHT_ENDED", 100_00, date(2026, 5, 1))
    note(what=owed, reason="droit fini en avril", form_key=uuid4(), by="nathalie", on=may)
    agree(fund="CAF63", beneficiary_no="101", benefit="AEEH", each_cents=30_00,
          told=Told("dit au téléphone", may, uuid4(), "nathalie", may))  # fmt: skip
    world.issue(world.aeeh(SEPTEMBER, on=date(2026, 9, 28)))
    world.issue(world.aeeh())
    for order in PaymentOrder.objects.order_by("pk"):
        assert order.amount_cents == BASE - 30_00
        bank_refuses(order)

    world.stay("101", "BOARDED", "2026-09-01", "2026-10-01")
    world.issue(world.aeeh(SEPTEMBER))
    assert debts()[1:] == [(30_00, 0, "TO_RECOVER")]
    (standing,) = standing_of(AEEH, ["CAF63/101"]).rows()
    assert sum(standing[1:]) == BASE - 30_00, "October is still owed whole"


def test_a_fall_waits_while_nobody_knows_the_threshold_and_what_is_due_to_others_leaves(world: World) -> None:
    """No threshold of 2027 is known: nobody can say whether the sum is a debt or is given up."""
    late = date(2027, 1, 4)
    world.family("101")
    world.issue(world.ars())
    world.send("benefit-children", beneficiary_no="101", child_id="101-1", birth_date=EIGHT, dependent_from=EIGHT,
               dependent_until="2026-07-01")  # fmt: skip
    world.family("102")
    world.issue(world.ars(on=late))

    held = Award.objects.get(beneficiary_no="101", run__ordinal=2)
    assert (held.status, held.refusal) == ("HELD", "benefits.no_parameter")
    assert order_of("102").amount_cents == PRIMARY_NET
    assert debts() == []


def test_the_database_refuses_a_second_order_outside_any_run_for_an_award_that_has_one(world: World) -> None:
    world.family("101")
    world.issue(world.ars())
    order = order_of("101")
    award = order.end_to_end_id.rpartition("-V")[2]
    order.pk, order.run, order.end_to_end_id = 10**9, None, f"X-V{award}"
    with pytest.raises(IntegrityError, match="ne reprend rien"), transaction.atomic():
        order.save(force_insert=True)


def test_money_of_another_month_pays_no_debt_unheard(world: World) -> None:
    """September was received and is corrected; October came back: it stays owed, and the debt of September is told."""
    world.aeeh_family()
    for month in (SEPTEMBER, MONTH):
        world.issue(world.aeeh(month))
    first, second = PaymentOrder.objects.order_by("pk")
    bank_says(booking(first), booking(second))
    bank_says(booking(second, returned="AC04"), number=2)
    world.decision("101", starts_on="2026-10-01")
    world.issue(world.aeeh(SEPTEMBER))

    assert debts() == [(BASE, 0, "TO_RECOVER")]
    world.moved("101")
    assert pay_again(on=OCTOBER, by="test").cents == BASE
    bank_refuses(order_of("101"))
    assert debts() == [(BASE, 0, "TO_RECOVER")], "October's transfer caused nothing of it"


def test_a_transfer_sent_after_the_debt_pays_nothing_of_it(world: World) -> None:
    world.aeeh_family()
    world.days_at_home("101", MONTH, 10)
    world.issue(world.aeeh())
    booked()
    what = Overpaid("CAF63", "101", "AEEH", "FUND_ERROR", 80_00, MONTH)
    note(what=what, reason="payé deux fois par chèque", form_key=uuid4(), by="nathalie", on=OCTOBER)
    world.stay("101", "HOME", f"{MONTH}", "2026-11-01")
    later = world.issue(world.aeeh(on=date(2026, 10, 27)), on=date(2026, 10, 27))
    bank_refuses(order_of("101"))

    assert award("101", later).paid_cents == BASE - TEN
    assert debts() == [(80_00, 0, "TO_RECOVER")]


def test_a_bank_that_tells_the_return_before_the_departure_is_not_believed_twice(world: World) -> None:
    world.aeeh_family()
    world.issue(world.aeeh())
    order = order_of("101")
    bank_says(booking(order, returned="AC04"))
    world.moved("101")
    assert pay_again(on=OCTOBER, by="test").cents == BASE
    bank_says(booking(order), number=2)

    standing = standing_of(AEEH, ["CAF63/101"]).row(0, named=True)
    assert (standing["unsent_cents"], standing["returned_cents"]) == (0, 0)
    bank_says(booking(order_of("101")), number=3)
    assert standing_of(AEEH, ["CAF63/101"]).row(0, named=True)["returned_cents"] == 0


def test_a_parent_is_not_told_that_money_was_sent_which_the_bank_sent_back(world: World, settings: Any) -> None:
    on_day(settings, OCTOBER)
    world.aeeh_family()
    run = world.issue(world.aeeh())
    user = User.objects.create(username="maud", door=Door.FAMILY)
    FamilyLink.objects.create(user=user, subject="family:CAF63/101", since=MONTH, how=LinkedBy.BENEFICIARY_NO)
    bank_refuses(order_of("101"))
    page = text_of(client_of(user).get("/famille/prestations/"))
    assert "153,01 €</strong>, que la banque nous a renvoyés : ils attendent un autre compte" in page

    world.moved("101")
    pay_again(on=OCTOBER, by="test")
    page = text_of(client_of(user).get("/famille/prestations/"))
    assert "envoi prévu le mercredi 28 octobre 2026" in page
    assert award("101", run).paid_cents == BASE
