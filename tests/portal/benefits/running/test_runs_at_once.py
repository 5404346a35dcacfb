"""Two workers on one run, two people who issue it, two mornings that pay again: real threads, real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from django.db import connections

from portal.banking.answers import import_message
from portal.banking.models import PaymentOrder
from portal.batches.models import SliceState
from portal.benefits.models import Award
from portal.benefits.running import closing, issuing
from portal.benefits.running.paying_again import pay_again
from portal.benefits.small.ending import give_up_old
from portal.ledger.models import Account, Entry
from portal.ledger.operations import balance
from tests.cmg.closing.issued import report
from tests.cmg.files import iban_with_key
from tests.portal.benefits.running.world import (
    AUGUST,
    EIGHT,
    MONTH,
    OCTOBER,
    PRIMARY_NET,
    World,
    order_of,
    proven,
    signed,
)
from tests.portal.benefits.small.world import lived, states

pytestmark = pytest.mark.django_db(transaction=True)
TIMES, NOVEMBER = 4, date(2026, 11, 1)


def at_once(work: Callable[[], object]) -> list[object]:
    def one(_number: int) -> object:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(one, range(TIMES)))


def test_whatever_is_done_at_once_is_done_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "slice_count", lambda _rows: 8)
    world = World(tmp_path)
    for number in range(101, 109):
        world.family(str(number), **({"iban": ""} if number == 108 else {}))

    runs = at_once(lambda: closing.start_ars(school_year=2026, on=AUGUST).pk)
    assert len(set(runs)) == 1
    run = closing.open_of(closing.ARS, closing.term_of_year(2026))
    assert run is not None
    done = at_once(lambda: closing.do_slices(run.pk))
    assert sum(int(str(one)) for one in done) == 8
    at_once(lambda: closing.finish(run_pk=run.pk))
    assert {part.state for part in run.slices.all()} == {SliceState.DONE}
    assert Award.objects.count() == 8

    signed(run, AUGUST)
    at_once(lambda: issuing.issue_run(run_pk=run.pk, out=world.out, on=AUGUST, by="test"))
    assert PaymentOrder.objects.count() == 7
    assert Entry.objects.filter(key__startswith="benefit:").count() == 8

    world.send("benefit-families", beneficiary_no="108", nir="", iban=iban_with_key("9"))
    at_once(lambda: pay_again(on=OCTOBER, by="test"))
    assert PaymentOrder.objects.count() == 8
    assert balance(Account.BENEFIT_PAYOUTS) == -8 * PRIMARY_NET
    proven()
    a_correction_and_a_refusal_at_once(world)
    a_release_and_the_end_of_a_wait_at_once(world)


def a_correction_and_a_refusal_at_once(world: World) -> None:
    """Whichever is first, 101 owes nothing and is owed nothing: the debt is never noted, or the money that came back pays it."""
    child = {"beneficiary_no": "101", "child_id": "101-1", "birth_date": EIGHT, "dependent_from": EIGHT}
    world.send("benefit-children", **child, dependent_until="2026-07-01")
    run = world.ars(on=OCTOBER)
    signed(run, OCTOBER)
    refusal = report(order_of("101"), "RJCT", "AC04")
    turns = iter([
        lambda: issuing.issue_run(run_pk=run.pk, out=world.out, on=OCTOBER, by="test"),
        lambda: import_message(refusal, name="rejet.xml", on=OCTOBER), lambda: None, lambda: None,
    ])  # fmt: skip
    at_once(lambda: next(turns)())

    assert balance(Account.BENEFIT_OVERPAYMENT) == 0
    assert balance(Account.BENEFIT_PAYOUTS, subject="family:CAF63/101") == 0
    proven()


def a_release_and_the_end_of_a_wait_at_once(world: World) -> None:
    """A sum is a year old; the fund pays in October and defers again in November: what two people signed is paid, once."""
    world.decision("102", ends_on="2026-07-15")
    lived(date(2025, 9, 1), ("CAF63", "102", 12_00))
    world.policy("PAY", MONTH)
    world.policy("DEFER", NOVEMBER)
    run = world.aeeh()
    signed(run, OCTOBER)
    turns = iter([
        lambda: issuing.issue_run(run_pk=run.pk, out=world.out, on=OCTOBER, by="test"), lambda: give_up_old(on=NOVEMBER),
        lambda: issuing.issue_run(run_pk=run.pk, out=world.out, on=OCTOBER, by="test"), lambda: give_up_old(on=NOVEMBER),
    ])  # fmt: skip
    at_once(lambda: next(turns)())

    assert states() == [(12_00, "PAID")]
    assert PaymentOrder.objects.get(purpose="FAMILY_AEEH").amount_cents == 12_00
    assert balance(Account.WRITTEN_OFF) == 0
    proven()
