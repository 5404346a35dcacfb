"""Tries in a row: counted before they are judged, slowed down, locked, forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from portal.accounts.limits import TooManyTries, forget, locked_until, take_try, take_turn, wait_after

NOW = datetime(2026, 10, 26, 9, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(("count", "wait"), [
    (1, 0 * SECOND), (2, 0 * SECOND), (3, 30 * SECOND), (4, MINUTE), (5, 15 * MINUTE), (9, 15 * MINUTE),
    (10, timedelta(days=1)), (50, timedelta(days=1)),
])  # fmt: skip
def test_the_wait_grows_with_the_tries(count: int, wait: timedelta) -> None:
    assert wait_after(count) == wait


@pytest.mark.django_db
def test_the_third_try_shuts_the_door_for_half_a_minute_to_the_second() -> None:
    for _try in range(3):
        take_try("a door", now=NOW)

    assert locked_until("a door", now=NOW) == NOW + 30 * SECOND
    with pytest.raises(TooManyTries) as shut:
        take_try("a door", now=NOW + 29 * SECOND)
    assert shut.value.until == NOW + 30 * SECOND
    assert take_try("a door", now=NOW + 30 * SECOND) == 4
    assert take_try("another door", now=NOW) == 1


@pytest.mark.django_db
def test_a_try_on_a_shut_door_does_not_prolong_it() -> None:
    for _try in range(3):
        take_try("a door", now=NOW)
    for _try in range(20):
        with pytest.raises(TooManyTries):
            take_try("a door", now=NOW + SECOND)

    assert locked_until("a door", now=NOW + SECOND) == NOW + 30 * SECOND


@pytest.mark.django_db
def test_a_right_answer_forgets_the_wrong_ones_and_so_does_a_day() -> None:
    take_try("a door", now=NOW)
    take_try("a door", now=NOW)
    forget("A DOOR")
    assert take_try("a door", now=NOW) == 1
    assert take_try("a door", now=NOW + timedelta(days=1)) == 2
    assert take_try("a door", now=NOW + timedelta(days=2, seconds=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_burst_does_not_slip_through() -> None:
    def one(_number: int) -> bool:
        try:
            take_try("a door", now=NOW)
        except TooManyTries:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        passed = list(threads.map(one, range(24)))

    assert passed.count(True) == 3


@pytest.mark.django_db
def test_turns_are_counted_from_the_first_and_open_again_to_the_second() -> None:
    for turn in range(1, 4):
        assert take_turn("a page", most=3, within=MINUTE, now=NOW + (turn - 1) * 10 * SECOND) == turn

    with pytest.raises(TooManyTries) as full:
        take_turn("a page", most=3, within=MINUTE, now=NOW + 59 * SECOND)
    assert full.value.until == NOW + MINUTE
    assert take_turn("another page", most=3, within=MINUTE, now=NOW + 59 * SECOND) == 1
    assert take_turn("a page", most=3, within=MINUTE, now=NOW + MINUTE) == 1


@pytest.mark.django_db(transaction=True)
def test_turns_taken_at_once_are_all_counted() -> None:
    def turn(_number: int) -> bool:
        try:
            take_turn("a page", most=5, within=MINUTE, now=NOW)
        except TooManyTries:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(turn, range(16))) == 5
