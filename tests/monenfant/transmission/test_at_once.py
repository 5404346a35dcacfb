"""Two messages of one structure at once, and one killed in between: real threads, real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections

from monenfant import operations
from monenfant.models import AvailabilityMessage, CarePlace
from monenfant.transmission import receiving
from tests.aripa.agents import on_day
from tests.monenfant.transmission.scene import DAY, codes, message, put, scene, slot, token_of, told

pytestmark = pytest.mark.django_db(transaction=True)
SENDERS = 6


@pytest.fixture
def made(settings: Any) -> tuple[CarePlace, str]:
    on_day(settings, DAY)
    place, _vendor, secret = scene()
    return place, token_of(secret)


def together(token: str, bodies: list[dict[str, Any]], keys: list[Any]) -> list[Any]:
    def send(one: tuple[dict[str, Any], Any]) -> Any:
        try:
            return put(token, one[0], one[1])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(SENDERS) as pool:
        return list(pool.map(send, zip(bodies, keys, strict=True)))


def test_messages_at_once_leave_the_window_of_the_last_number_whole(made: tuple[CarePlace, str]) -> None:
    place, token = made
    bodies = [
        message(
            sequence=number,
            slots=[slot((DAY + timedelta(days=ahead)).isoformat(), places=number) for ahead in (3, 10, 17)],
        )
        for number in range(1, SENDERS + 1)
    ]

    answers = together(token, bodies, [uuid4() for _body in bodies])

    taken = [body["sequence"] for body, answer in zip(bodies, answers, strict=True) if answer.status_code == 200]
    assert max(taken) == SENDERS
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert sorted(AvailabilityMessage.objects.values_list("sequence", flat=True)) == taken
    assert [free.places for free in told(place)] == [SENDERS] * 3, "never a mixture of two messages"


def test_one_message_sent_many_times_at_once_enters_once(made: tuple[CarePlace, str]) -> None:
    place, token = made
    answers = together(token, [message()] * SENDERS, [uuid4()] * SENDERS)

    assert sorted(answer.status_code for answer in answers) == [200] * (SENDERS - 1) + [207]
    assert {answer.headers.get("Idempotent-Replay") for answer in answers if answer.status_code == 200} == {"true"}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert AvailabilityMessage.objects.count() == 1
    assert len(told(place)) == 10


def test_a_message_whose_twin_enters_while_it_is_judged_is_answered_as_its_twin(
    made: tuple[CarePlace, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token, key, twins, judge = made[1], uuid4(), [], receiving.judge

    def with_its_twin(*facts: Any) -> Any:
        if not twins:
            twins.append(None)
            twins.append(put(token, message(), key))
        return judge(*facts)

    monkeypatch.setattr(receiving, "judge", with_its_twin)
    answer = put(token, message(), key)

    assert (twins[1].status_code, answer.status_code, answer.headers["Idempotent-Replay"]) == (207, 200, "true")
    assert answer.json() == twins[1].json()


@pytest.mark.parametrize("step", ["_write_months", "check_capacity"])
def test_killed_in_between_nothing_changed_and_the_same_message_enters_afterwards(
    made: tuple[CarePlace, str], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The server ends the very connection that writes, after the former window was removed (or before)."""
    place, token = made
    put(token, message(sequence=1, slots=[slot("2026-11-06")]))
    key, real = uuid4(), getattr(operations, step)

    def then_killed(*facts: Any) -> None:
        real(*facts)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(operations, step, then_killed)
    answer = put(token, message(), key)
    connections.close_all()
    monkeypatch.setattr(operations, step, real)

    assert (answer.status_code, codes(answer), answer.headers["Retry-After"]) == (503, ["E050_UNAVAILABLE"], "60")
    assert [free.date.isoformat() for free in told(place)] == ["2026-11-06"]
    assert put(token, message(), key).status_code == 207
    assert len(told(place)) == 10
