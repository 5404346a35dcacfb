"""Looking again each morning at what came to nothing: what can leave leaves once, what nothing is owed of ends, nobody waits
behind another."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from portal.banking.models import OpenItem
from portal.benefits.models import EndedTransfer
from portal.benefits.running import paying_again
from portal.benefits.running.paying_again import pay_again
from tests.portal.benefits.running.world import AUGUST, BASE, OCTOBER, World, bank_refuses, booked, order_of, proven

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_what_nothing_is_owed_of_does_not_keep_others_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paying_again, "MOST", 2)
    numbers = [str(number) for number in range(101, 107)]
    for number in numbers:
        world.aeeh_family(number)
    world.issue(world.aeeh())
    for number in numbers:
        bank_refuses(order_of(number))
    for number in numbers[:3]:
        world.ended(number)
    world.issue(world.aeeh())
    for number in numbers[1:5]:
        world.moved(number)

    assert pay_again(on=OCTOBER, by="test") == paying_again.Paid(2, 2 * BASE)
    # 101 keeps its account: nothing is owed of it all the same. 106 is still owed, and waits for another account.
    assert EndedTransfer.objects.count() == 3
    left = OpenItem.objects.filter(closed_on__isnull=True)
    assert list(left.values_list("order__subject", flat=True)) == ["family:CAF63/106"]
    assert pay_again(on=OCTOBER, by="test").count == 0
    proven()


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("ended", {"end_to_end_id": "{0}-R"}), ("of nothing", {"end_to_end_id": "{0}-R-R"}),
        ("made up", {"end_to_end_id": "AEEH-202610-1-V0"}),
    ],
)  # fmt: skip
def test_the_database_lets_nothing_leave_again_that_is_not_owed(
    world: World, what: str, change: dict[str, str]
) -> None:
    world.aeeh_family()
    world.issue(world.aeeh())
    order = order_of("101")
    bank_refuses(order)
    world.ended()
    world.issue(world.aeeh())
    pay_again(on=OCTOBER, by="test")
    copy = order_of("101")
    copy.pk, copy.run, copy.bank_file, copy.state = copy.pk + 1, None, None, "PREPARED"
    copy.end_to_end_id = change["end_to_end_id"].format(order.end_to_end_id)

    with pytest.raises(DatabaseError, match="ne reprend rien"), transaction.atomic():
        copy.save(force_insert=True)


def test_the_database_ends_no_transfer_that_went_through(world: World) -> None:
    world.aeeh_family()
    world.issue(world.aeeh())
    booked()

    with pytest.raises(DatabaseError, match="n’est pas terminé"), transaction.atomic():
        EndedTransfer.objects.create(order=order_of("101"), ended_on=AUGUST)
    refused = pytest.raises(DatabaseError, match="modif|supprim|change|jamais")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE benefits_endedtransfer")
