"""Small sums that wait and nothing else: the run of the month finds them, right ended or not, and releases what is due, once."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection

from portal.accounts.models import Door, FamilyLink, LinkedBy, User
from portal.banking.models import OpenItem, PaymentOrder
from portal.benefits.models import BenefitOverpayment
from portal.benefits.running import issuing
from portal.benefits.running.checking import agrees, wrong_awards
from portal.benefits.running.closing import AEEH, open_of
from portal.benefits.running.explaining import because, explanation_of, title_of_award
from portal.benefits.running.loading import DECISIONS, aeeh_families
from portal.benefits.running.paying_again import pay_again
from portal.benefits.running.summary import summary_lines
from portal.benefits.small.ending import GivenUp, give_up_old
from portal.exchange.buckets import BUCKETS
from tests.aripa.agents import client_of, on_day, text_of
from tests.portal.benefits.running.test_ars_runs import until_done
from tests.portal.benefits.running.test_what_is_read import FEW, OTHERS, rows_read
from tests.portal.benefits.running.world import (
    BASE,
    MONTH,
    OCTOBER,
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
    signed,
)
from tests.portal.benefits.small.world import computed, issue, lived, states

pytestmark = pytest.mark.django_db
AUGUST_MONTH, SEPTEMBER, NOVEMBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 11, 1)
# So many thirtieths of the base.
TWO, THREE = 1_020, 1_530
# Together they make the threshold of 2026.
REACHED = ((AUGUST_MONTH, 14_00), (SEPTEMBER, 14_00))
US = ("CAF63", "101")
SUMS_OF_OTHERS = """
INSERT INTO benefits_deferredsum (fund, beneficiary_no, benefit, run_id, amount_cents, month, state)
SELECT fund, 'other-' || number, benefit, run_id, amount_cents, month, state FROM benefits_deferredsum,
    generate_series(1, %s) AS number
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A family whose right ended in July."""
    world = World(tmp_path)
    world.aeeh_family()
    world.ended()
    return world


def waits(*sums: tuple[date, int]) -> None:
    """So many cents wait for each month: runs that were computed before the first of them was issued."""
    for run in [computed(month, (*US, cents)) for month, cents in sums]:
        issue(run)


# The fund now pays: no award of a right that ended would ever bring the sum.


def test_a_fund_that_now_pays_releases_the_sum_of_a_right_that_ended(world: World) -> None:
    world.decision("101", ends_on="2026-10-01")
    world.days_at_home("101", SEPTEMBER, 3)
    world.issue(world.aeeh(SEPTEMBER))
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": THREE, "BENEFIT_DEFERRED": -THREE}

    world.policy("PAY", NOVEMBER)
    assert world.aeeh().totals["families"] == 0, "the rule counts from its day: nobody is listed for nothing"
    run = world.issue(world.aeeh(NOVEMBER))

    assert said(run) == {"101": ("PAID", "no_decision", THREE)}
    assert (award("101", run).released_cents, award("101", run).net_cents) == (THREE, 0)
    assert (states(), order_of("101").amount_cents) == ([(THREE, "PAID")], THREE)
    assert wrong_awards(run) == []
    assert issuing.unexplained_cents(run) == 0
    booked()
    assert balances() == {"DISABLED_CHILD_ALLOWANCE": THREE, "BANK": -THREE}


@pytest.mark.parametrize("policy", ["DEFER", "WAIVE"])
@pytest.mark.parametrize(("last", "released"), [(13_99, 0), (14_00, 28_00)])
def test_what_reaches_the_threshold_leaves_without_any_award(
    world: World, policy: str, last: int, released: int
) -> None:
    """Twenty-eight euros in 2026; a cent less still waits, and nobody is listed."""
    waits((AUGUST_MONTH, 14_00), (SEPTEMBER, last))
    world.policy(policy, MONTH)
    run = world.aeeh()

    assert said(run) == ({"101": ("PAID", "no_decision", released)} if released else {})
    world.issue(run)
    assert [cents for cents, state in states() if state == "WAITING"] == ([] if released else [14_00, 13_99])
    assert balances().get("BENEFIT_DEFERRED", 0) == (0 if released else -27_99)


def test_before_the_threshold_of_a_year_is_published_nothing_waits_for_it(world: World) -> None:
    waits((SEPTEMBER, 5_00))

    assert said(world.issue(world.aeeh(date(2027, 1, 1)))) == {"101": ("PAID", "no_decision", 5_00)}


def test_a_family_whose_month_did_not_change_is_paid_what_waits_by_a_later_run(world: World) -> None:
    """October is paid; what a correction of September adds waits, until the fund pays: the next run of October releases it."""
    world.decision("101")
    world.days_at_home("101", SEPTEMBER, 10)
    for month in (SEPTEMBER, MONTH):
        world.issue(world.aeeh(month))
    world.days_at_home("101", SEPTEMBER, 12, boarded=False)
    world.issue(world.aeeh(SEPTEMBER))
    assert states() == [(TWO, "WAITING")]
    assert world.aeeh().totals["families"] == 0

    world.policy("PAY", MONTH)
    run = world.issue(world.aeeh(on=date(2026, 10, 27)))
    assert said(run) == {"101": ("PAID", "", TWO)}
    assert (award("101", run).net_cents, award("101", run).already_cents, award("101", run).released_cents) == (
        BASE, BASE, TWO,
    )  # fmt: skip
    assert because(award("101", run)) == (
        "153,01\u00a0€ dus, dont 153,01\u00a0€ déjà décidés par un arrêté d’avant, avec 10,20\u00a0€ reportés d’avant."
    )
    assert world.aeeh(on=date(2026, 10, 28)).totals["families"] == 0


def test_the_correction_of_an_old_month_does_not_decide_of_later_sums(world: World) -> None:
    """The fund paid in September and defers since: what October put aside is October's."""
    world.policy("PAY", SEPTEMBER)
    world.policy("DEFER", MONTH)
    world.decision("101")
    world.days_at_home("101", MONTH, 2)
    for month in (SEPTEMBER, MONTH):
        world.issue(world.aeeh(month))
    assert states() == [(TWO, "WAITING")]

    assert world.aeeh(SEPTEMBER).totals["families"] == 0
    waits((NOVEMBER, 10_00), (date(2026, 12, 1), 10_00))
    assert world.aeeh(on=date(2026, 10, 27)).totals["families"] == 0


def test_a_family_that_waits_for_an_answer_is_released_with_it(world: World) -> None:
    waits(*REACHED)
    world.decision("101", child_id="101-9", starts_on="2026-10-01")
    held = world.issue(world.aeeh())
    assert said(held) == {"101": ("HELD", "child_unknown", 0)}

    world.ended()
    assert states() == [(14_00, "WAITING"), (14_00, "WAITING")]
    world.issue(world.aeeh(NOVEMBER))
    assert states() == [(14_00, "PAID"), (14_00, "PAID")]


def test_a_correction_downwards_goes_first_and_the_next_run_releases_what_is_left(world: World) -> None:
    world.decision("101", ends_on="2026-10-01")
    world.days_at_home("101", SEPTEMBER, 3)
    world.issue(world.aeeh(SEPTEMBER))
    world.policy("PAY", SEPTEMBER)
    world.days_at_home("101", SEPTEMBER, 2, boarded=False)
    world.issue(world.aeeh(SEPTEMBER))
    assert states() == [(THREE, "UNDUE"), (TWO, "WAITING")]

    assert said(world.issue(world.aeeh())) == {"101": ("PAID", "no_decision", TWO)}
    assert states()[-1] == (TWO, "PAID")
    assert not BenefitOverpayment.objects.exists()


# Once, whatever happens.


def test_killed_at_any_statement_and_issued_twice_it_leaves_once(world: World) -> None:
    waits(*REACHED)
    assert until_done(world.aeeh) > 15
    run = open_of(AEEH, MONTH)
    assert run is not None
    signed(run, OCTOBER)

    def issues() -> dict[str, int]:
        return issuing.issue_run(run_pk=run.pk, out=world.out, on=OCTOBER, by="test")

    assert until_done(issues) > 15
    assert issues() == {"FAMILY_AEEH_count": 1, "FAMILY_AEEH_cents": 28_00}
    assert PaymentOrder.objects.get().amount_cents == 28_00
    assert states() == [(14_00, "PAID"), (14_00, "PAID")]
    assert world.aeeh(on=date(2026, 10, 27)).totals["families"] == 0
    assert world.aeeh(NOVEMBER).totals["families"] == 0
    proven()


def test_two_months_that_count_on_the_same_sum_do_not_both_pay_it(world: World) -> None:
    waits(*REACHED)
    early, late = world.aeeh(), world.aeeh(NOVEMBER)
    for run in (early, late):
        assert said(run)["101"] == ("PAID", "no_decision", 28_00)
        signed(run, OCTOBER)
    issuing.issue_run(run_pk=early.pk, out=world.out, on=OCTOBER, by="test")

    with pytest.raises(issuing.RunNotIssuable, match="une petite somme a bougé"):
        issuing.issue_run(run_pk=late.pk, out=world.out, on=OCTOBER, by="test")
    assert world.aeeh(NOVEMBER).totals["families"] == 0
    assert PaymentOrder.objects.count() == 1
    proven()


@pytest.mark.parametrize("released_first", [True, False])
def test_a_sum_is_released_or_given_up_never_both(world: World, *, released_first: bool) -> None:
    """The fund pays in October and defers again in November, when a year is over."""
    lived(date(2025, 9, 1), (*US, 12_00))
    world.policy("PAY", MONTH)
    world.policy("DEFER", NOVEMBER)
    run = world.aeeh() if released_first else None
    assert give_up_old(on=NOVEMBER) == (GivenUp(0, 0) if run else GivenUp(1, 12_00))

    if run:
        world.issue(run)
    else:
        assert world.aeeh().totals["families"] == 0
    assert states() == [(12_00, "PAID" if run else "WAIVED")]
    assert give_up_old(on=NOVEMBER) == GivenUp(0, 0)
    assert PaymentOrder.objects.count() == (1 if run else 0)
    proven()


def test_what_the_bank_sends_back_is_owed_and_leaves_again_once(world: World) -> None:
    world.decision("101", ends_on="2026-10-01")
    world.days_at_home("101", SEPTEMBER, 3)
    world.issue(world.aeeh(SEPTEMBER))
    world.policy("PAY", MONTH)
    world.issue(world.aeeh())
    order = order_of("101")
    booked()
    bank_says(booking(order, returned="AC04"), number=99)
    assert balances() == {"BENEFIT_RETURNED": -THREE, "DISABLED_CHILD_ALLOWANCE": THREE}

    world.moved("101")
    assert [pay_again(on=OCTOBER, by="test").cents for _time in "12"] == [THREE, 0]
    assert world.aeeh(NOVEMBER).totals["families"] == 0
    proven()


def test_a_family_without_an_account_is_owed_its_sum(world: World) -> None:
    waits(*REACHED)
    world.send("benefit-families", beneficiary_no="101", nir="", iban="")
    world.issue(world.aeeh())

    assert OpenItem.objects.get().amount_cents == 28_00
    assert balances()["BENEFIT_PAYOUTS"] == -28_00


def test_a_sum_released_for_a_month_then_corrected_is_a_debt_that_its_transfer_pays_when_refused(world: World) -> None:
    world.decision("101", ends_on="2026-10-01")
    world.days_at_home("101", SEPTEMBER, 3)
    world.issue(world.aeeh(SEPTEMBER))
    world.policy("PAY", MONTH)
    world.issue(world.aeeh())
    world.decision("101", ends_on="2026-08-15")
    world.issue(world.aeeh(SEPTEMBER))
    assert list(BenefitOverpayment.objects.values_list("amount_cents", "state")) == [(THREE, "WRITTEN_OFF")]

    bank_refuses(order_of("101"))
    assert BenefitOverpayment.objects.get().state == "RECOVERED"
    assert balances() == {}


# What people read, what a slice reads.


def test_the_caseworker_and_the_parent_read_why(world: World, settings: Any) -> None:
    on_day(settings, OCTOBER)
    waits(*REACHED)
    run = world.issue(world.aeeh())
    found = award("101", run)
    why = (
        "28,00\u00a0€ reportés d’avant sont versés : le seuil d’octobre 2026, 28,00\u00a0€, est atteint. Rien de nouveau n’est dû"
        " pour ce mois. Aucune décision de la CDAPH ne couvre ce mois."
    )
    explained = explanation_of(found)

    assert (title_of_award(found), because(found)) == ("AEEH, octobre 2026 : 28,00\u00a0€ versés", why)
    assert agrees(found)
    told = {one["label"]: one["value"] for one in explained.steps}
    assert (told["Reporté jusque-là et compté avec la somme"], told["Décision"]) == ("28,00\u00a0€", "payer")
    assert "Petites sommes, part du plafond mensuel" in " ".join(one.label for one in explained.figures)
    line = "à payer, benefits.no_decision : 1 famille. Rien de nouveau n’est dû pour ce mois : ce qui avait été reporté est versé."
    assert f"    {line}" in summary_lines(run)

    user = User.objects.create(username="maud", door=Door.FAMILY)
    FamilyLink.objects.create(user=user, subject="family:CAF63/101", since=MONTH, how=LinkedBy.BENEFICIARY_NO)
    parent, officer = client_of(user), client_of(User.objects.get(username="helene"))
    assert "Octobre 2026 : <strong>28,00 €</strong>" in text_of(parent.get("/famille/prestations/"))
    words = why.replace("\u00a0", " ")
    assert words in text_of(parent.get(f"/famille/prestations/montant/{found.pk}/"))
    assert words in text_of(officer.get(f"/agent/prestations/montant/{found.pk}/"))
    assert "ce qui avait été reporté est versé" in text_of(officer.get(f"/agent/prestations/arrete/{run.pk}/"))


@pytest.mark.parametrize(
    ("policy", "month", "why"),
    [("PAY", MONTH, "la caisse paie désormais les petites sommes"), ("DEFER", date(2027, 1, 1), "n’est pas connu")],
)
def test_why_what_is_below_the_threshold_leaves(world: World, policy: str, month: date, why: str) -> None:
    waits((SEPTEMBER, 5_00))
    world.policy(policy, MONTH)

    assert "5,00\u00a0€ reportés d’avant sont versés : " in because(award("101", run := world.aeeh(month)))
    assert why in because(award("101", run))
    assert explanation_of(award("101", run)).agrees


def test_sums_of_other_families_are_not_read(world: World) -> None:
    waits((SEPTEMBER, 5_00))
    with connection.cursor() as cursor:
        cursor.execute(SUMS_OF_OTHERS, [OTHERS])
        cursor.execute("ANALYZE benefits_deferredsum")
    none = pl.DataFrame(schema=DECISIONS)

    def read(month: date) -> pl.DataFrame:
        return aeeh_families(month, (0, BUCKETS), none)

    assert 0 < rows_read("benefits_deferredsum", lambda: read(MONTH)) < FEW
    assert read(MONTH)["beneficiary_no"].to_list() == ["101"]
    assert read(AUGUST_MONTH).is_empty(), "September is not August's"
