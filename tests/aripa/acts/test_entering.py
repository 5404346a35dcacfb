"""A fact told by a person enters once, like the row of a file: checked by the same rules, kept whole, heard the next day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from aripa.acts.entering import ActRefused, ChangedMeanwhile, Order, enter, version_of
from aripa.flows.own import Numbers
from aripa.models import Act, Case, Event, Movement
from aripa.operations import run_days
from portal.audit.models import JournalEntry
from portal.exchange.models import FileChunk, FileOrigin, ReceivedFile
from portal.ledger.proof import check_ledger
from portal.people.vault import decrypt
from tests.aripa.agents import LIVED, agent
from tests.aripa.rows import forced_case

AT = datetime(2026, 2, 20, 10, 12, tzinfo=UTC)
PAID = {"day": "2026-02-20", "case_no": "C1", "kind": "PAYMENT_RECEIVED", "amount": "300.00", "means": "TRANSFER"}


def order(cells: dict[str, str] = PAID, **said: Any) -> Order:
    known = {"reason": "virement vu au compte", "version": version_of("C1"), "form_key": uuid4()} | said
    return Order(cells, **known)


@pytest.fixture
def lived(db: None) -> None:
    forced_case("C1")
    run_days(until=LIVED)


@pytest.mark.usefixtures("lived")
def test_a_payment_is_kept_whole_heard_the_next_day_and_booked() -> None:
    awa = agent("awa")

    act, again = enter(order=order(), by=awa, at=AT)

    event = Event.objects.get(event_no=act.event_no)
    assert (again, act.event_no, event.amount_cents, event.heard_on) == (False, Numbers.AGENT.of(act.pk), 30000, None)
    file = ReceivedFile.objects.get(pk=event.file_id)
    assert (file.origin, file.sender, file.kind, file.rows_applied) == (FileOrigin.AGENT, "portail:awa", "events", 1)
    assert FileChunk.objects.filter(file=file).exists()
    assert decrypt(FileChunk.objects.get(file=file).content)
    assert JournalEntry.objects.get(action="aripa.act").detail == {"kind": "PAYMENT_RECEIVED", "event": act.event_no}

    run_days(until=LIVED + timedelta(days=5))
    event.refresh_from_db()
    assert event.heard_on == LIVED + timedelta(days=1)
    moved = Movement.objects.filter(day__gt=LIVED).order_by("number").values_list("day", "kind", "amount_cents")
    assert [(f"{day:%d/%m}", kind, amount) for day, kind, amount in moved] == [
        ("21/02", "RECEIPT", 30000), ("23/02", "PAYOUT", 5000), ("23/02", "PAYOUT", 25000),
    ]  # fmt: skip
    assert check_ledger() == []


@pytest.mark.usefixtures("lived")
def test_the_same_form_twice_is_one_act() -> None:
    awa, told = agent("awa"), order()
    first, _new = enter(order=told, by=awa, at=AT)

    assert enter(order=told, by=awa, at=AT) == (first, True)
    assert (Act.objects.count(), Event.objects.filter(kind="PAYMENT_RECEIVED").count()) == (1, 1)


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(
    ("said", "cells", "wrong"),
    [
        ("no means", {"means": ""}, {"means"}),
        ("an amount of nothing", {"amount": "0"}, {"amount"}),
        ("not an amount", {"amount": "beaucoup"}, {"amount"}),
        ("a month that is none", {"month": "2026-13"}, {"month"}),
        ("a cell of another kind", {"letter": "L08"}, {"letter"}),
        ("facts of violence", {"kind": "VIOLENCE", "amount": "", "means": "", "text": "il a dit que"}, {"text"}),
    ],
)
def test_what_a_file_would_refuse_is_refused_and_nothing_stays(
    said: str, cells: dict[str, str], wrong: set[str]
) -> None:
    files = ReceivedFile.objects.count()

    with pytest.raises(ActRefused) as refused:
        enter(order=order(PAID | cells), by=agent("awa"), at=AT)

    assert set(refused.value.errors) == wrong, said
    assert (Act.objects.count(), ReceivedFile.objects.count()) == (0, files)


@pytest.mark.usefixtures("lived")
def test_a_reason_is_needed() -> None:
    with pytest.raises(ActRefused, match="d’où vient ce fait"):
        enter(order=order(reason=" ok "), by=agent("awa"), at=AT)
    assert Act.objects.count() == 0


@pytest.mark.usefixtures("lived")
def test_what_was_read_before_somebody_else_acted_does_not_enter() -> None:
    read = version_of("C1")
    enter(order=order(PAID | {"kind": "COMPLAINT", "amount": "", "means": ""}), by=agent("mehdi"), at=AT)

    with pytest.raises(ChangedMeanwhile):
        enter(order=order(version=read), by=agent("awa"), at=AT)

    assert Act.objects.get().kind == "COMPLAINT"


@pytest.mark.usefixtures("lived")
def test_a_day_lived_since_the_reading_counts_as_a_change() -> None:
    read = version_of("C1")
    run_days(until=LIVED + timedelta(days=30))

    with pytest.raises(ChangedMeanwhile):
        enter(order=order(version=read), by=agent("awa"), at=AT)


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_from_one_reading_enter_one_fact() -> None:
    forced_case("C1")
    run_days(until=LIVED)
    read, people = version_of("C1"), [agent(f"agent{number}") for number in range(8)]

    def try_it(number: int) -> str:
        try:
            enter(order=order(version=read), by=people[number], at=AT)
        except ChangedMeanwhile:
            return "changed"
        finally:
            connection.close()
        return "entered"

    with ThreadPoolExecutor(8) as pool:
        found = sorted(pool.map(try_it, range(8)))

    assert found == ["changed"] * 7 + ["entered"]
    assert Event.objects.filter(kind="PAYMENT_RECEIVED", case_no=Case.objects.get().pk).count() == 1
