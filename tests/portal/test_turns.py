"""One thing at a time: who comes second waits for the end of the first, and nobody waits for another thing."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from threading import Event

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from portal.turns import one_at_a_time


def take(what: str, taken: Event, end: Event) -> None:
    try:
        with transaction.atomic():
            one_at_a_time(what)
            taken.set()
            assert end.wait(60)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_the_second_waits_for_the_end_of_the_first_and_another_thing_does_not() -> None:
    first, second, other, end = Event(), Event(), Event(), Event()
    with ThreadPoolExecutor(3) as pool:
        pool.submit(take, "desk:R1", first, end)
        assert first.wait(60)
        waiting = pool.submit(take, "desk:R1", second, end)
        pool.submit(take, "desk:R2", other, end)
        assert other.wait(60)
        with pytest.raises(NotYet):
            waiting.result(timeout=0.3)
        assert not second.is_set()
        end.set()
        waiting.result(timeout=60)
    assert second.is_set()


@pytest.mark.django_db(transaction=True)
def test_a_turn_outside_a_transaction_would_end_at_once_and_is_refused() -> None:
    with pytest.raises(TransactionManagementError, match="desk:R1"):
        one_at_a_time("desk:R1")
