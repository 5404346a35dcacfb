"""A month paid, corrected down, then up again: what the family has already is not sent twice, whatever became of its debt."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from portal.accounts.models import Role
from portal.banking.models import PaymentOrder
from portal.batches.operations import RunNotIssuable
from portal.benefits.models import BenefitOverpayment, Deduction
from portal.benefits.running import due_again, issuing
from portal.benefits.running.explaining import because
from portal.benefits.running.paying_again import pay_again
from portal.benefits.small.agreeing import agree
from portal.benefits.small.contesting import cancel, contest
from portal.benefits.small.overpaying import Overpaid, note
from portal.benefits.small.owed import Told
from portal.benefits.small.proof import check_small_sums
from portal.benefits.small.remitting import remit
from portal.benefits.views.run_common import is_changed
from portal.ledger.models import Account
from portal.ledger.operations import post
from portal.letters.models import Letter, LetterJob
from portal.letters.operations import write_letters
from portal.people.vault import decrypt
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.portal.benefits.running.world import (
    BASE,
    EIGHT,
    HIGH_NET,
    MIDDLE_NET,
    MONTH,
    OCTOBER,
    PRIMARY_NET,
    SEVENTEEN,
    TWELVE,
    World,
    award,
    balances,
    bank_refuses,
    booked,
    order_of,
    signed,
)

pytestmark = pytest.mark.django_db
# So many thirtieths of the base, to the cent; what lies between two of them.
SEVEN, TEN, TWELVE_DAYS, TWENTY = 3_570, 5_100, 6_120, 10_201
THREE, FIVE = TEN - SEVEN, TWELVE_DAYS - SEVEN


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def debts() -> list[tuple[int, int, int, str]]:
    """Noted, paid or recovered, given up by a decision, state."""
    rows = BenefitOverpayment.objects.order_by("pk")
    return [(one.amount_cents, one.recovered_cents, one.remitted_cents, one.state) for one in rows]


def sent() -> list[int]:
    return list(PaymentOrder.objects.order_by("pk").values_list("amount_cents", flat=True))


def told() -> Told:
    return Told("dit au téléphone", OCTOBER, uuid4(), "nathalie", OCTOBER)


def letter() -> str:
    """That tells the family that it no longer owes something."""
    write_letters()
    return " ".join(decrypt(Letter.objects.get(kind="benefits.no_longer_owed").text).decode().split())


def days(world: World, count: int, *, first: bool = False) -> Any:
    """The month lived again with so many days at home, decided and issued."""
    world.days_at_home("101", MONTH, count, boarded=first)
    return world.issue(world.aeeh())


def back(world: World) -> None:
    """The decision, that had ended, had not."""
    world.decision("101")


def paid_then_not_due(world: World) -> None:
    world.aeeh_family()
    world.issue(world.aeeh())
    booked()
    world.ended()
    world.issue(world.aeeh())
    assert debts() == [(BASE, 0, 0, "TO_RECOVER")]


def test_a_small_debt_that_was_given_up_is_not_paid_a_second_time(world: World) -> None:
    world.aeeh_family()
    days(world, 10, first=True)
    booked()
    days(world, 7)
    assert debts() == [(THREE, 0, 0, "WRITTEN_OFF")]

    run = days(world, 10)
    assert sent() == [TEN]
    assert debts() == [(THREE, THREE, 0, "RECOVERED")]
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": TEN, "BANK": -TEN}
    assert run.totals["movements"] == {"BENEFIT_DUE_AGAIN_count": 1, "BENEFIT_DUE_AGAIN_cents": THREE}
    one = award("101", run)
    assert (one.net_cents, one.already_cents, one.due_again_cents, one.paid_cents) == (TEN, TEN, THREE, 0)
    assert not LetterJob.objects.exists(), "the family was never told of it"


def test_the_page_says_what_was_received_already(world: World, settings: Any) -> None:
    on_day(settings, OCTOBER)
    world.aeeh_family()
    days(world, 10, first=True)
    booked()
    days(world, 7)
    run = days(world, 10)

    words = because(award("101", run)).replace("\u00a0", " ").replace("\u202f", " ")
    assert words == (
        "51,00 € dus, dont 35,70 € déjà décidés par un arrêté d’avant, dont 15,30 € déjà versés, qu’un arrêté d’avant avait "
        "notés en trop."
    )
    debt, client = BenefitOverpayment.objects.get(), client_of(agent("marianne", "CAF63", role=Role.FUND_CASEWORKER))
    page = text_of(client.get(f"/agent/prestations/petites-sommes/trop-verses/somme/{debt.pk}/"))
    assert "Réglée" in page
    assert "Mois corrigé de nouveau : ce qui avait été noté en trop est dû, 15,30 €" in page
    assert "Aucune famille" in text_of(client.get(f"/agent/prestations/arrete/{run.pk}/familles/?kind=excess"))


def test_only_what_goes_beyond_what_was_received_leaves(world: World) -> None:
    world.aeeh_family()
    days(world, 12, first=True)
    booked()
    days(world, 7)
    assert debts() == [(FIVE, 0, 0, "WRITTEN_OFF")]
    days(world, 10)
    assert (sent(), debts()) == ([TWELVE_DAYS], [(FIVE, THREE, 0, "WRITTEN_OFF")])

    world.stay("101", "HOME", f"{MONTH}", "2026-11-01")
    world.issue(world.aeeh())
    assert sent() == [TWELVE_DAYS, BASE - TWELVE_DAYS]
    assert debts() == [(FIVE, FIVE, 0, "RECOVERED")]


def test_a_debt_that_the_family_was_asked_for_ends_and_it_is_told(world: World) -> None:
    paid_then_not_due(world)
    back(world)
    world.issue(world.aeeh())

    assert (sent(), debts()) == ([BASE], [(BASE, BASE, 0, "RECOVERED")])
    text = letter()
    assert "Nous avons corrigé ce mois de nouveau : il vous est dû davantage que ce que nous avions écrit" in text
    assert "Vous n’avez rien à rendre pour cela" in text
    assert "153,01 €" in text
    assert "La banque" not in text
    assert "coordonnées bancaires" not in text


def decided(*, contested: bool, decide: Callable[[int], object]) -> None:
    debt = BenefitOverpayment.objects.get()
    if contested:
        contest(overpayment_pk=debt.pk, told=told())
    decide(debt.pk)


def test_what_was_remitted_was_due(world: World) -> None:
    paid_then_not_due(world)
    decided(contested=False, decide=lambda pk: remit(overpayment_pk=pk, cents=50_00, told=told()))
    assert debts() == [(BASE, 0, 50_00, "TO_RECOVER")]
    back(world)
    world.issue(world.aeeh())

    assert (sent(), debts()) == ([BASE], [(BASE, BASE, 0, "RECOVERED")])
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": BASE, "BANK": -BASE}


def test_what_the_committee_cancelled_was_received_and_is_not_sent_again(world: World) -> None:
    paid_then_not_due(world)
    decided(contested=True, decide=lambda pk: cancel(overpayment_pk=pk, told=told()))
    assert debts() == [(BASE, 0, BASE, "CANCELLED")]
    world.decision("101", ends_on="2028-07-01")
    days(world, 10, first=True)
    assert (sent(), debts()) == ([BASE], [(BASE, TEN, BASE - TEN, "CANCELLED")])
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": TEN, "WRITTEN_OFF": BASE - TEN, "BANK": -BASE}

    world.stay("101", "HOME", f"{MONTH}", "2026-11-01")
    world.issue(world.aeeh())
    assert (sent(), debts()) == ([BASE], [(BASE, BASE, 0, "RECOVERED")])
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": BASE, "BANK": -BASE}


def test_a_contested_debt_ends_with_the_correction(world: World) -> None:
    paid_then_not_due(world)
    decided(contested=True, decide=lambda _pk: None)
    back(world)
    world.issue(world.aeeh())

    assert (sent(), debts()) == ([BASE], [(BASE, BASE, 0, "RECOVERED")])


def test_what_nobody_could_claim_any_more_is_not_paid_a_second_time(world: World) -> None:
    """More than two years old: the charge already bears it once."""
    old, base = date(2024, 9, 1), 14_926
    world.family("101")
    known = {"filed_on": "2024-05-02", "starts_on": "2024-07-01"}
    for more in ({}, {"ends_on": "2024-08-15"}, {}):
        world.decision("101", **known, **more)
        world.issue(world.aeeh(old))

    assert (sent(), debts()) == ([base], [(base, base, 0, "RECOVERED")])
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": base, "BENEFIT_PAYOUTS": -base}


def test_what_was_withheld_meanwhile_as_agreed_is_given_back(world: World) -> None:
    """July withheld 100 euros for April. April was due after all: they leave, and nothing of them is withheld again."""
    april, july = date(2026, 4, 1), date(2026, 7, 1)
    world.aeeh_family()
    world.issue(world.aeeh(april, on=date(2026, 4, 20)))
    world.decision("101", starts_on="2026-05-01")
    world.issue(world.aeeh(april, on=date(2026, 4, 20)))
    agree(fund="CAF63", beneficiary_no="101", benefit="AEEH", each_cents=100_00,
          told=Told("dit au téléphone", date(2026, 4, 20), uuid4(), "nathalie", date(2026, 4, 20)))  # fmt: skip
    world.issue(world.aeeh(july, on=date(2026, 7, 20)))
    assert sent() == [BASE, BASE - 100_00]

    back(world)
    run = world.issue(world.aeeh(april, on=date(2026, 8, 20)))
    assert sent() == [BASE, BASE - 100_00, 100_00]
    assert debts() == [(BASE, BASE, 0, "RECOVERED")]
    assert not Deduction.objects.filter(run=run).exists()


def test_what_a_person_noted_by_hand_is_another_matter(world: World) -> None:
    world.aeeh_family()
    days(world, 7, first=True)
    what = Overpaid("CAF63", "101", "AEEH", "FUND_ERROR", 80_00, MONTH)
    note(what=what, reason="payé deux fois par chèque", form_key=uuid4(), by="nathalie", on=OCTOBER)
    world.stay("101", "HOME", f"{MONTH}", "2026-11-01")
    world.issue(world.aeeh())

    assert (sent(), debts()) == ([SEVEN, BASE - SEVEN], [(80_00, 0, 0, "TO_RECOVER")])


def test_the_debt_of_another_month_pays_nothing(world: World) -> None:
    paid_then_not_due(world)
    world.decision("101", starts_on="2026-11-01")
    world.issue(world.aeeh(date(2026, 11, 1), on=date(2026, 11, 20)))

    assert (sent(), debts()) == ([BASE, BASE], [(BASE, 0, 0, "TO_RECOVER")])


# Another child, another matter.


def second(world: World, **cells: Any) -> None:
    """A second child of the family, with a decision of its own."""
    own = {"beneficiary_no": "101", "child_id": "101-2", "birth_date": TWELVE, "dependent_from": TWELVE}
    world.send("benefit-children", **own)
    world.decision("101", 2, **cells)


def test_what_another_child_brings_pays_nothing_and_leaves(world: World) -> None:
    """The first child's sum is contested: the right of the second one does not pay it unheard."""
    paid_then_not_due(world)
    decided(contested=True, decide=lambda _pk: None)
    second(world)
    world.issue(world.aeeh())
    assert (sent(), debts()) == ([BASE, BASE], [(BASE, 0, 0, "CONTESTED")])

    world.decision("101", 2, complement="1")
    run = world.issue(world.aeeh())
    assert award("101", run).due_again_cents == 0, "nor what is added for it later"
    assert debts() == [(BASE, 0, 0, "CONTESTED")]

    back(world)
    run = world.issue(world.aeeh())
    assert (award("101", run).due_again_cents, award("101", run).paid_cents) == (BASE, 0)
    assert debts() == [(BASE, BASE, 0, "RECOVERED")]


def test_of_two_children_that_come_in_one_run_each_is_counted_for_itself(world: World) -> None:
    paid_then_not_due(world)
    back(world)
    second(world)
    run = world.issue(world.aeeh())

    assert (award("101", run).net_cents, award("101", run).due_again_cents) == (2 * BASE, BASE)
    assert (sent(), debts()) == ([BASE, BASE], [(BASE, BASE, 0, "RECOVERED")])


def test_the_debts_of_two_children_end_each_with_its_own(world: World) -> None:
    world.aeeh_family()
    second(world)
    world.issue(world.aeeh())
    booked()
    for child in (1, 2):
        world.decision("101", child, ends_on="2026-07-15")
        world.issue(world.aeeh())
    world.decision("101", 2)
    world.issue(world.aeeh())

    assert debts() == [(BASE, 0, 0, "TO_RECOVER"), (BASE, BASE, 0, "RECOVERED")]
    assert "Il reste 153,01 € versés en trop." in letter()


def test_of_two_debts_of_one_child_the_one_that_is_asked_ends_first(world: World) -> None:
    world.aeeh_family()
    world.days_at_home("101", MONTH, 30)
    world.issue(world.aeeh())
    whole = order_of("101").amount_cents
    booked()
    days(world, 28)
    days(world, 10)
    small, large = debts()
    assert (small[3], large[3]) == ("WRITTEN_OFF", "TO_RECOVER")
    days(world, 12)

    assert sent() == [whole]
    assert debts() == [small, (large[0], TWELVE_DAYS - TEN, 0, "TO_RECOVER")]


# What was decided for the family stays decided when the month falls once more.


@pytest.mark.parametrize("state", ["REMITTED", "CANCELLED"])
def test_what_was_given_up_by_a_decision_is_not_claimed_a_second_time(world: World, state: str) -> None:
    paid_then_not_due(world)
    if state == "REMITTED":
        decided(contested=False, decide=lambda pk: remit(overpayment_pk=pk, cents=BASE, told=told()))
    else:
        decided(contested=True, decide=lambda pk: cancel(overpayment_pk=pk, told=told()))
    assert debts()[0][3] == state
    for _time in range(2):
        back(world)
        world.issue(world.aeeh())
        world.ended()
        world.issue(world.aeeh())

    assert sent() == [BASE]
    assert debts() == [(BASE, BASE, 0, "RECOVERED"), (BASE, BASE, 0, "RECOVERED"), (BASE, 0, 0, "UNCLAIMED")]
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": BASE, "BANK": -BASE}
    assert LetterJob.objects.filter(kind="benefits.to_recover").count() == 1


def test_of_what_was_remitted_in_part_the_rest_is_owed_again(world: World) -> None:
    paid_then_not_due(world)
    decided(contested=False, decide=lambda pk: remit(overpayment_pk=pk, cents=50_00, told=told()))
    back(world)
    world.issue(world.aeeh())
    world.ended()
    world.issue(world.aeeh())

    assert debts()[1:] == [(50_00, 0, 0, "UNCLAIMED"), (BASE - 50_00, 0, 0, "TO_RECOVER")]


def test_what_the_committee_gave_is_sent_whole_when_its_transfer_comes_back(world: World) -> None:
    world.aeeh_family()
    world.issue(world.aeeh())
    world.ended()
    world.issue(world.aeeh())
    decided(contested=True, decide=lambda pk: cancel(overpayment_pk=pk, told=told()))
    bank_refuses(order_of("101"))
    world.decision("101", ends_on="2028-07-01")
    days(world, 10, first=True)
    world.ended()
    world.issue(world.aeeh())
    world.moved("101")

    assert [pay_again(on=OCTOBER, by="test").cents for _time in "12"] == [BASE, 0]


def test_what_the_committee_gave_is_sent_even_if_its_transfer_comes_back_at_the_end(world: World) -> None:
    world.aeeh_family()
    world.issue(world.aeeh())
    world.ended()
    world.issue(world.aeeh())
    decided(contested=True, decide=lambda pk: cancel(overpayment_pk=pk, told=told()))
    back(world)
    world.issue(world.aeeh())
    world.ended()
    world.issue(world.aeeh())
    assert debts() == [(BASE, BASE, 0, "RECOVERED"), (BASE, 0, 0, "UNCLAIMED")]
    bank_refuses(order_of("101"))
    world.moved("101")

    assert [pay_again(on=OCTOBER, by="test").cents for _time in "12"] == [BASE, 0]


def test_what_was_remitted_and_never_arrived_is_sent_to_nobody(world: World) -> None:
    """Remitted, due, not due: the transfer that the bank refuses at last was for a month that is not due."""
    world.aeeh_family()
    world.issue(world.aeeh())
    world.ended()
    world.issue(world.aeeh())
    decided(contested=False, decide=lambda pk: remit(overpayment_pk=pk, cents=BASE, told=told()))
    back(world)
    world.issue(world.aeeh())
    bank_refuses(order_of("101"))
    world.ended()
    world.issue(world.aeeh())
    world.moved("101")

    assert pay_again(on=OCTOBER, by="test").count == 0
    assert balances() == {}


def test_a_remission_that_the_bank_undid_shields_nothing_later(world: World) -> None:
    """What was remitted was never received; the month is then paid for good, and falls: that sum is owed."""
    world.aeeh_family()
    world.issue(world.aeeh())
    world.ended()
    world.issue(world.aeeh())
    decided(contested=False, decide=lambda pk: remit(overpayment_pk=pk, cents=BASE, told=told()))
    bank_refuses(order_of("101"))
    world.moved("101")
    back(world)
    world.issue(world.aeeh())
    booked()
    world.ended()
    world.issue(world.aeeh())

    assert debts() == [(BASE, BASE, 0, "RECOVERED"), (BASE, 0, 0, "TO_RECOVER")]


def test_what_was_ruled_for_one_child_says_nothing_of_another(world: World) -> None:
    world.aeeh_family()
    second(world)
    world.issue(world.aeeh())
    booked()
    world.ended()
    world.issue(world.aeeh())
    decided(contested=True, decide=lambda pk: cancel(overpayment_pk=pk, told=told()))
    back(world)
    world.issue(world.aeeh())
    world.decision("101", 2, ends_on="2026-07-15")
    world.issue(world.aeeh())

    assert debts() == [(BASE, BASE, 0, "RECOVERED"), (BASE, 0, 0, "TO_RECOVER")]


def test_a_ruling_on_days_at_home_says_nothing_of_a_complement_given_in_error(world: World) -> None:
    """Ten days were ruled to be a whole month, and are; a complement comes and goes, its transfer refused by the bank."""
    world.aeeh_family()
    world.issue(world.aeeh())
    booked()
    days(world, 10, first=True)
    decided(contested=True, decide=lambda pk: cancel(overpayment_pk=pk, told=told()))
    world.stay("101", "HOME", f"{MONTH}", "2026-11-01")
    world.issue(world.aeeh())
    world.decision("101", complement="1")
    world.issue(world.aeeh())
    added = sent()[-1]
    bank_refuses(order_of("101"))
    back(world)
    world.issue(world.aeeh())
    world.moved("101")

    assert sent() == [BASE, added]
    assert pay_again(on=OCTOBER, by="test").count == 0, "the complement is not sent again"
    assert debts() == [(BASE - TEN, BASE - TEN, 0, "RECOVERED")]


def test_a_complement_given_in_error_is_owed_whole_after_a_ruling_on_days_at_home(world: World) -> None:
    world.aeeh_family()
    world.issue(world.aeeh())
    booked()
    days(world, 10, first=True)
    decided(contested=True, decide=lambda pk: cancel(overpayment_pk=pk, told=told()))
    world.stay("101", "HOME", f"{MONTH}", "2026-11-01")
    world.issue(world.aeeh())
    world.decision("101", complement="1")
    world.issue(world.aeeh())
    added = sent()[-1]
    booked()
    back(world)
    world.issue(world.aeeh())

    assert debts()[1:] == [(added, 0, 0, "TO_RECOVER")]


def test_a_contest_of_which_a_part_was_due_goes_on_for_what_falls_again(world: World) -> None:
    paid_then_not_due(world)
    decided(contested=True, decide=lambda _pk: None)
    world.decision("101", ends_on="2028-07-01")
    days(world, 20, first=True)
    part = debts()[0][1]
    assert (part, debts()[0][3]) == (TWENTY, "CONTESTED")
    world.ended()
    world.issue(world.aeeh())

    assert debts() == [(BASE, part, 0, "CONTESTED"), (part, 0, 0, "CONTESTED")]
    first, again = BenefitOverpayment.objects.order_by("pk")
    assert first.acts.get().told_on == again.acts.get().told_on


def test_a_ruling_on_a_sum_covers_what_was_due_before_it_and_what_was_withheld(world: World) -> None:
    """Twenty days first, then the committee; the whole is then out and in once more."""
    paid_then_not_due(world)
    decided(contested=True, decide=lambda _pk: None)
    world.decision("101", ends_on="2028-07-01")
    days(world, 20, first=True)
    decided(contested=False, decide=lambda pk: cancel(overpayment_pk=pk, told=told()))
    world.ended()
    world.issue(world.aeeh())

    assert [one[3] for one in debts()] == ["CANCELLED", "UNCLAIMED"]
    assert debts()[1][0] == TWENTY


def test_a_fall_that_hides_in_a_rise_is_due_again_as_what_it_hid(world: World) -> None:
    """A is back in the run in which B loses twenty days: the debt of A now rests on B as well."""
    world.aeeh_family()
    second(world)
    world.issue(world.aeeh())
    booked()
    world.ended()
    world.issue(world.aeeh())
    back(world)
    world.send("boarding-periods", beneficiary_no="101", child_id="101-2", place="BOARDED", starts_on=f"{MONTH}",
               ends_on="2026-11-01")  # fmt: skip
    world.send("boarding-periods", beneficiary_no="101", child_id="101-2", place="HOME", starts_on=f"{MONTH}",
               ends_on="2026-10-11")  # fmt: skip
    world.issue(world.aeeh())
    assert debts() == [(BASE, TEN, 0, "TO_RECOVER")]
    world.send("boarding-periods", beneficiary_no="101", child_id="101-2", place="HOME", starts_on=f"{MONTH}",
               ends_on="2026-11-01")  # fmt: skip
    world.issue(world.aeeh())

    assert (sent(), debts()) == ([2 * BASE], [(BASE, BASE, 0, "RECOVERED")])


def test_what_waits_for_the_committee_waits_for_it_after_the_month_fell_again(world: World) -> None:
    paid_then_not_due(world)
    decided(contested=True, decide=lambda _pk: None)
    back(world)
    world.issue(world.aeeh())
    world.ended()
    world.issue(world.aeeh())
    assert debts() == [(BASE, BASE, 0, "RECOVERED"), (BASE, 0, 0, "CONTESTED")]
    later = BenefitOverpayment.objects.get(state="CONTESTED")
    assert [(one.kind, one.words) for one in later.acts.all()] == [("CONTESTED", "dit au téléphone")]

    cancel(overpayment_pk=later.pk, told=told())
    assert debts()[1] == (BASE, 0, BASE, "CANCELLED")


def test_a_harmless_change_of_a_sister_makes_her_right_pay_nothing(world: World) -> None:
    """Her decision is renewed in the run in which her brother's ends: the sum is his, and he contests it."""
    world.aeeh_family()
    second(world)
    world.issue(world.aeeh())
    booked()
    world.ended()
    world.decision("101", 2, filed_on="2025-03-03")
    world.issue(world.aeeh())
    decided(contested=True, decide=lambda _pk: None)
    world.decision("101", 2, filed_on="2025-03-03", complement="1")
    run = world.issue(world.aeeh())

    assert (award("101", run).due_again_cents, award("101", run).paid_cents) == (0, award("101", run).net_cents - BASE)
    assert debts() == [(BASE, 0, 0, "CONTESTED")]


def test_what_only_comes_out_when_two_facts_are_put_right_is_due_again_as_well(world: World) -> None:
    """A child's schooling, then an income that hid everything: each of them alone gives nothing, or less."""
    world.family("101", [EIGHT, SEVENTEEN])
    world.schooling("101", child=2, status="SCHOOL")
    world.issue(world.ars())
    booked()
    world.schooling("101", child=2, status="NONE", cycle="")
    world.issue(world.ars(on=OCTOBER))
    world.send("benefit-resources", beneficiary_no="101", net_category_income="90000.00")
    world.issue(world.ars(on=OCTOBER))
    assert [one[0] for one in debts()] == [HIGH_NET, PRIMARY_NET]
    world.send("benefit-resources", beneficiary_no="101", net_category_income="20000.00")
    world.schooling("101", child=2, status="SCHOOL")
    run = world.issue(world.ars(on=OCTOBER))

    assert award("101", run).due_again_cents == HIGH_NET + PRIMARY_NET
    assert (sent(), {one[3] for one in debts()}) == ([HIGH_NET + PRIMARY_NET], {"RECOVERED"})


def test_what_is_left_of_a_month_that_was_paid_is_neither_given_up_nor_kept(world: World) -> None:
    """A fund that gives up small benefits: a part of what leaves may be what the family had given back."""
    world.aeeh_family()
    world.days_at_home("101", MONTH, 3)
    world.policy("PAY", date(2026, 7, 1))
    world.issue(world.aeeh())
    booked()
    world.stay("101", "HOME", f"{MONTH}", "2026-10-02")
    world.issue(world.aeeh())
    world.policy("WAIVE", date(2026, 7, 1))
    run = days(world, 5)

    one = award("101", run)
    assert (one.status, one.due_again_cents, one.paid_cents) == ("PAID", THREE - 510, FIVE - THREE)


def test_down_and_up_as_often_as_one_likes(world: World) -> None:
    world.aeeh_family()
    days(world, 10, first=True)
    booked()
    for _time in range(3):
        days(world, 7)
        days(world, 10)

    assert (sent(), debts()) == ([TEN], [(THREE, THREE, 0, "RECOVERED")] * 3)
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": TEN, "BANK": -TEN}


def test_a_transfer_that_comes_back_after_all_that_is_sent_again_whole(world: World) -> None:
    world.aeeh_family()
    world.issue(world.aeeh())
    world.ended()
    world.issue(world.aeeh())
    back(world)
    world.issue(world.aeeh())
    bank_refuses(order_of("101"))
    world.moved("101")

    assert [pay_again(on=OCTOBER, by="test").cents for _time in "12"] == [BASE, 0]


def test_a_debt_that_the_bank_pays_after_the_signatures_has_the_run_computed_again(world: World) -> None:
    world.aeeh_family()
    world.issue(world.aeeh())
    world.ended()
    world.issue(world.aeeh())
    back(world)
    run = world.aeeh()
    assert award("101", run).due_again_cents == BASE
    signed(run, OCTOBER)
    bank_refuses(order_of("101"))

    assert is_changed(run)
    with pytest.raises(RunNotIssuable, match="clôturez à nouveau"):
        issuing.issue_run(run_pk=run.pk, out=world.out, on=OCTOBER, by="test")
    again = world.issue(world.aeeh())
    assert (award("101", again).due_again_cents, award("101", again).paid_cents) == (0, BASE)


def test_what_moved_is_seen_even_if_the_digest_did_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last barrier, under the turn of the issue."""
    world.aeeh_family()
    world.issue(world.aeeh())
    world.ended()
    world.issue(world.aeeh())
    back(world)
    run = world.aeeh()
    signed(run, OCTOBER)
    bank_refuses(order_of("101"))
    monkeypatch.setattr(issuing, "digests_of", lambda run: (run.inputs_digest, run.decisions_digest))

    with pytest.raises(RunNotIssuable, match="De l’argent a bougé depuis le calcul pour 1 famille"):
        issuing.issue_run(run_pk=run.pk, out=world.out, on=OCTOBER, by="test")


def test_a_child_that_left_the_file_and_came_back_is_paid_once(world: World) -> None:
    world.family("101", [EIGHT, TWELVE])
    world.issue(world.ars())
    child = {"beneficiary_no": "101", "child_id": "101-2", "birth_date": TWELVE, "dependent_from": TWELVE}
    world.send("benefit-children", **child, dependent_until="2026-07-01")
    world.issue(world.ars(on=OCTOBER))
    world.send("benefit-children", **child)
    world.issue(world.ars(on=OCTOBER))

    assert sent() == [PRIMARY_NET + MIDDLE_NET]
    assert debts() == [(MIDDLE_NET, MIDDLE_NET, 0, "RECOVERED")]


def test_nothing_is_withheld_of_an_award_that_pays_the_debt_it_was_agreed_for(world: World) -> None:
    """The second child is back, and a third one brings something that leaves: the agreement was about the second one's sum."""
    late = date(2027, 5, 3)
    world.family("101", [EIGHT, TWELVE])
    world.issue(world.ars())
    child = {"beneficiary_no": "101", "child_id": "101-2", "birth_date": TWELVE, "dependent_from": TWELVE}
    world.send("benefit-children", **child, dependent_until="2026-07-01")
    world.issue(world.ars(on=OCTOBER))
    agree(fund="CAF63", beneficiary_no="101", benefit="ARS", each_cents=20_00, told=told())
    world.send("benefit-children", **child)
    world.send("benefit-children", **(child | {"child_id": "101-3"}))
    run = world.issue(world.ars(on=late))

    one = award("101", run)
    assert (one.due_again_cents, one.recovered_cents, one.paid_cents) == (MIDDLE_NET, 0, sent()[-1])
    assert debts() == [(MIDDLE_NET, MIDDLE_NET, 0, "RECOVERED")]


def test_a_first_run_asks_for_nobody_s_debts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything rises in it: three million families would be looked for one by one."""

    def asked(*_words: object) -> None:
        raise AssertionError

    monkeypatch.setattr(due_again, "read_frame", asked)
    world.aeeh_family()
    world.issue(world.aeeh())
    world.decision("101", complement="1")
    with pytest.raises(AssertionError):
        world.aeeh()


def test_what_the_awards_and_the_books_say_of_it_is_compared(world: World) -> None:
    world.aeeh_family()
    run = world.issue(world.aeeh())
    legs = {Account.BENEFIT_PAYOUTS: 5, Account.BANK: -5}
    key = f"benefits:small:{run.pk}:CAF63/101:debt-0"
    post(key=key, subject="family:CAF63/101", dated=OCTOBER, label="x", legs=legs, run_pk=run.pk)

    assert any("dus de nouveau" in one for one in check_small_sums())


@pytest.mark.parametrize(("net", "already", "again"), [(100, 99, 100), (99, 100, 1), (100, 100, -1)])
def test_the_database_refuses_what_is_no_part_of_a_rise(world: World, net: int, already: int, again: int) -> None:
    world.aeeh_family()
    one = award("101", world.aeeh())
    one.pk, one.beneficiary_no, one.status, one.paid_cents = None, "102", "WAIVED", 0
    one.gross_cents, one.crds_cents, one.net_cents, one.already_cents, one.due_again_cents = net, 0, net, already, again
    with pytest.raises(IntegrityError, match="award_due_again_in_a_rise"), transaction.atomic():
        one.save(force_insert=True)
