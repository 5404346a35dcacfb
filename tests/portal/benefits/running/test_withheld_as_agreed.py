"""A family's agreement and a run that is signed: a new one waits for the next run, one that ends has it computed again."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from portal.batches.operations import RunNotIssuable
from portal.benefits.models import BenefitOverpayment, RepaymentAgreement
from portal.benefits.running import issuing
from portal.benefits.small.agreeing import agree, withdraw
from portal.benefits.small.owed import Told
from portal.benefits.views.run_common import is_changed
from tests.portal.benefits.running.world import BASE, World, award, order_of, signed

pytestmark = pytest.mark.django_db
APRIL, JULY, AUGUST = date(2026, 4, 1), date(2026, 7, 1), date(2026, 8, 1)
IN_APRIL, IN_JULY, IN_AUGUST = date(2026, 4, 20), date(2026, 7, 20), date(2026, 8, 20)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One family, whose April was paid and then corrected: 153.01 euros to recover, from July on if it agrees."""
    world = World(tmp_path)
    world.aeeh_family()
    world.issue(world.aeeh(APRIL, on=IN_APRIL))
    world.stay("101", "BOARDED", "2026-04-01", "2026-05-01")
    world.issue(world.aeeh(APRIL, on=IN_APRIL))
    assert BenefitOverpayment.objects.get().cause == "CORRECTED"
    return world


def agreed(on: date) -> RepaymentAgreement:
    told = Told("dit au téléphone", on, uuid4(), "nathalie", on)
    return agree(fund="CAF63", beneficiary_no="101", benefit="AEEH", each_cents=30_00, told=told)[0]


def test_an_agreement_made_after_the_signatures_waits_for_the_next_run(world: World) -> None:
    run = world.aeeh(JULY, on=IN_JULY)
    signed(run, IN_JULY)
    agreed(IN_JULY)

    assert not is_changed(run)
    issuing.issue_run(run_pk=run.pk, out=world.out, on=IN_JULY, by="test")
    assert award("101", run).recovered_cents == 0
    later = world.issue(world.aeeh(AUGUST, on=IN_AUGUST))
    assert (award("101", later).recovered_cents, order_of("101").amount_cents) == (30_00, BASE - 30_00)


def test_one_taken_back_after_the_signatures_has_the_run_computed_again(world: World) -> None:
    one = agreed(IN_APRIL)
    run = world.aeeh(JULY, on=IN_JULY)
    signed(run, IN_JULY)
    withdraw(agreement_pk=one.pk, words="ne peut plus", form_key=uuid4(), by="nathalie", on=IN_JULY)

    assert is_changed(run)
    with pytest.raises(RunNotIssuable, match="accords"):
        issuing.issue_run(run_pk=run.pk, out=world.out, on=IN_JULY, by="test")
    again = world.issue(world.aeeh(JULY, on=IN_JULY))
    assert (again.pk, award("101", again).recovered_cents) == (run.pk, 0)
    assert order_of("101").amount_cents == BASE
